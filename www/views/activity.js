// An owner's whole audit trail, or that of one key.
/** @import { Context, Event, Owner, Page, Route, View } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { asProblem } from "../problem.js";
import { nameOf } from "../rights.js";
import { address, pageOf } from "../router.js";
import * as icons from "../ui/icons.js";
import { emptyState, pages, problemState } from "../ui/parts.js";
import { trail } from "./trail.js";

const LIMIT = 30;

/** @param {Context} context @param {Route} route @returns {View} */
export function activityView({ me, update }, route) {
  const owner = /** @type {Owner} */ (route.owner);
  let { query } = route;
  /** @type {(Page & { events: Event[] }) | null} */
  let page = null;
  /** @type {Problem | null} */
  let problem = null;
  let turn = 0;

  async function load() {
    const mine = ++turn;
    try {
      const answer = await api.listEvents(owner, { key: query.get("key"), ...pageOf(query, LIMIT) });
      if (mine !== turn) return;
      page = answer;
      problem = null;
    } catch (thrown) {
      if (mine !== turn) return;
      problem = asProblem(thrown);
    }
    update();
  }

  function list() {
    if (problem) return problemState(problem, load);
    if (page?.events.length === 0) {
      return emptyState({
        icon: icons.none,
        title: "Nothing has happened yet",
        text: "Whatever is done to keys and members is written down here.",
      });
    }
    return html`
      ${trail({ events: page?.events ?? null, me, owner })}
      ${page ? pages({ ...page, noun: "events", query, path: address(owner, "activity") }) : nothing}`;
  }

  load();
  return {
    title: () => `Activity · ${nameOf(me, owner)}`,
    render: () => html`
      <div class="head">
        <div>
          <h1 tabindex="-1">Activity</h1>
          <p>${query.get("key") ? html`One key’s audit trail. <a href=${address(owner, "activity")}>Show everything</a>` : "Who did what, newest first. It survives the deletion of a key."}</p>
        </div>
      </div>
      <div class="card">${list()}</div>`,
    follow(next) {
      query = next.query;
      load();
    },
    refresh: load,
    dispose() {
      turn += 1;
    },
  };
}

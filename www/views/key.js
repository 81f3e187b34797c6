// One key: what it is, what happened to it, what can be done with it.
/** @import { Context, Event, Key, Owner, Page, Route, View } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { asProblem } from "../problem.js";
import { rightsOver } from "../rights.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, emptyState, problemState, statusBadge, works } from "../ui/parts.js";
import { deleteKey } from "./delete.js";
import { facts } from "./facts.js";
import { revokeKey } from "./revoke.js";
import { rollKey } from "./roll.js";
import { trail } from "./trail.js";
import { updateKey } from "./update.js";

const EVENTS = 10;

/** @param {Context} context @param {Route} route @returns {View} */
export function keyView(context, route) {
  const { me, update, go, notify } = context;
  const owner = /** @type {Owner} */ (route.owner);
  const id = route.key ?? "";
  const rights = rightsOver(me, owner);
  /** @type {Key | null} */
  let key = null;
  /** @type {(Page & { events: Event[] }) | null} */
  let events = null;
  /** @type {Problem | null} */
  let problem = null;
  /** @type {Problem | null} */
  let trailProblem = null;
  let limit = EVENTS;
  let turn = 0;

  async function load() {
    const mine = ++turn;
    const [theKey, theEvents] = await Promise.allSettled([
      api.getKey(owner, id),
      rights.readEvents ? api.listEvents(owner, { key: id, limit }) : null,
    ]);
    if (mine !== turn) return;
    if (theKey.status === "fulfilled") {
      const before = key;
      key = theKey.value;
      problem = null;
      if (before && before.status !== key.status) notify(`“${key.title}” is now ${key.status}.`);
    } else {
      problem = asProblem(theKey.reason);
      if (problem.status === 404) key = null;
    }
    if (theEvents.status === "fulfilled") events = theEvents.value;
    trailProblem = theEvents.status === "rejected" ? asProblem(theEvents.reason) : null;
    update();
  }

  /** @param {Key} next */
  function changed(next) {
    key = next;
    update();
    load();
  }

  /** @param {Key} key */
  function actions(key) {
    if (!rights.writeKeys) return nothing;
    const parts = { context, owner, key, changed, reload: load };
    const deleted = () => {
      notify(`The key “${key.title}” is deleted.`);
      go(address(owner), { replace: true });
    };
    /** @param {string} label @param {() => void} act @param {string} [kind] */
    const button = (label, act, kind = "") =>
      html`<button class="button ${kind}" type="button" @click=${act}>${label}</button>`;
    return html`
      ${button("Edit", () => updateKey(parts))}
      ${works(key) ? button("Roll", () => rollKey(parts)) : nothing}
      ${key.status === "revoked" ? nothing : button(key.status === "retiring" ? "Revoke sooner" : "Revoke", () => revokeKey(parts), "grave")}
      ${button(key.status === "revoked" ? "Delete" : "Revoke and delete", () => deleteKey({ ...parts, deleted }), "grave")}`;
  }

  function more() {
    limit = 100;
    load();
  }

  const audit = () => html`
    <section class="card" aria-labelledby="trail">
      <header><h2 id="trail">Audit trail</h2></header>
      ${trailProblem ? problemState(trailProblem, load) : trail({ events: events?.events ?? null, me })}
      ${
        events && events.count > events.events.length
          ? html`<div class="pages"><span>${events.events.length} of ${events.count}</span>${limit < 100 ? html`<button class="button small" type="button" @click=${more}>Show more</button>` : html`<a class="button small" href="${address(owner, "activity")}?key=${id}">All of it</a>`}</div>`
          : nothing
      }
    </section>`;

  const missing = () =>
    emptyState({
      icon: icons.none,
      title: "There is no such key",
      text: "It may have been deleted, or belong to somebody else.",
      actions: html`<a class="button" href=${address(owner)}>All keys</a>`,
    });

  function body() {
    if (!key && problem)
      return html`<div class="card">${problem.status === 404 ? missing() : problemState(problem, load)}</div>`;
    if (!key) return html`<div class="card">${bones(6)}</div>`;
    return html`
      ${problem ? html`<p class="notice warn" role="alert">This may be out of date: ${problem.message}</p>` : nothing}
      ${facts({ key, context })}
      ${rights.readEvents ? audit() : nothing}`;
  }

  load();
  return {
    title: () => key?.title ?? "Key",
    render: () => html`
      <a class="back" href=${address(owner)}>${icons.left} Keys</a>
      <div class="head">
        <div>
          <h1 tabindex="-1" class=${key ? "" : "sr-only"}>${key?.title ?? (problem ? "Key" : "Loading the key")}</h1>
          ${key ? html`<p>${statusBadge(key)} <span class="mono">${key.redacted}</span></p>` : nothing}
        </div>
        <div class="actions">${key ? actions(key) : nothing}</div>
      </div>
      ${body()}`,
    refresh: load,
    dispose() {
      turn += 1;
    },
  };
}

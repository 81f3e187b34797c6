// The table of an owner's keys. The address bar holds search, filters, order and page.
/** @import { Context, Key, Owner, Page, Route, View } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { asProblem } from "../problem.js";
import { nameOf, rightsOver } from "../rights.js";
import { address, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { emptyState, pages, problemState } from "../ui/parts.js";
import { createKey } from "./create.js";
import { apiQuery, filterBar, isFiltered, LIMIT } from "./filters.js";
import { keysTable, skeleton } from "./table.js";

const TYPING_MS = 250;

/** @param {Context} context @param {Route} route @returns {View} */
export function keysView(context, route) {
  const { me, update, go } = context;
  const owner = /** @type {Owner} */ (route.owner);
  const rights = rightsOver(me, owner);
  let query = route.query;
  /** @type {(Page & { keys: Key[] }) | null} */
  let page = null;
  /** @type {Problem | null} */
  let problem = null;
  let loading = true;
  let typed = query.get("q") ?? "";
  let running = new AbortController();
  let pause = 0;

  /** @param {boolean} [quietly] without a sign of it, where nobody has asked */
  async function load(quietly = false) {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    loading = !quietly;
    update();
    try {
      const answer = await api.listKeys(owner, apiQuery(query), signal);
      if (signal.aborted) return;
      if (answer.keys.length === 0 && answer.count > 0)
        return set({ page: String(Math.ceil(answer.count / LIMIT)) }, true);
      page = answer;
      problem = null;
    } catch (thrown) {
      if (signal.aborted) return;
      problem = asProblem(thrown);
      page = null;
    }
    loading = false;
    update();
  }

  /** @param {Record<string, string>} changes @param {boolean} [replace] */
  function set(changes, replace = false) {
    go(withParameter(query, changes, address(owner)), { replace });
  }

  /** @param {string} text */
  function search(text) {
    typed = text;
    clearTimeout(pause);
    pause = window.setTimeout(() => set({ q: typed.trim(), page: "" }, query.has("q")), TYPING_MS);
    update();
  }

  const create = () => createKey(context, owner, (id) => go(`${address(owner)}/${id}`));
  const createButton = () =>
    rights.writeKeys
      ? html`<button class="button primary" type="button" @click=${create}>Create key</button>`
      : nothing;

  function list() {
    if (problem) return html`<div class="card">${problemState(problem, () => load())}</div>`;
    if (!page) return html`<div class="card">${skeleton()}</div>`;
    if (page.count === 0) return html`<div class="card">${isFiltered(query) ? noMatch() : noKeys()}</div>`;
    return html`
      <div class="card">
        ${keysTable({ context, owner, keys: page.keys, query, loading })}
        ${pages({ ...page, noun: "keys", query, path: address(owner) })}
      </div>`;
  }

  const noMatch = () =>
    emptyState({
      icon: icons.none,
      title: "No key matches",
      text: "Try other words, or take a filter away.",
      actions: html`<a class="button" href=${address(owner)}>Clear search and filters</a>`,
    });

  const noKeys = () =>
    emptyState({
      icon: icons.key,
      title: rights.writeKeys ? "Create your first key" : "No keys yet",
      text:
        owner.type === "user"
          ? "A personal key acts for one person: here, and in every organization they belong to."
          : "A secret key lets a server in. A publishable key tells an app or a page apart, and is public.",
      actions: createButton(),
    });

  load();
  return {
    title: () => `Keys · ${nameOf(me, owner)}`,
    render: () => html`
      <div class="head">
        <div>
          <h1 tabindex="-1">${owner.type === "user" ? "Personal keys" : "Keys"}</h1>
          <p>${owner.type === "user" ? "Each acts for one person and reaches the organizations they belong to." : html`Each belongs to the organization ${nameOf(me, owner)}.`}</p>
        </div>
        <div class="actions">${page && (page.count > 0 || isFiltered(query)) ? createButton() : nothing}</div>
      </div>
      ${page?.count === 0 && !isFiltered(query) ? nothing : filterBar({ query, typed, owner, search, set: (changes) => set({ ...changes, page: "" }) })}
      ${list()}
      <p class="sr-only" role="status">${loading || !page ? "" : page.count === 1 ? "1 key" : `${page.count} keys`}</p>`,
    follow(next) {
      const before = withParameter(query, {});
      query = next.query;
      if ((query.get("q") ?? "") !== typed.trim()) typed = query.get("q") ?? "";
      if (withParameter(query, {}) !== before || problem) load();
    },
    refresh: () => load(true),
    dispose() {
      running.abort();
      clearTimeout(pause);
    },
  };
}

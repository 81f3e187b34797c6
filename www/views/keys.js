// An owner’s keys in a table. The address holds the search, filters, order and page.
/** @import { KeyList } from "../openapi.d.ts" */
import * as api from "../api.js";
import { nameOf, userOf } from "../owners.js";
import { address, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { button, emptyState, head, pages } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { createKey } from "./create.js";
import { apiQuery, filterBar, isFiltered, LIMIT } from "./filters.js";
import { keysTable, skeleton } from "./table.js";

const TYPING_MS = 250;

export class KeysView extends View {
  #typed = this.route.query.get("q") ?? "";
  #pause = 0;

  #list = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: async ([owner, query], { signal }) => {
      const list = await api.listKeys(owner, apiQuery(query), signal);
      this.context.learn(owner, list.permissions);
      if (list.keys.length + list.unreadable > 0 || list.count === 0) return { ...list, query };
      // The page lies past the end.
      if (this.isConnected) this.#set({ page: String(Math.ceil(list.count / LIMIT)) }, true);
      return initialState;
    },
  });

  /** @override */
  get name() {
    return `Keys · ${nameOf(this.context.me, this.owner)}`;
  }

  /** @override */
  reload() {
    this.#list.run();
  }

  /** @override @param {import("../types.d.ts").Route} route */
  follow(route) {
    const q = route.query.get("q") ?? "";
    if (q !== this.#typed.trim()) this.#typed = q;
    super.follow(route);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
  }

  /** @param {Record<string, string>} changes @param {boolean} [replace] */
  #set(changes, replace = false) {
    this.context.go(withParameter(this.route.query, changes, address(this.owner)), { replace });
  }

  /** @param {string} text */
  #search = (text) => {
    this.#typed = text;
    clearTimeout(this.#pause);
    const ask = () => this.#set({ q: text.trim(), page: "" }, this.route.query.has("q"));
    this.#pause = window.setTimeout(ask, TYPING_MS);
  };

  #createButton() {
    if (!this.#list.value?.permissions.includes("create_key")) return nothing;
    const { context, owner } = this;
    const created = (/** @type {string} */ id) => context.go(`${address(owner)}/${id}`);
    return button("Create key", () => createKey(context, owner, created), "primary");
  }

  /** @param {KeyList & { query: URLSearchParams }} list */
  #loaded(list) {
    const { context, owner, route } = this;
    const { query } = route;
    const path = address(owner);
    if (list.count > 0)
      return html`
        ${keysTable({ context, owner, keys: list.keys, query, isLoading: list.query !== query })}
        ${pages({ ...list, noun: "keys", query, path })}`;
    if (isFiltered(query))
      return emptyState({
        icon: icons.none,
        title: "No matching keys",
        text: "Try a different search, or remove a filter.",
        actions: html`<a class="button" href=${path}>Clear search and filters</a>`,
      });
    return emptyState({
      icon: icons.key,
      title: list.permissions.includes("create_key") ? "Create your first key" : "No keys yet",
      text:
        owner.type === "user"
          ? "A personal key acts for one person, in Keyward and in every organization they belong to."
          : "Secret keys are for servers. Publishable keys are for apps and web pages, where anyone can read them.",
      actions: this.#createButton(),
    });
  }

  /** @override */
  render() {
    const { context, owner, route } = this;
    const { me } = context;
    const list = this.#list.value;
    const isEmpty = list?.count === 0 && !isFiltered(route.query);
    const who = owner.id === userOf(me) ? "you" : owner.id;
    return html`
      ${
        owner.type === "user"
          ? head({
              title: "Personal keys",
              text: `These keys act for ${who}, in every organization ${who === "you" ? "you belong" : "they belong"} to.`,
              actions: list && !isEmpty ? this.#createButton() : nothing,
            })
          : head({
              title: "Keys",
              text: `API keys of ${nameOf(me, owner)}.`,
              actions: list && !isEmpty ? this.#createButton() : nothing,
            })
      }
      ${
        isEmpty
          ? nothing
          : filterBar({
              query: route.query,
              typed: this.#typed,
              owner,
              search: this.#search,
              set: (changes) => this.#set({ ...changes, page: "" }),
            })
      }
      <div class="card">${this.show(this.#list, skeleton, (list) => this.#loaded(list))}</div>
      <p class="sr-only" role="status">${list ? (list.count === 1 ? "1 key" : `${list.count} keys`) : ""}</p>`;
  }
}
customElements.define("keyward-keys", KeysView);

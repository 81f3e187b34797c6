// An owner’s keys in a table. The address holds the search, filters, order and page.
/** @import { KeyList } from "../openapi.d.ts" */
import * as api from "../api.js";
import { nameOf, userName, userOf } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { unreachable } from "../problem.js";
import { address, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { button, emptyState, head, pages, unreadableNote } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { apiQuery, filterBar, isFiltered, LIMIT } from "./filters.js";
import { Lookup } from "./lookup.js";
import { keysTable, skeleton } from "./table.js";

const TYPING_MS = 250;

/** What an address searches for. @param {import("../types.d.ts").Route} route */
function searched({ query }) {
  const q = query.get("q") ?? "";
  return holdsSecret(q) ? "" : q;
}

export class KeysView extends View {
  #typed = searched(this.route);
  #pause = 0;
  #isOpening = false;
  #lookup = new Lookup(this.context, () => this.requestUpdate());

  #list = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: async ([owner, query], { signal }) => {
      if (holdsSecret(query.get("q") ?? "")) {
        this.#lookup.exposed();
        if (this.isConnected) this.#set({ q: "", page: "" }, true);
        return initialState;
      }
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
    const q = searched(route);
    if (q !== this.#typed.trim()) this.#typed = q;
    super.follow(route);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
    this.#lookup.stop();
  }

  /** @param {Record<string, string>} changes @param {boolean} [replace] */
  #set(changes, replace = false) {
    this.context.go(withParameter(this.route.query, changes, address(this.owner)), { replace });
  }

  /**
   * A text is searched for once the typing pauses; a key is looked up, and gets neither into the address nor into a list’s
   * query. Says whether there is a secret in it.
   * @param {HTMLInputElement} field
   * @param {string} [pasted] what the field is about to hold as well
   */
  #search = (field, pasted) => {
    const { value, selectionStart, selectionEnd } = field;
    const before = value.slice(0, selectionStart ?? value.length);
    const after = value.slice(selectionEnd ?? value.length);
    const secret = [pasted ?? value, before + (pasted ?? "") + after].find(holdsSecret);
    if (pasted !== undefined && secret === undefined) return false;
    clearTimeout(this.#pause);
    this.#lookup.stop();
    if (secret === undefined) {
      this.#typed = value;
      const ask = () => this.#set({ q: value.trim(), page: "" }, this.route.query.has("q"));
      this.#pause = window.setTimeout(ask, TYPING_MS);
      return false;
    }
    const empty = () => {
      field.value = "";
      this.#typed = "";
      if (this.route.query.has("q")) this.#set({ q: "", page: "" }, true);
    };
    if (pasted !== undefined) empty();
    this.#lookup.take(secret, pasted === undefined ? empty : null);
    return true;
  };

  /** The dialog is loaded when it is first wanted; whoever clicks again meanwhile gets one. */
  #create = async () => {
    if (this.#isOpening) return;
    this.#isOpening = true;
    const { context, owner } = this;
    const created = (/** @type {string} */ id) => context.go(`${address(owner)}/${id}`);
    const loaded = await import("./create.js").catch(() => null);
    this.#isOpening = false;
    if (!loaded) context.notify(unreachable().title);
    else if (this.isConnected) loaded.createKey(context, owner, created);
  };

  #createButton() {
    return this.#list.value?.permissions.includes("create_key")
      ? button("Create key", this.#create, "primary", "c")
      : nothing;
  }

  /** @param {KeyList & { query: URLSearchParams }} list */
  #loaded(list) {
    const { context, owner, route } = this;
    const { query } = route;
    const path = address(owner);
    if (list.count > 0)
      return html`
        ${keysTable({ context, owner, keys: list.keys, query, isLoading: list.query !== query })}
        ${unreadableNote(list)}
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
    const who = owner.id === userOf(me) ? "you" : userName(owner.id ?? "");
    return html`
      ${
        owner.type === "user"
          ? head({
              title: "Personal keys",
              text: `These keys act for ${who}, in every organization ${who === "you" ? "you belong" : "they belong"} to.`,
              actions: list && !isEmpty ? this.#createButton() : nothing,
            })
          : head({
              title: owner.type === "deployment" ? "Operator keys" : "Keys",
              text:
                owner.type === "deployment"
                  ? "For your own programs. They reach every organization and user, as far as their scopes allow."
                  : `API keys of ${nameOf(me, owner)}.`,
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
      <div role="status">${this.#lookup.notice()}</div>
      <div class="card">${this.show(this.#list, skeleton, (list) => this.#loaded(list))}</div>
      <p class="sr-only" role="status">${list ? (list.count === 1 ? "1 key" : `${list.count} keys`) : ""}</p>`;
  }
}
customElements.define("keyward-keys", KeysView);

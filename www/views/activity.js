// What has happened to everything that an owner has. The address holds the search, the filters and the page.
/** @import { EventAction, EventList, Key, Member } from "../openapi.d.ts" */
import * as api from "../api.js";
import { nameOf, sameOwner, userId, userName } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { asProblem, Problem, unreachable } from "../problem.js";
import { address, lastPage, pageOf, wholePage, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, button, emptyState, head, pages, unreadableNote } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { counted } from "../words.js";
import { activityFilters, apiFilters, FILTERS, isFiltered } from "./activity_filters.js";
import { trail } from "./trail.js";

const LIMIT = 30;
const TYPING_MS = 250;
const NO_SECRETS = "That looks like a key or a token, so it wasn’t used.";
/** How many people and keys are suggested. */
const SUGGESTED = 100;

export class ActivityView extends View {
  #typed = this.route.query.get("q") ?? "";
  #pause = 0;
  #gone = new AbortController();
  /** What is wrong with what was typed. */
  #wrong = "";
  /** What the fields suggest; asked for when one of them is first used. @type {{ keys: Key[], members: Member[] } | null} */
  #suggested = null;

  #events = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: async ([owner, query], { signal }) => {
      const exposed = FILTERS.filter((name) => holdsSecret(query.get(name) ?? ""));
      if (exposed.length > 0) {
        this.#complain(NO_SECRETS);
        this.#set(Object.fromEntries(exposed.map((name) => [name, ""])), true);
        return initialState;
      }
      const page = pageOf(query, LIMIT);
      const filters = apiFilters(query);
      /** @param {object} part */
      const ask = (part) => api.listEvents(owner, { ...filters, ...part }, signal);
      const list = await wholePage(page, ask, ({ events }) => events).catch((thrown) => {
        // A filter that names nothing, as in an address that was typed, matches nothing.
        if (!(thrown instanceof Problem && thrown.status === 400)) throw thrown;
        return /** @type {EventList} */ ({
          events: [],
          count: 0,
          count_is: "exact",
          unreadable: 0,
          after: null,
          ...page,
        });
      });
      if (list.events.length + list.unreadable > 0 || list.offset === 0) return list;
      // The page lies past the end.
      this.#set({ page: lastPage(list) }, true);
      return initialState;
    },
  });

  /** @override */
  get name() {
    return `Activity · ${nameOf(this.context.me, this.owner)}`;
  }

  /** @override */
  reload() {
    this.#events.run();
  }

  /** @override @param {import("../types.d.ts").Route} route */
  follow(route) {
    const q = route.query.get("q") ?? "";
    if (q !== this.#typed.trim() && !holdsSecret(q)) this.#typed = q;
    super.follow(route);
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#pause);
    this.#gone.abort();
  }

  get #path() {
    return address(this.owner, "activity");
  }

  /** @param {Record<string, string>} changes @param {boolean} [replace] */
  #set(changes, replace = false) {
    if (this.isConnected) this.context.go(withParameter(this.route.query, changes, this.#path), { replace });
  }

  /** @param {string} why what was typed can’t be used; empty if it can */
  #complain(why) {
    this.#wrong = why;
    this.requestUpdate();
  }

  /** A text is searched for once the typing pauses. @param {HTMLInputElement} field */
  #search = (field) => {
    clearTimeout(this.#pause);
    const { value } = field;
    if (holdsSecret(value)) return this.#takeSecret(value, true, field);
    this.#typed = value;
    this.#complain("");
    const ask = () => this.#set({ q: value.trim(), page: "" }, this.route.query.has("q"));
    this.#pause = window.setTimeout(ask, TYPING_MS);
  };

  /**
   * A secret gets into no address, and stays in no field: a key is looked up, anything else refused.
   * @param {string} text @param {boolean} isKey whether a key is of use there @param {HTMLInputElement} [field] that holds it
   */
  #takeSecret = (text, isKey, field) => {
    clearTimeout(this.#pause);
    if (field) field.value = "";
    if (isKey) this.#find(text);
    else this.#complain(NO_SECRETS);
  };

  /** @param {string} text */
  async #find(text) {
    const { context, owner } = this;
    this.#typed = "";
    this.#complain("Looking up the key…");
    const loaded = await import("../key_in.js").catch(() => null);
    if (!loaded) return this.#complain(unreachable().title);
    const found = await loaded.keyIn(text, context.options);
    if (found.token === null) return this.#complain(found.why);
    try {
      const key = await api.lookupKey(found.token, this.#gone.signal);
      this.#complain("");
      const query = sameOwner(owner, key.owner) ? this.route.query : new URLSearchParams();
      const path = address(key.owner, "activity");
      if (this.isConnected) context.go(withParameter(query, { key: key.id, q: "", page: "" }, path));
    } catch (thrown) {
      if (this.#gone.signal.aborted) return;
      const problem = asProblem(thrown);
      this.#complain(problem.status === 404 ? "There’s no such key here." : problem.message);
    }
  }

  /** @param {HTMLInputElement} field */
  #choosePerson = (field) => {
    const typed = field.value.trim();
    this.#complain("");
    if (holdsSecret(typed)) return this.#takeSecret(typed, false, field);
    const isNamed = /^(?:user|key|root):/.test(typed);
    const type = typed.startsWith("apk_") ? "key" : typed.startsWith("root_") ? "root" : "user";
    const actor = isNamed ? typed : `${type}:${type === "user" ? userId(typed) : typed}`;
    this.#set({ actor: typed && actor, page: "" });
  };

  /** @param {HTMLInputElement} field */
  #chooseKey = (field) => {
    const typed = field.value.trim();
    this.#complain("");
    if (holdsSecret(typed)) return this.#takeSecret(typed, true, field);
    const key = this.#suggested?.keys.find(({ title }) => title === typed)?.id ?? typed;
    if (key && !key.startsWith("apk_"))
      return this.#complain("Choose a key from the list, or enter a key ID. Key IDs start with “apk_”.");
    this.#set({ key, page: "" });
  };

  /** Suggestions are a convenience: without them IDs can be typed. */
  #suggest = async () => {
    if (this.#suggested) return;
    this.#suggested = { keys: [], members: [] };
    const { owner, context } = this;
    const { signal } = this.#gone;
    const none = () => null;
    const [keys, members] = await Promise.all([
      context.may(owner, "list_keys") ? api.listKeys(owner, { limit: SUGGESTED }, signal).catch(none) : null,
      owner.type === "organization" && context.may(owner, "list_members")
        ? api.listMembers(owner, { limit: SUGGESTED }, signal).catch(none)
        : null,
    ]);
    this.#suggested = { keys: keys?.keys ?? [], members: members?.members ?? [] };
    this.requestUpdate();
  };

  /** The dialog is loaded when it is first wanted. */
  #export = async () => {
    const { context, owner, route } = this;
    const { count, count_is } = this.#events.value ?? { count: 0, count_is: "exact" };
    const loaded = await import("./export.js").catch(() => null);
    if (!loaded) context.notify(unreachable().title);
    else if (this.isConnected)
      loaded.exportActivity({
        owner,
        filters: apiFilters(route.query),
        amount: { count, count_is },
        notify: context.notify,
      });
  };

  /** @param {EventList} list */
  #loaded(list) {
    const { owner, context, route } = this;
    const { query } = route;
    if (list.count > 0)
      return html`
        ${trail({ events: list.events, me: context.me, owner, query })}
        ${unreadableNote(list)}
        ${pages({ ...list, noun: "events", query, path: this.#path })}`;
    return isFiltered(query)
      ? emptyState({
          icon: icons.none,
          title: "No matching activity",
          text: "Try a different search, or remove a filter.",
          actions: html`<a class="button" href=${this.#path}>Clear search and filters</a>`,
        })
      : emptyState({
          icon: icons.none,
          title: "No activity yet",
          text: `Changes to keys and ${owner.type === "organization" ? "members" : "sign-ins"} will appear here.`,
        });
  }

  /** @override */
  render() {
    const { owner, route } = this;
    const list = this.#events.value;
    const isEmpty = list?.count === 0;
    return html`
      ${head({
        title: "Activity",
        text: "Who did what, newest first. Activity is kept after a key is deleted.",
        actions: list && !isEmpty ? button("Export…", this.#export) : nothing,
      })}
      ${
        isEmpty && !isFiltered(route.query)
          ? nothing
          : activityFilters({
              owner,
              query: route.query,
              path: this.#path,
              typed: this.#typed,
              wrong: this.#wrong,
              people: (this.#suggested?.members ?? []).map(({ user }) => userName(user)),
              keys: this.#suggested?.keys ?? [],
              search: this.#search,
              chooseAction: (/** @type {EventAction | ""} */ action) => this.#set({ action, page: "" }),
              choosePerson: this.#choosePerson,
              chooseKey: this.#chooseKey,
              takeSecret: this.#takeSecret,
              suggest: this.#suggest,
            })
      }
      <div class="card">${this.show(
        this.#events,
        () => bones(6),
        (loaded) => this.#loaded(loaded),
      )}</div>
      <p class="sr-only" role="status">${list ? counted(list, "event") : ""}</p>`;
  }
}
customElements.define("keyward-activity", ActivityView);

// An owner’s keys in a table. The address holds the search, filters, order, page and its size.
/** @import { Key } from "../openapi.d.ts" */
/** @import { ShownList } from "../lists.js" */
import * as api from "../api.js";
import { isBeginning, isFiltered, isRevocable, noKeys, queryOf, sizeIn } from "../keylist.js";
import { Place, preferredSize, preferSize } from "../lists.js";
import { nameOf, userName, userOf } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { Problem, unreachable } from "../problem.js";
import { address, lastPage, wholePage, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { button, emptyState, head, unreadableNote } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { counted } from "../words.js";
import { KeyActions } from "./key_actions.js";
import { Search } from "./search.js";
import { noFilters, skeleton } from "./skeleton.js";

/** The parts that only a list with something in it needs. @type {(typeof import("./filters.js") & typeof import("./table.js") & typeof import("./paging.js")) | null} */
let parts = null;

async function loadParts() {
  const [filters, table, paging] = await Promise.all([
    import("./filters.js"),
    import("./table.js"),
    import("./paging.js"),
  ]).catch(() => Promise.reject(unreachable()));
  parts = { ...filters, ...table, ...paging };
}

export class KeysView extends View {
  #gone = new AbortController();
  #actions = new KeyActions(this, () => this.#changed());
  #search = new Search({
    context: this.context,
    query: () => this.route.query,
    update: () => this.requestUpdate(),
    set: (changes, replace) => this.#set(changes, replace),
  });
  #place = new Place(this, () => this.#list.value ?? null);
  #narrow = matchMedia("(width <= 40rem)");
  /** Whether the page was turned, so that its beginning has to be shown. */
  #isTurning = false;
  #showsFilters = false;
  /** The filters for which somebody states their own choice. @type {Set<string>} */
  #choosing = new Set();
  /** The ids of the keys that are chosen. @type {Set<string>} */
  #picked = new Set();
  /** The line about keys that need care, once it is asked for. @type {typeof import("./care.js") | null} */
  #care = null;
  /** @type {import("../types.d.ts").Amount[]} */
  #counts = [];
  /** The first steps, while there is something to do. @type {typeof import("./steps.js") | null} */
  #steps = null;
  /** @type {import("./steps.js").Patience | null} */
  #patience = null;

  #list = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: async ([owner, query], { signal }) => {
      const exposed = [...query].filter(([, value]) => holdsSecret(value)).map(([name]) => [name, ""]);
      if (exposed.length > 0) {
        this.#search.exposed();
        if (this.isConnected) this.#set(Object.fromEntries(exposed), true);
        return initialState;
      }
      const asked = queryOf(query, this.#size);
      /** @param {object} part */
      const ask = (part) => api.listKeys(owner, { ...asked, ...part }, signal);
      const page = { limit: this.#size, offset: asked.offset };
      const list = await wholePage(page, ask, ({ keys }) => keys).catch((thrown) => {
        // What no key can be asked for, such as a scope of other characters, no key has.
        if (!(thrown instanceof Problem && thrown.status === 400 && isFiltered(query))) throw thrown;
        return noKeys(this.#size, this.#permitted);
      });
      if (list.permissions.length > 0) this.context.learn(owner, list.permissions);
      if (list.keys.length + list.unreadable === 0 && list.offset > 0) {
        // The page lies past the end.
        if (this.isConnected) this.#set({ page: lastPage(list) }, true);
        return initialState;
      }
      if (isBeginning(list, query) && list.permissions.includes("create_key"))
        this.#steps ??= await import("./steps.js").catch(() => null);
      if (list.count > 0 || isFiltered(query)) await loadParts();
      return { ...list, query };
    },
    onComplete: (list) => this.#loaded(list),
    onError: () => this.#patience?.wait(),
  });

  /** @override */
  get name() {
    return `Keys · ${nameOf(this.context.me, this.owner)}`;
  }

  /** What the list that is shown permits. @returns {ShownList["permissions"]} */
  get #permitted() {
    return this.#list.value?.permissions ?? [];
  }

  get #size() {
    return sizeIn(this.route.query, preferredSize());
  }

  /** @override */
  reload() {
    this.#list.run();
  }

  /** @override @param {import("../types.d.ts").Route} route */
  follow(route) {
    super.follow(route);
    this.#search.follow();
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.#narrow.addEventListener("change", () => this.requestUpdate(), { signal });
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#gone.abort();
    this.#search.stop();
    this.#patience?.stop();
  }

  /** @override */
  updated() {
    super.updated();
    parts?.closeOthersMenu(this);
    if (!this.#isTurning || this.querySelector("table[aria-busy=true]")) return;
    this.#isTurning = false;
    /** @type {HTMLElement | null} */
    const top = this.querySelector("#list");
    top?.focus({ preventScroll: true });
    top?.scrollIntoView({ block: "start" });
  }

  /** @param {ShownList} list */
  async #loaded(list) {
    const here = new Set(list.keys.filter(isRevocable).map(({ id }) => id));
    this.#picked = new Set([...this.#picked].filter((id) => here.has(id)));
    if (this.#steps && !list.keys.some(({ last_used_at }) => last_used_at)) {
      this.#patience ??= new this.#steps.Patience(() => this.reload());
      this.#patience.wait();
    } else if (list.count > 0 && !this.#care) {
      await this.#count();
    }
  }

  /** Asks what needs care, when there is something that might. */
  async #count() {
    const loaded = await import("./care.js").catch(() => null);
    if (!loaded || !this.isConnected) return;
    this.#care = loaded;
    this.#counts = await loaded.countCare(this.owner, this.#gone.signal);
    this.requestUpdate();
  }

  /** Something of this list was changed from here. */
  #changed = () => {
    this.reload();
    if (this.#care) this.#count();
  };

  /** @param {Record<string, string>} changes @param {boolean} [replace] */
  #set(changes, replace = false) {
    const to = withParameter(this.route.query, { page: "", ...changes }, address(this.owner));
    this.context.go(to, { replace });
  }

  /** @param {Key[]} keys @param {boolean} isPicked */
  #pick = (keys, isPicked) => {
    for (const { id } of keys) {
      if (isPicked) this.#picked.add(id);
      else this.#picked.delete(id);
    }
    this.requestUpdate();
  };

  #createButton() {
    if (!this.#list.value && !this.#list.error)
      return html`<span class="button unseen" aria-hidden="true">Create key</span>`;
    return this.#list.value?.permissions.includes("create_key")
      ? button("Create key", this.#actions.create, "primary", "c")
      : nothing;
  }

  /** The steps that somebody who begins has before them. @param {ShownList} list */
  #firstSteps(list) {
    const { context, owner } = this;
    const { me, notify } = context;
    const dismiss = () => {
      this.#steps = null;
      this.requestUpdate();
      /** @type {HTMLElement | null} */ (this.querySelector("h1"))?.focus();
    };
    return this.#steps && list.count <= 2 && !isFiltered(this.route.query)
      ? this.#steps.firstSteps({ list, owner, me, notify, create: this.#createButton(), dismiss })
      : nothing;
  }

  /** What stands below the table: pages and their size, or what to do with the keys that are chosen. @param {ShownList} list */
  #foot(list) {
    const count = this.#picked.size;
    if (!parts) return nothing;
    if (count > 0)
      return parts.picked({
        count,
        clear: () => this.#pick(list.keys, false),
        revoke: () => this.#actions.revoke(list.keys.filter(({ id }) => this.#picked.has(id))),
      });
    return parts.turner({
      list,
      size: this.#size,
      query: this.route.query,
      path: address(this.owner),
      resize: (size) => {
        preferSize(size);
        this.#set({ size: String(size) });
      },
      turned: () => {
        this.#isTurning = true;
      },
    });
  }

  /** @param {ShownList} list */
  #table(list) {
    const { context, owner } = this;
    const { query } = this.route;
    const path = address(owner);
    if (list.count > 0 && parts) {
      const isLoading = list.query !== query;
      const table = {
        context,
        owner,
        keys: list.keys,
        query,
        isLoading,
        isPicking: list.permissions.includes("revoke_keys") || list.keys.some(isRevocable),
        isNarrow: this.#narrow.matches,
        picked: this.#picked,
        pick: this.#pick,
        act: this.#actions.act,
      };
      const sort = (/** @type {string} */ order) => this.#set({ order });
      return html`
        ${
          table.isNarrow
            ? html`<div class="sorting">${list.keys.some(isRevocable) ? parts.pickAll(table) : nothing} ${parts.sortBy(query, sort)}</div>`
            : nothing
        }
        ${parts.keysTable(table)}
        ${unreadableNote(list)}
        ${this.#foot(list)}`;
    }
    if (isFiltered(query))
      return emptyState({
        icon: icons.none,
        title: "No matching keys",
        text: "Try a different search, or remove a filter.",
        actions: html`<a class="button" href=${path}>Clear search and filters</a>`,
      });
    return emptyState({
      icon: icons.key,
      title: "No keys yet",
      text: "Keys show up here once somebody creates one.",
      actions: this.#createButton(),
    });
  }

  #head() {
    const { context, owner } = this;
    const { me } = context;
    const list = this.#list.value;
    const isEmpty = list?.count === 0 && !isFiltered(this.route.query);
    const actions = isEmpty ? nothing : this.#createButton();
    if (owner.type === "organization")
      return head({ title: "Keys", text: `API keys of ${nameOf(me, owner)}.`, actions });
    if (owner.type === "deployment")
      return head({
        title: "Operator keys",
        text: "Keys for the operator’s own programs. They can do what their scopes say, for every organization and user.",
        actions,
      });
    const isSelf = owner.id === userOf(me);
    const who = isSelf ? "you" : userName(owner.id ?? "");
    return head({
      title: "Personal keys",
      text: `These keys act for ${who}, in every organization ${isSelf ? "you belong" : "they belong"} to.`,
      actions,
    });
  }

  /** @override */
  render() {
    const { owner, route } = this;
    const { query } = route;
    const list = this.#list.value ?? this.#place.left?.list ?? null;
    const isEmpty = list?.count === 0 && !isFiltered(query);
    const steps = list ? this.#firstSteps(list) : nothing;
    const bar = {
      query,
      owner,
      search: this.#search,
      set: (/** @type {Record<string, string>} */ changes) => this.#set(changes),
      scopes: [...new Set(list?.keys.flatMap(({ scopes }) => scopes))].sort(),
      isOpen: this.#showsFilters,
      toggle: () => {
        this.#showsFilters = !this.#showsFilters;
        this.requestUpdate();
      },
      choosing: this.#choosing,
      choose: (/** @type {string} */ name, /** @type {boolean} */ isOpen) => {
        if (isOpen) this.#choosing.add(name);
        else this.#choosing.delete(name);
        this.requestUpdate();
      },
    };
    return html`
      ${this.#head()}
      ${isEmpty ? nothing : parts ? parts.filterBar(bar) : noFilters}
      <div role="status">${this.#search.notice()}</div>
      ${isEmpty ? nothing : html`<div class="listbar"><p role="status">${list ? counted(list, "key") : ""}</p>${this.#care?.careLine({ counts: this.#counts, query, path: address(owner) })}</div>`}
      ${steps}
      ${
        isEmpty && steps !== nothing
          ? nothing
          : html`<div class="card" id="list" tabindex="-1">${this.show(
              this.#list,
              () =>
                this.#place.left?.list
                  ? this.#table(this.#place.left.list)
                  : skeleton(owner, this.#narrow.matches),
              (shown) => this.#table(shown),
            )}</div>`
      }`;
  }
}
customElements.define("keyward-keys", KeysView);

// The lists that somebody has looked at, so that leaving a key returns to where they were. It is forgotten with the
// session, and by reloading: neither an address nor a list is stored.
/** @import { KeyList, Owner } from "./openapi.d.ts" */
/** @import { Context } from "./types.d.ts" */
/** @import { View } from "./ui/view.js" */
import { address, read, withParameter } from "./router.js";

/** @typedef {KeyList & { query: URLSearchParams }} ShownList */
/** @typedef {{ at: string, scroll: number, list: ShownList | null, opened: string | null }} Visit where it was, how far down, what it showed, and the key that was opened from it */

/** @type {WeakMap<Context, Map<string, Visit>>} */
const visits = new WeakMap();

/** @param {Context} context @param {Owner} owner @param {Visit} visit */
function remember(context, owner, visit) {
  const all = visits.get(context) ?? new Map();
  visits.set(context, all.set(address(owner), visit));
}

/** The last visit of an owner’s list. @param {Context} context @param {Owner} owner */
export const lastVisit = (context, owner) => visits.get(context)?.get(address(owner)) ?? null;

/** Where the list of an owner’s keys was left: its search, filters and page. @param {Context} context @param {Owner} owner */
export const listAddress = (context, owner) => lastVisit(context, owner)?.at ?? address(owner);

/** Remembers where a list was left, and takes whoever comes back from a key to that place. */
export class Place {
  #view;
  #list;
  #gone = new AbortController();
  #scroll = 0;

  /** @param {View} view @param {() => ShownList | null} list what it shows */
  constructor(view, list) {
    this.#view = view;
    this.#list = list;
    const last = lastVisit(view.context, view.owner);
    /** The visit that is taken up again. */
    this.left = last?.at === this.#at() ? last : null;
    view.addController(this);
  }

  /** The page of the list, as an address. */
  #at() {
    const { route, owner } = this.#view;
    return withParameter(route.query, {}, address(owner));
  }

  #isHere() {
    return this.#at() === withParameter(new URLSearchParams(location.search), {}, location.pathname);
  }

  hostConnected() {
    this.#gone = new AbortController();
    const scrolled = () => {
      if (this.#isHere()) this.#scroll = scrollY;
    };
    addEventListener("scroll", scrolled, { passive: true, signal: this.#gone.signal });
    // Once the app has shown the top of the page.
    if (this.left) setTimeout(() => this.#return(), 0);
  }

  hostDisconnected() {
    this.#gone.abort();
    const { context, owner } = this.#view;
    const opened = read(location).key;
    remember(context, owner, { at: this.#at(), scroll: this.#scroll, list: this.#list(), opened });
  }

  /** As far down as before, and on the title of the key that was opened. */
  #return() {
    const { scroll = 0, opened = null } = this.left ?? {};
    if (!opened || !this.#view.isConnected || !this.#isHere()) return;
    const href = `${address(this.#view.owner)}/${opened}`;
    /** @type {HTMLElement | null} */
    const link = this.#view.querySelector(`a[href="${CSS.escape(href)}"]`);
    link?.focus({ preventScroll: true });
    scrollTo(0, scroll);
  }
}

const SIZE = "keyward.page-size";

/** How many keys somebody wants on a page, in this browser. */
export function preferredSize() {
  try {
    return Number(localStorage.getItem(SIZE)) || undefined;
  } catch {
    return undefined; // The browser keeps nothing for this page.
  }
}

/** @param {number} size */
export function preferSize(size) {
  try {
    localStorage.setItem(SIZE, String(size));
  } catch {
    // It holds for this visit, in the address.
  }
}

// The lists that somebody has looked at, so that leaving a key returns to where they were. It is forgotten with the
// session, and by reloading: neither an address nor a list is stored.
/** @import { KeyList, Owner } from "./openapi.d.ts" */
/** @import { Context } from "./types.d.ts" */
import { address } from "./router.js";

/** @typedef {KeyList & { query: URLSearchParams }} ShownList */
/** @typedef {{ at: string, scroll: number, list: ShownList | null, opened: string | null }} Visit where it was, how far down, what it showed, and the key that was opened from it */

/** @type {WeakMap<Context, Map<string, Visit>>} */
const visits = new WeakMap();

/** @param {Context} context @param {Owner} owner @param {Visit} visit */
export function remember(context, owner, visit) {
  const all = visits.get(context) ?? new Map();
  visits.set(context, all.set(address(owner), visit));
}

/** The last list of an owner’s keys. @param {Context} context @param {Owner} owner */
export const lastVisit = (context, owner) => visits.get(context)?.get(address(owner)) ?? null;

/** Where the list of an owner’s keys was left: its search, filters and page. @param {Context} context @param {Owner} owner */
export const listAddress = (context, owner) => lastVisit(context, owner)?.at ?? address(owner);

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

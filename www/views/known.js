// What lists have shown, for the pages that they lead to: a key as it was there, and the list to go back to. Kept for as
// long as the same person is signed in, and nowhere but in memory.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { address } from "../router.js";

/** @type {WeakMap<Context, { keys: Map<string, Key>, list: string }>} */
const known = new WeakMap();

/** @param {Context} context @param {Key[]} keys @param {string} list the list’s address, with its filters and page */
export function remember(context, keys, list) {
  known.set(context, { keys: new Map(keys.map((key) => [key.id, key])), list });
}

/** A key as a list has last shown it. @param {Context} context @param {string} id */
export const recall = (context, id) => known.get(context)?.keys.get(id) ?? null;

/** The list that was looked at last, if it is this owner’s. @param {Context} context @param {Owner} owner */
export function listOf(context, owner) {
  const all = address(owner);
  const list = known.get(context)?.list ?? "";
  return list.split("?")[0] === all ? list : all;
}

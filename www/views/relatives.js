// The keys that a key has to do with: the one that it replaces and the one that replaces it, and those that it was created
// and revoked with.
/** @import { Actor, Key, Owner, Whoami } from "../openapi.d.ts" */
import * as api from "../api.js";
import { asProblem } from "../problem.js";

/** @typedef {{ owner: Owner, id: string }} Relative */

/**
 * Those of them that the person can look at.
 * @param {Key | null} key
 * @param {Whoami} me
 * @param {string | null} user
 * @returns {Relative[]}
 */
export function relativesOf(key, me, user) {
  if (!key) return [];
  const { owner } = key;
  const actors = [key.created_by, key.revoked_by].map((actor) => (actor ? keyOf(actor, owner) : null));
  const kin = [key.rolled_from, key.rolled_to].map((id) => (id ? { owner, id } : null));
  const isVisible = (/** @type {Relative} */ relative) =>
    relative.id !== key.id &&
    (relative.owner.type === owner.type || me.type === "root" || relative.owner.id === user);
  return [
    ...new Map(
      [...kin, ...actors].flatMap((each) => (each && isVisible(each) ? [[each.id, each]] : [])),
    ).values(),
  ];
}

/** The key that somebody has done something with, and whose it is. @param {Actor} actor @param {Owner} owner of the key that it was done to @returns {Relative | null} */
export function keyOf({ type, id, key }, owner) {
  if (type === "user") return key ? { owner: { type: "user", id }, id: key } : null;
  if (type === "operator_key") return { owner: { type: "deployment", id: null }, id };
  return type === "key" ? { owner, id } : null;
}

/** @param {Relative} relative @param {AbortSignal} signal @returns {Promise<[string, Key | null]>} */
export const find = async ({ owner, id }, signal) => [
  id,
  await api.getKey(owner, id, signal).catch((thrown) => {
    // Gone, or not for this person to see.
    if ([403, 404].includes(asProblem(thrown).status)) return null;
    throw thrown;
  }),
];

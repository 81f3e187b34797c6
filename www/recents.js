// The owners that somebody has last looked at, for whoever switches between them. The browser remembers them until that
// person signs out, or somebody else signs in.
/** @import { Owner, Whoami } from "./openapi.d.ts" */
import { sameOwner, userOf } from "./owners.js";

/** @typedef {{ owner: Owner, name: string }} Recent */

const PLACE = "keyward.recents";
const MOST = 5;

/** @param {Whoami} me */
const person = (me) => `${me.type} ${userOf(me) ?? me.id}`;

/** The latest first. @param {Whoami} me @returns {Recent[]} */
export function recents(me) {
  try {
    const stored = JSON.parse(localStorage.getItem(PLACE) ?? "null");
    return stored?.person === person(me) ? stored.owners : [];
  } catch {
    return [];
  }
}

/** @param {Whoami} me @param {Recent[]} owners */
function store(me, owners) {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ person: person(me), owners: owners.slice(0, MOST) }));
  } catch {
    // A browser that stores nothing remembers nothing.
  }
}

/** @param {Whoami} me @param {Owner} owner */
const others = (me, owner) => recents(me).filter((recent) => !sameOwner(recent.owner, owner));

/** @param {Whoami} me @param {Owner} owner @param {string} name */
export const remember = (me, owner, name) =>
  store(me, [{ owner: { type: owner.type, id: owner.id }, name }, ...others(me, owner)]);

/** Forgets one that isn’t there. @param {Whoami} me @param {Owner} owner */
export const forget = (me, owner) => store(me, others(me, owner));

export function forgetAll() {
  try {
    localStorage.removeItem(PLACE);
  } catch {
    // There is nothing to forget.
  }
}

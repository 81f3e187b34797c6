// Whose keys somebody can look at: what the server has said about them, put into the shape that views need.
/** @import { Owner, Whoami } from "./openapi.d.ts" */

/** The user behind the credential. @param {Whoami} me */
export function userOf(me) {
  if (me.type === "user") return me.id;
  return me.key?.owner.type === "user" ? me.key.owner.id : null;
}

/** The owners to choose from. The operator reaches all of them, and there is no list. @param {Whoami} me @returns {Owner[]} */
export function ownersOf(me) {
  const user = userOf(me);
  /** @type {Owner[]} */
  const owners = me.organizations.map(({ id }) => ({ type: "organization", id }));
  if (user) owners.push({ type: "user", id: user });
  return owners;
}

/** @param {Whoami} me @param {Owner} owner */
const membership = (me, owner) =>
  owner.type === "organization" ? me.organizations.find(({ id }) => id === owner.id) : undefined;

/** @param {Whoami} me @param {Owner} owner */
export function nameOf(me, owner) {
  const id = owner.id ?? "";
  if (owner.type === "user") return id === userOf(me) ? "Personal" : id;
  return membership(me, owner)?.name ?? id;
}

/** @param {Whoami} me @param {Owner} owner */
export const roleIn = (me, owner) => membership(me, owner)?.role ?? null;

/** @param {Owner} one @param {Owner | null} other */
export const sameOwner = (one, other) => one.type === other?.type && one.id === other.id;

/** The title of the key that somebody has signed in with. @param {Whoami} me */
export const titleOf = ({ key }) => (key && "title" in key ? key.title : null);

// Whose keys somebody can look at: what the server has said about them, put into the shape that views need.
/** @import { Owner, Whoami } from "./openapi.d.ts" */

/** The owner of the operator’s own keys. @type {Owner} */
export const DEPLOYMENT = { type: "deployment", id: null };

/** The user behind the credential. @param {Whoami} me */
export function userOf(me) {
  if (me.type === "user") return me.id;
  return me.key?.owner.type === "user" ? me.key.owner.id : null;
}

/**
 * The id of a user whom somebody names by it, or as the identity provider does: docs/API.md has the rule.
 * @param {string} typed
 */
export const userId = (typed) =>
  /^(?:[\w-]|~[0-9A-F]{2})+$/.test(typed)
    ? typed
    : encodeURIComponent(typed.toWellFormed()).replace(
        /[.!~*'()]|%(..)/g,
        (found, digits) => `~${digits ?? found.charCodeAt(0).toString(16).toUpperCase()}`,
      );

/**
 * What people call a user: what the identity provider writes, if it is plain. Spaces, letters with a double elsewhere and
 * whatever could pass for another id stay escaped.
 * @param {string} id
 */
export function userName(id) {
  try {
    const name = decodeURIComponent(id.replaceAll("~", "%"));
    return /^[!-}]+$/.test(name) ? name : id;
  } catch {
    return id;
  }
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
  if (owner.type === "deployment") return "Operator";
  if (owner.type === "user") return id === userOf(me) ? "Personal" : userName(id);
  return membership(me, owner)?.name ?? id;
}

/** @param {Whoami} me @param {Owner} owner */
export const roleIn = (me, owner) => membership(me, owner)?.role ?? null;

/** @param {Owner} one @param {Owner | null} other */
export const sameOwner = (one, other) => one.type === other?.type && one.id === other.id;

/** The title of the key that somebody has signed in with. @param {Whoami} me */
export const titleOf = ({ key }) => (key && "title" in key ? key.title : null);

// What somebody may do, so that the page offers no more. The server decides all the same.
/** @import { Owner, Rights, Whoami } from "./types.d.ts" */

/** The scopes that Keyward itself asks for, with what they allow. @type {[scope: string, allows: string][]} */
export const SCOPES = [
  ["keys:read", "List and read keys"],
  ["keys:write", "Create, change, revoke keys"],
  ["keys:verify", "Verify keys"],
  ["members:read", "List members"],
  ["events:read", "Read the audit trail"],
];

/** @param {Whoami} me @param {string} scope */
export const holds = (me, scope) => me.type !== "key" || me.scopes.includes("*") || me.scopes.includes(scope);

/** The user behind the credential. @param {Whoami} me */
export function userOf(me) {
  if (me.type === "user") return me.id;
  return me.key?.owner.type === "user" ? me.key.owner.id : null;
}

/** The owners to choose from; root reaches all, and none is listed. @param {Whoami} me @returns {Owner[]} */
export function ownersOf(me) {
  const user = userOf(me);
  /** @type {Owner[]} */
  const owners = me.organizations.map(({ id }) => ({ type: "organization", id }));
  if (user) owners.push({ type: "user", id: user });
  return owners;
}

/** @param {Whoami} me @param {Owner} owner */
export const nameOf = (me, owner) =>
  owner.type === "user"
    ? owner.id === userOf(me)
      ? "Personal"
      : owner.id
    : me.organizations.find(({ id }) => id === owner.id)?.name || owner.id;

/** @param {Whoami} me @param {Owner} owner */
export const roleIn = (me, owner) =>
  owner.type === "organization" ? (me.organizations.find(({ id }) => id === owner.id)?.role ?? null) : null;

/** @param {Whoami} me @param {Owner} owner @returns {Rights} */
export function rightsOver(me, owner) {
  const root = me.type === "root";
  const person = me.type === "user";
  const organization = owner.type === "organization";
  const role = roleIn(me, owner);
  const manages = organization && (root || (person && (role === "admin" || role === "owner")));
  return {
    readKeys: holds(me, "keys:read"),
    writeKeys: holds(me, "keys:write"),
    readEvents: holds(me, "events:read"),
    readMembers: organization && holds(me, "members:read"),
    changeMembers: manages,
    changeOwners: organization && (root || (person && role === "owner")),
    rename: manages,
    leave: person && role !== null,
  };
}

/** Whether the server answers a verify of theirs: an organization's keys may ask too, but they do not sign in here. @param {Whoami} me */
export const mayVerify = (me) => me.type === "root";

/** @param {Whoami} me */
export const mayCreateOrganization = (me) => me.type !== "key";

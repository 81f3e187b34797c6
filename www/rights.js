// What somebody may do, so that the page offers no more. The server decides all the same.
/** @import { Member, Owner, Rights, Role, Whoami } from "./types.d.ts" */

/** The scopes that Keyward itself asks for, with what they allow. @type {[scope: string, allows: string][]} */
export const SCOPES = [
  ["keys:read", "List and read keys"],
  ["keys:write", "Create, change, revoke keys"],
  ["keys:verify", "Verify keys"],
  ["members:read", "List members"],
  ["events:read", "Read the audit trail"],
];

/** The roles, with what each adds: a later one may do all that an earlier one may. @type {Record<Role, [name: string, adds: string]>} */
export const ROLES = {
  member: ["Member", "Manages the organization’s keys."],
  admin: ["Admin", "Also renames the organization and manages members and admins."],
  owner: ["Owner", "Also makes and unmakes owners."],
};
const RANKS = Object.keys(ROLES);

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
    : (me.organizations.find(({ id }) => id === owner.id)?.name ?? owner.id);

/** @param {Whoami} me @param {Owner} owner */
export const roleIn = (me, owner) =>
  owner.type === "organization" ? (me.organizations.find(({ id }) => id === owner.id)?.role ?? null) : null;

/**
 * What is granted by the core's `policy::permit` to whoever sees the owner. Whether they see it the server says: the
 * memberships that are known here may be some moments old.
 * @param {Whoami} me @param {Owner} owner @returns {Rights}
 */
export function rightsOver(me, owner) {
  const organization = owner.type === "organization";
  const rank = RANKS.indexOf(roleIn(me, owner) ?? "none");
  /** Takes a person: a key changes nothing about members, whoever it belongs to. @param {Role} least */
  const personAs = (least) =>
    organization && (me.type === "root" || (me.type === "user" && rank >= RANKS.indexOf(least)));
  return {
    writeKeys: holds(me, "keys:write"),
    readEvents: holds(me, "events:read"),
    readMembers: organization && holds(me, "members:read"),
    changeMembers: personAs("admin"),
    changeOwners: personAs("owner"),
    renameOrganization: personAs("admin"),
    leave: personAs("member"),
  };
}

/**
 * What may be done to one member: to give another role, and to remove them, which of oneself is to leave.
 * @param {Whoami} me @param {Owner} owner @param {Member} member
 */
export function rightsOverMember(me, owner, { user, role }) {
  const { changeMembers, changeOwners, leave } = rightsOver(me, owner);
  const change = role === "owner" ? changeOwners : changeMembers;
  return { change, remove: user === userOf(me) ? leave : change };
}

/** Whether the server answers a verify of theirs: an organization's keys may ask too, but they do not sign in here. @param {Whoami} me */
export const mayVerify = (me) => me.type === "root";

/** @param {Whoami} me */
export const mayCreateOrganization = (me) => me.type !== "key";

// What the dashboard calls the API’s values.
/** @import { KeyType, Role, Status } from "./openapi.d.ts" */
/** @import { Amount } from "./types.d.ts" */

/** @type {Record<Status, string>} */
export const STATUS = { active: "Active", retiring: "Retiring", expired: "Expired", revoked: "Revoked" };

/** @type {Record<KeyType, string>} */
export const TYPE = { secret: "Secret", publishable: "Publishable" };

/** From the least to the most. @type {Record<Role, { name: string, one: string, can: string }>} */
export const ROLES = {
  member: { name: "Member", one: "a member", can: "Can manage the organization’s keys." },
  admin: {
    name: "Admin",
    one: "an admin",
    can: "Can also rename the organization and manage members and admins.",
  },
  owner: { name: "Owner", one: "an owner", can: "Can also manage owners and delete the organization." },
};

/** The scopes that have a meaning in Keyward itself. @type {[scope: string, allows: string][]} */
export const SCOPES = [
  ["keys:read", "View keys"],
  ["keys:write", "Create, edit, roll, revoke, and delete keys"],
  ["keys:verify", "Verify keys for an organization"],
  ["members:read", "View members"],
  ["events:read", "View activity"],
];

/** Those of operator keys, which count for every owner. @type {[scope: string, allows: string][]} */
export const OPERATOR_SCOPES = [
  ["organizations:read", "View organizations, their members, and who’s signed in"],
  ["organizations:write", "Manage organizations and members, delete users, and sign people out"],
  ["keys:read", "View everyone’s keys"],
  ["keys:write", "Create, edit, roll, revoke, and delete everyone’s keys"],
  ["keys:verify", "Verify everyone’s keys"],
  ["events:read", "View all activity"],
];

const NUMBER = new Intl.NumberFormat("en");

/** How many there are: of very many the API counts only some. @param {Amount} list */
export const figure = ({ count, count_is }) => `${NUMBER.format(count)}${count_is === "exact" ? "" : "+"}`;

/** The same with a noun. @param {Amount} list @param {string} one @param {string} [more] */
export const counted = (list, one, more = `${one}s`) =>
  `${figure(list)} ${list.count === 1 && list.count_is === "exact" ? one : more}`;

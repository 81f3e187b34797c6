// What the dashboard calls the API’s values.
/** @import { KeyType, Role, Status } from "./openapi.d.ts" */

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

// @ts-check
// Whose keys and events are meant, and the operations by which they are reached.

import { escaped } from "../terminal/names.mjs";

/** @typedef {{ organization?: string, user?: string, deployment?: boolean }} Flags */
/** @typedef {"list" | "create" | "get" | "update" | "revoke" | "revokeAll" | "roll" | "delete" | "events"} What */
/** @typedef {{ type: "organization" | "user" | "deployment", id: string | null, name: string, where: string, call: (what: What, ...args: any[]) => any }} Owner */

/** @type {Record<Owner["type"], Record<What, string>>} */
const OPERATIONS = {
  organization: {
    ...{ list: "listKeys", create: "createKey", get: "getKey", update: "updateKey", revoke: "revokeKey" },
    ...{ revokeAll: "revokeKeys", roll: "rollKey", delete: "deleteKey", events: "listEvents" },
  },
  user: {
    ...{ list: "listUserKeys", create: "createUserKey", get: "getUserKey", update: "updateUserKey" },
    ...{ revoke: "revokeUserKey", revokeAll: "revokeUserKeys", roll: "rollUserKey" },
    ...{ delete: "deleteUserKey", events: "listUserEvents" },
  },
  deployment: {
    ...{ list: "listDeploymentKeys", create: "createDeploymentKey", get: "getDeploymentKey" },
    ...{ update: "updateDeploymentKey", revoke: "revokeDeploymentKey", revokeAll: "revokeOperatorKeys" },
    ...{ roll: "rollDeploymentKey", delete: "deleteDeploymentKey", events: "listDeploymentEvents" },
  },
};

/** @param {Flags} flags @param {import("../manage.mjs").Asked} asked @returns {Promise<Owner>} */
export async function ownerOf({ organization, user, deployment }, asked) {
  if ([organization, user, deployment].filter((one) => one !== undefined).length > 1)
    throw new TypeError("Say one of --organization, --user and --deployment.");
  if (user !== undefined) return owner(asked, "user", user);
  if (deployment) return owner(asked, "deployment", null);
  return owner(
    asked,
    "organization",
    await organizationOf({ organization }, asked, " or --user me, or --deployment"),
  );
}

/** The organization that was named, or that the key belongs to. @param {{ organization?: string }} flags @param {import("../manage.mjs").Asked} asked @param {string} [others] what may be said instead */
export async function organizationOf({ organization }, { client, connection }, others = "") {
  const named = organization ?? connection.organization;
  if (named !== undefined) return named;
  const { key } = await client.whoami();
  if (key?.owner.type === "organization" && key.owner.id) return key.owner.id;
  throw new TypeError(`Say whose: --organization ORG${others}; or set KEYWARD_ORGANIZATION.`);
}

/** @param {{ url: string }} connection */
export const hostOf = ({ url }) => new URL(url).host;

/** @param {import("../manage.mjs").Asked} asked @param {Owner["type"]} type @param {string | null} id @returns {Owner} */
function owner({ client, connection }, type, id) {
  const methods = /** @type {Record<string, (...args: any[]) => any>} */ (/** @type {unknown} */ (client));
  const owners = id === null ? [] : [id];
  const name = id === null ? `the ${type}` : escaped(`${type} ${id}`);
  return {
    ...{ type, id },
    name,
    // Two deployments may have organizations of the same name.
    where: `${name} at ${hostOf(connection)}`,
    call: (what, ...args) => methods[OPERATIONS[type][what]](...owners, ...args),
  };
}

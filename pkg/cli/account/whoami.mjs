// @ts-check
// `keyward whoami`: who asks, of which deployment, and what they may do.

import { shownInstant } from "../shell/moments.mjs";
import { sheet } from "../shell/table.mjs";
import { print, printJson } from "../terminal/output.mjs";

/** @param {string[]} _args @param {{ json?: boolean }} flags @param {import("../manage.mjs").Asked} asked */
export async function whoami(_args, { json }, { client, connection }) {
  const told = await client.whoami();
  if (json) printJson(told);
  else print(page(told, connection));
  return 0;
}

/** @typedef {import("keyward/client").Whoami} Whoami */

/** Who it is in a few words. @param {Whoami} told */
export function nameOf({ type, id, key }) {
  if (type === "root" && !key) return `the operator (${id})`;
  if (type === "user") return key ? `user ${id} with “${titleOf(key)}” (${key.id})` : `user ${id}`;
  const { owner } = key ?? { owner: undefined };
  const whose = owner?.id ? `${owner.type} ${owner.id}` : "the deployment";
  return `“${titleOf(key)}” (${id}) of ${whose}`;
}

/** A publishable key is not told its title. @param {Whoami["key"]} key */
const titleOf = (key) => (key && "title" in key ? key.title : (key?.redacted ?? ""));

/** @param {Whoami} told @param {import("./connection.mjs").Connection} connection */
function page(told, { url, from }) {
  const { key, organizations, scopes, permissions } = told;
  return sheet([
    ["deployment", url],
    ["by", from],
    ["who", nameOf(told)],
    ["key", key?.redacted],
    ["scopes", scopes.join(" ") || "none"],
    ["organizations", organizations.map(({ id, role }) => (role ? `${id} (${role})` : id)).join(", ")],
    ["may", permissions.join(", ")],
    ["status", key?.status],
    ["expires", shownInstant(key?.expires_at)],
  ]);
}

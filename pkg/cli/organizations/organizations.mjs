// @ts-check
// `keyward orgs …`

import { confirmed, mustBeConfirmable } from "../shell/confirm.mjs";
import { limitOf, pageOf, printList, take } from "../shell/lists.mjs";
import { secondsOf, shownInstant } from "../shell/moments.mjs";
import { hostOf, organizationOf } from "../shell/owner.mjs";
import { sheet } from "../shell/table.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, printJson, say } from "../terminal/output.mjs";

/** @typedef {import("../manage.mjs").Asked} Asked */
/** @typedef {Record<string, any>} Flags */

/** Those of the deployment, for its operator; one's own, for everybody else. @param {string[]} _args @param {Flags} flags @param {Asked} asked */
export async function listOrganizations(_args, flags, { client }) {
  const limit = limitOf(flags.limit);
  const id = (/** @type {any} */ organization) => organization.id;
  const me = await client.whoami();
  if (me.type === "root" || me.key?.owner.type === "deployment") {
    const pages = client.listOrganizations({ q: flags.search, limit: pageOf(limit) });
    printList(await take(pages, "organizations", limit), flags, {
      head: ["ID", "NAME", "CREATED"],
      row: (/** @type {any} */ one) => [one.id, one.name, shownInstant(one.created_at)],
      ...{ id, noun: "such organization" },
    });
    return 0;
  }
  if (flags.search !== undefined) throw new TypeError("--search is for the operator, who has many.");
  const pages =
    me.type === "user" ? client.listUserOrganizations(me.id, { limit: pageOf(limit) }) : undefined;
  const found = pages ? await take(pages, "organizations", limit) : { found: me.organizations, left: false };
  printList(found, flags, {
    head: ["ID", "NAME", "ROLE"],
    row: (/** @type {any} */ one) => [one.id, one.name ?? "", one.role ?? ""],
    ...{ id, noun: "organization that this key reaches" },
  });
  return 0;
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function createOrganization([id], flags, { client }) {
  const { name = id, owner } = flags;
  const made = await client.createOrganization({ id, name, ...(owner !== undefined && { owner }) });
  return shown(made, flags);
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function showOrganization([id], flags, asked) {
  return shown(await asked.client.getOrganization(await organizationOf({ organization: id }, asked)), flags);
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export const renameOrganization = async ([id, name], flags, { client }) =>
  shown(await client.updateOrganization(id, { name }), flags);

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function editOrganization([id], flags, { client }) {
  const max_staleness_seconds = secondsOf("max-staleness", flags["max-staleness"]);
  const on_outage_max_seconds = secondsOf("on-outage-max", flags["on-outage-max"]);
  const body = {
    ...(flags.name !== undefined && { name: flags.name }),
    ...(max_staleness_seconds !== undefined && { max_staleness_seconds }),
    ...(on_outage_max_seconds !== undefined && { on_outage_max_seconds }),
  };
  if (Object.keys(body).length === 0) throw new TypeError("Say what to change: `keyward orgs edit --help`.");
  return shown(await client.updateOrganization(id, body), flags);
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function deleteOrganization([id], flags, { client, connection }) {
  mustBeConfirmable(flags);
  if (!flags.yes) {
    const { name } = await client.getOrganization(id);
    const keys = flags.revoke ? " with all its keys" : "";
    const question = `Delete the organization ${id} (“${escaped(name)}”) at ${hostOf(connection)}${keys} for good?`;
    if (!(await confirmed(question, flags))) return 1;
  }
  const answer = await client.deleteOrganization(id, flags.revoke ? { revoke: true } : {});
  if (flags.json) printJson(answer);
  else if (!flags.quiet) say(`Deleted the organization ${id}.\n`);
  return 0;
}

/** @param {import("keyward/client").Organization} made @param {Flags} flags */
function shown(made, { json, quiet }) {
  if (json) printJson(made);
  else if (!quiet)
    print(
      sheet([
        ["id", made.id],
        ["name", made.name],
        ["created", shownInstant(made.created_at)],
        ["answers", `at most ${made.max_staleness_seconds} s old`],
        [
          "on outage",
          made.on_outage_max_seconds > 0 ? `at most ${made.on_outage_max_seconds} s old` : "none",
        ],
      ]),
    );
  return 0;
}

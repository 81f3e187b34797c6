// @ts-check
// `keyward invitations …`

import { limitOf, pageOf, printList, take } from "../shell/lists.mjs";
import { shownInstant } from "../shell/moments.mjs";
import { organizationOf } from "../shell/owner.mjs";
import { sheet } from "../shell/table.mjs";
import { print, printJson, say } from "../terminal/output.mjs";

/** @typedef {import("../manage.mjs").Asked} Asked */
/** @typedef {Record<string, any>} Flags */

/** @param {string[]} _args @param {Flags} flags @param {Asked} asked */
export async function listInvitations(_args, flags, asked) {
  const limit = limitOf(flags.limit);
  const { client } = asked;
  const query = { limit: pageOf(limit) };
  const isMine = flags.user !== undefined;
  const pages = isMine
    ? client.listUserInvitations(flags.user, query)
    : client.listInvitations(await organizationOf(flags, asked, " or --user me"), query);
  printList(await take(pages, "invitations", limit), flags, {
    head: ["ORGANIZATION", "USER", "ROLE", "UNTIL"],
    row: (/** @type {any} */ one) => [one.organization, one.user, one.role, shownInstant(one.expires_at)],
    ...{ id: (/** @type {any} */ one) => (isMine ? one.organization : one.user), noun: "pending invitation" },
  });
  return 0;
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function createInvitation([user], flags, asked) {
  const organization = await organizationOf(flags, asked);
  const made = await asked.client.createInvitation(organization, { user, role: flags.role ?? "member" });
  if (flags.json) printJson(made);
  else if (!flags.quiet)
    print(
      sheet([
        ["user", made.user],
        ["role", made.role],
        ["until", shownInstant(made.expires_at)],
      ]),
    );
  return 0;
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function deleteInvitation([user], flags, asked) {
  const organization = await organizationOf(flags, asked);
  await asked.client.deleteInvitation(organization, user);
  if (!flags.quiet) say(`${user} is no longer invited to ${organization}.\n`);
  return 0;
}

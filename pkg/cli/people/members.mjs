// @ts-check
// `keyward members …`

import { confirmed, mustBeConfirmable } from "../shell/confirm.mjs";
import { limitOf, pageOf, printList, take } from "../shell/lists.mjs";
import { shownInstant } from "../shell/moments.mjs";
import { hostOf, organizationOf } from "../shell/owner.mjs";
import { sheet } from "../shell/table.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, printJson, say } from "../terminal/output.mjs";

/** @typedef {import("../manage.mjs").Asked} Asked */
/** @typedef {Record<string, any>} Flags */

/** @param {string[]} _args @param {Flags} flags @param {Asked} asked */
export async function listMembers(_args, flags, asked) {
  const limit = limitOf(flags.limit);
  const pages = asked.client.listMembers(await organizationOf(flags, asked), { limit: pageOf(limit) });
  printList(await take(pages, "members", limit), flags, {
    head: ["USER", "ROLE", "SINCE"],
    row: (/** @type {any} */ one) => [one.user, one.role, shownInstant(one.created_at)],
    ...{ id: (/** @type {any} */ one) => one.user, noun: "member" },
  });
  return 0;
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function addMember([user], flags, asked) {
  const organization = await organizationOf(flags, asked);
  // To put a member changes the role of one that is there.
  if (await isMember(organization, user, asked)) {
    say(`keyward: ${user} is a member already; \`keyward members role\` changes what they are.\n`);
    return 1;
  }
  return shown(await asked.client.putMember(organization, user, { role: flags.role ?? "member" }), flags);
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function changeRole([user, role], flags, asked) {
  const organization = await organizationOf(flags, asked);
  // And adds one that is not.
  await asked.client.getMember(organization, user);
  return shown(await asked.client.putMember(organization, user, { role: /** @type {any} */ (role) }), flags);
}

/** @param {string[]} args @param {Flags} flags @param {Asked} asked */
export async function removeMember([user], flags, asked) {
  mustBeConfirmable(flags);
  const organization = await organizationOf(flags, asked);
  const question = `Remove ${user} from the organization ${organization} at ${hostOf(asked.connection)}?`;
  if (!(await confirmed(question, flags))) return 1;
  const answer = await asked.client.removeMember(organization, user);
  if (flags.json) printJson(answer);
  else if (!flags.quiet) say(`Removed ${user}, everywhere by ${escaped(answer.effective.by)}.\n`);
  return 0;
}

/** @param {string} organization @param {string} user @param {Asked} asked */
async function isMember(organization, user, { client }) {
  try {
    await client.getMember(organization, user);
    return true;
  } catch (error) {
    if (/** @type {any} */ (error).code === "member.not_found") return false;
    throw error;
  }
}

/** @param {import("keyward/client").Member} member @param {Flags} flags */
function shown(member, { json, quiet }) {
  if (json) printJson(member);
  else if (!quiet)
    print(
      sheet([
        ...Object.entries({ user: member.user, role: member.role, since: shownInstant(member.created_at) }),
      ]),
    );
  return 0;
}

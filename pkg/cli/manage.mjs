// @ts-check
// What runs the commands that ask a deployment. It is a file of its own when it is built.
import { KeywardError } from "keyward/client";
import { clientOf } from "./account/client.mjs";
import { connectionOf, NotLoggedIn } from "./account/connection.mjs";
import { login } from "./account/login.mjs";
import { logout } from "./account/logout.mjs";
import { whoami } from "./account/whoami.mjs";
import { completion } from "./completion/completion.mjs";
import { events } from "./events/events.mjs";
import { createKey } from "./keys/create.mjs";
import { editKey, renameKey } from "./keys/edit.mjs";
import { listKeys } from "./keys/list.mjs";
import { deleteKey, revokeKey } from "./keys/revoke.mjs";
import { rollKey } from "./keys/roll.mjs";
import { lookupKey, showKey } from "./keys/show.mjs";
import { verifyKey } from "./keys/verify.mjs";
import * as organizations from "./organizations/organizations.mjs";
import * as invitations from "./people/invitations.mjs";
import * as members from "./people/members.mjs";
import { run } from "./run/run.mjs";
import { exitCodeOf, sentencesOf } from "./shell/refusals.mjs";
import { mustHoldNoKey } from "./shell/secrets.mjs";
import { say } from "./terminal/output.mjs";

/** Whom a command asks. @typedef {{ client: import("keyward/client").Keyward, connection: import("./account/connection.mjs").Connection }} Asked */
/** @typedef {Record<string, any>} Flags */

/** Those that ask nobody, or somebody of their own choice. @type {Record<string, (args: string[], flags: Flags) => Promise<number>>} */
const ALONE = { login, logout, run, completion };

/** @type {Record<string, (args: string[], flags: Flags, asked: Asked) => Promise<number>>} */
const ASKING = {
  whoami,
  "keys list": listKeys,
  "keys create": createKey,
  "keys show": showKey,
  "keys rename": renameKey,
  "keys edit": editKey,
  "keys revoke": revokeKey,
  "keys roll": rollKey,
  "keys delete": deleteKey,
  "keys lookup": lookupKey,
  verify: verifyKey,
  events,
  "orgs list": organizations.listOrganizations,
  "orgs create": organizations.createOrganization,
  "orgs show": organizations.showOrganization,
  "orgs rename": organizations.renameOrganization,
  "orgs edit": organizations.editOrganization,
  "orgs delete": organizations.deleteOrganization,
  "members list": members.listMembers,
  "members add": members.addMember,
  "members role": members.changeRole,
  "members remove": members.removeMember,
  "invitations list": invitations.listInvitations,
  "invitations create": invitations.createInvitation,
  "invitations delete": invitations.deleteInvitation,
};

/** @param {string} name @param {import("./options.mjs").About} about @param {string[]} args @param {Flags} flags */
export async function manage(name, { usage, options, takes = [0, 0] }, args, flags) {
  const typed = name === "run" ? Object.values(flags).flat() : [...args, ...Object.values(flags).flat()];
  mustHoldNoKey(
    typed.filter((text) => typeof text === "string"),
    "Commands that take one read it from standard input, or from the environment variable that --key-env names.",
  );
  // As of a variable that is not set. Everything has an empty text in it, so that may be searched for.
  const empty = Object.keys(flags).find((flag) => flag !== "search" && [flags[flag]].flat().includes(""));
  if (empty !== undefined) throw new TypeError(`--${empty} is empty.`);
  const [least, most] = takes;
  if (args.length < least || args.length > most) throw new TypeError(`Usage: keyward ${usage}`);
  if (name !== "run" && args.includes("")) throw new TypeError("An argument is empty.");
  let host = "the deployment";
  try {
    if (Object.hasOwn(ALONE, name)) return await ALONE[name](args, flags);
    const connection = connectionOf(flags);
    host = new URL(connection.url).host;
    return await ASKING[name](args, flags, { client: clientOf(connection), connection });
  } catch (error) {
    if (error instanceof NotLoggedIn) {
      say(`keyward: ${error.message}\n`);
      return 3;
    }
    if (!(error instanceof KeywardError)) throw error;
    say(`keyward: ${sentencesOf(error, host, options).join("\n")}\n`);
    return exitCodeOf(error);
  }
}

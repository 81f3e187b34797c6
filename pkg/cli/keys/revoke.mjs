// @ts-check
// `keyward keys revoke` and `keyward keys delete`: what cannot be undone.

import { confirmed, mustBeConfirmable } from "../shell/confirm.mjs";
import { secondsOf, shownInstant } from "../shell/moments.mjs";
import { ownerOf } from "../shell/owner.mjs";
import { table } from "../shell/table.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, printJson, say } from "../terminal/output.mjs";
import { plural } from "../terminal/progress.mjs";
import { mustBeKeyId, named, printKey, shownActor } from "./words.mjs";

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function revokeKey([id], flags, asked) {
  const whose = flags["created-by"];
  if ((id === undefined) === (whose === undefined))
    throw new TypeError("Say which key to revoke by its id, or whose keys with --created-by.");
  if (flags["dry-run"] && whose === undefined) throw new TypeError("--dry-run goes with --created-by.");
  if (whose !== undefined) return revokeMade(whose, flags, asked);
  mustBeKeyId(id);
  const revoke_in = secondsOf("revoke-in", flags["revoke-in"]);
  const body = {
    ...(revoke_in !== undefined && { revoke_in }),
    ...(flags.reason !== undefined && { reason: flags.reason }),
  };
  mustBeConfirmable(flags);
  const { call, where } = await ownerOf(flags, asked);
  if (!flags.yes) {
    const key = await call("get", id);
    const when = revoke_in ? `in ${plural(revoke_in, "second")}` : "at once";
    const question = `Revoke ${named(key)} of ${where}? Programs that use it are refused ${when}, for good.`;
    if (!(await confirmed(question, flags))) return 1;
  }
  const key = await call("revoke", id, body);
  printKey(key, flags, revoke_in ? "" : `It is refused everywhere by ${escaped(key.effective.by)}.`);
  return 0;
}

/** What somebody has made: those keys, and what was made with them. @param {string} created_by @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
async function revokeMade(created_by, flags, asked) {
  if (flags["revoke-in"] !== undefined) throw new TypeError("--revoke-in goes with one key.");
  const body = { created_by, ...(flags.reason !== undefined && { reason: flags.reason }) };
  if (!flags["dry-run"]) mustBeConfirmable(flags);
  const { call, where } = await ownerOf(flags, asked);
  if (flags["dry-run"] || !flags.yes) {
    const would = await call("revokeAll", { ...body, dry_run: true });
    if (flags["dry-run"]) return printMade(would, flags, "would be revoked");
    say(table(MADE, would.keys.map(madeRow)));
    const more = would.has_more ? " And there are more." : "";
    const question = `Revoke ${plural(would.count, "key")} of ${where}?${more} Programs that use them are refused at once, for good.`;
    if (!(await confirmed(question, flags))) return 1;
  }
  /** @type {any} */
  let answer;
  do {
    const next = await call("revokeAll", body);
    const before = answer ?? { count: 0, keys: [], unreadable: 0 };
    answer = { ...next, count: before.count + next.count, keys: [...before.keys, ...next.keys] };
    // One that gets nothing done would be asked for ever.
    if (next.count === 0) break;
  } while (answer.has_more);
  return printMade(answer, flags, "revoked");
}

const MADE = ["ID", "TITLE", "KEY", "CREATED", "BY"];

/** @param {any} key */
const madeRow = ({ id, title, redacted, created_at, created_by }) =>
  /** @type {string[]} */ ([id, title, redacted, shownInstant(created_at), shownActor(created_by)]);

/** @param {any} answer @param {Record<string, any>} flags @param {string} done */
function printMade(answer, { json, quiet }, done) {
  if (json) printJson(answer);
  else if (quiet) print(answer.keys.map((/** @type {any} */ { id }) => `${escaped(id)}\n`).join(""));
  else if (answer.keys.length > 0) print(table(MADE, answer.keys.map(madeRow)));
  if (!json && !quiet) say(`${plural(answer.count, "key")} ${done}.\n`);
  if (answer.unreadable > 0) say(`keyward: ${plural(answer.unreadable, "key")} could not be read there.\n`);
  return 0;
}

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function deleteKey([id], flags, asked) {
  mustBeKeyId(id);
  mustBeConfirmable(flags);
  const { call, where } = await ownerOf(flags, asked);
  if (!flags.yes) {
    const key = await call("get", id);
    const still = flags.revoke && key.status !== "revoked" ? " It is revoked first." : "";
    if (!(await confirmed(`Delete ${named(key)} of ${where} for good?${still}`, flags))) return 1;
  }
  const answer = await call("delete", id, flags.revoke ? { revoke: true } : {});
  if (flags.json) printJson(answer);
  else if (!flags.quiet) say(`Deleted ${id}.\n`);
  return 0;
}

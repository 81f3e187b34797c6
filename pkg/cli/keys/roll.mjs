// @ts-check
// `keyward keys roll`
import { confirmed, mustBeConfirmable } from "../shell/confirm.mjs";
import { secondsOf, shownInstant } from "../shell/moments.mjs";
import { ownerOf } from "../shell/owner.mjs";
import { mustBeKeyId, named, printNewKey } from "./words.mjs";

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function rollKey([id], flags, asked) {
  mustBeKeyId(id);
  const grace = secondsOf("grace", flags.grace);
  const body = {
    ...(grace !== undefined && { grace }),
    ...(flags["drop-revocation"] && { keep_revocation: false }),
  };
  // Without a word about it the old key ends at once, too.
  const ends = !grace;
  if (ends) mustBeConfirmable(flags);
  const { call, name, where } = await ownerOf(flags, asked);
  if (ends && !flags.yes) {
    const key = await call("get", id);
    const question = `Roll ${named(key)} of ${where} without grace? Programs that use the old key are refused at once; --grace 24h gives them time.`;
    if (!(await confirmed(question, flags))) return 1;
  }
  const key = await call("roll", id, body);
  const until = ends ? "is revoked" : `works until ${shownInstant(key.rolled.revoked_at)}`;
  printNewKey(key, flags, `Created ${named(key)} of ${name}; ${id} ${until}.`);
  return 0;
}

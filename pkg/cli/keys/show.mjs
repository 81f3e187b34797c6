// @ts-check
// `keyward keys show` and `keyward keys lookup`

import { ownerOf } from "../shell/owner.mjs";
import { presentedKey } from "../shell/secrets.mjs";
import { escaped } from "../terminal/names.mjs";
import { print } from "../terminal/output.mjs";
import { mustBeKeyId, printKey, revealToken } from "./words.mjs";

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function showKey([id], flags, asked) {
  mustBeKeyId(id);
  const { call } = await ownerOf(flags, asked);
  const key = await call("get", id);
  printKey(key, flags, "");
  // A publishable key is no secret, and its text is what it is shown for.
  if (flags.quiet && !flags.json && key.token !== undefined) revealToken(key);
  return 0;
}

/** @param {string[]} _args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function lookupKey(_args, flags, { client }) {
  const key = await client.lookupKey({ token: await presentedKey(flags) });
  printKey(key, flags, "");
  // Its id is what was asked for.
  if (flags.quiet && !flags.json) print(`${escaped(key.id)}\n`);
  return 0;
}

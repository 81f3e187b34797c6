// @ts-check
// `keyward keys edit` and `keyward keys rename`

import { ownerOf } from "../shell/owner.mjs";
import { escaped } from "../terminal/names.mjs";
import { settingsOf } from "./settings.mjs";
import { mustBeKeyId, printKey } from "./words.mjs";

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function editKey([id], flags, asked) {
  const body = { ...(flags.title !== undefined && { title: flags.title }), ...settingsOf(flags) };
  if (Object.keys(body).length === 0) throw new TypeError("Say what to change: `keyward keys edit --help`.");
  return update(id, body, flags, asked);
}

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export const renameKey = ([id, title], flags, asked) => update(id, { title }, flags, asked);

/** @param {string} id @param {object} body @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
async function update(id, body, flags, asked) {
  mustBeKeyId(id);
  const { call } = await ownerOf(flags, asked);
  const key = await call("update", id, body);
  const said = key.effective ? `What it may no longer do has ended by ${escaped(key.effective.by)}.` : "";
  printKey(key, flags, said);
  return 0;
}

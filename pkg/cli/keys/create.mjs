// @ts-check
// `keyward keys create`
import { ownerOf } from "../shell/owner.mjs";
import { settingsOf } from "./settings.mjs";
import { named, printNewKey } from "./words.mjs";

/** @param {string[]} args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function createKey([title], flags, asked) {
  const body = { title, ...(flags.type !== undefined && { type: flags.type }), ...settingsOf(flags) };
  const { call, name } = await ownerOf(flags, asked);
  const key = await call("create", body);
  printNewKey(key, flags, `Created ${named(key)} of ${name}.`);
  return 0;
}

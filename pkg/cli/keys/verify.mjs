// @ts-check
// `keyward verify`: what a deployment says of a key.

import { secondsOf } from "../shell/moments.mjs";
import { presentedKey } from "../shell/secrets.mjs";
import { sheet } from "../shell/table.mjs";
import { print, printJson } from "../terminal/output.mjs";
import { settingsOf } from "./settings.mjs";
import { shownOwner } from "./words.mjs";

/** @param {string[]} _args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function verifyKey(_args, flags, { client }) {
  const max_staleness_seconds = secondsOf("max-staleness", flags["max-staleness"]);
  const question = {
    ...settingsOf({ scope: flags.scope }),
    ...(flags.organization !== undefined && { organization: flags.organization }),
    ...(max_staleness_seconds !== undefined && { max_staleness_seconds }),
    ...(flags["on-outage"] !== undefined && { on_outage: flags["on-outage"] }),
  };
  const verdict = await client.verifyKey({ key: await presentedKey(flags), ...question });
  if (flags.json) printJson(verdict);
  else if (!flags.quiet) print(page(verdict));
  return verdict.valid ? 0 : 1;
}

/** @param {import("keyward/client").Verdict} verdict */
function page({ code, key, as_of, max_staleness_seconds }) {
  const about = /** @type {any} */ (key ?? {});
  return sheet([
    ["verdict", code],
    ["key", about.redacted],
    ["id", about.id],
    ["title", about.title],
    ["owner", key && shownOwner(key.owner)],
    ["scopes", about.scopes && (about.scopes.join(" ") || "none")],
    ["expires", about.expires_at],
    ["as of", `${as_of}, at most ${max_staleness_seconds} s old`],
  ]);
}

// @ts-check
// Keys, as people see them.

import { shownInstant } from "../shell/moments.mjs";
import { sheet } from "../shell/table.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, printJson, reveal, revealJson, say } from "../terminal/output.mjs";

/** @typedef {import("keyward/client").Key} Key */
/** @typedef {import("keyward/client").Actor} Actor */

/** @param {string} id */
export function mustBeKeyId(id) {
  if (!/^apk_\w{1,64}$/.test(id))
    throw new TypeError(
      "A key is named by its id, apk_…, which `keyward keys list --search WORDS` shows, and `keyward keys lookup` for its text.",
    );
  return id;
}

/** @param {{ title: string, id: string }} key */
export const named = ({ title, id }) => escaped(`“${title}” (${id})`);

/** @param {Actor | null | undefined} actor */
export const shownActor = (actor) => (actor ? `${actor.type}:${actor.id}` : "");

/** @param {{ type: string, id: string | null }} owner */
export const shownOwner = ({ type, id }) => (id === null ? type : `${type} ${id}`);

export const KEY_COLUMNS = ["ID", "TITLE", "KEY", "STATUS", "SCOPES", "CREATED", "LAST USED", "ENDS"];

/** @param {Key} key */
export const keyRow = (key) => [
  ...[key.id, key.title, key.redacted, key.status, key.scopes.join(" ")],
  ...[shownInstant(key.created_at), shownInstant(key.last_used_at), shownInstant(endOf(key))],
];

/** When it stops working, or stopped. @param {Key} key */
const endOf = ({ expires_at, revoked_at }) => [expires_at, revoked_at].filter(Boolean).sort()[0];

/** @param {Key} key */
export const keySheet = (key) =>
  sheet([
    ["id", key.id],
    ["title", key.title],
    ["key", key.redacted],
    ["type", key.type],
    ["status", key.status],
    ["owner", shownOwner(key.owner)],
    ["scopes", key.scopes.join(" ") || "none"],
    ["metadata", Object.keys(key.metadata).length > 0 ? JSON.stringify(key.metadata) : ""],
    ["links", key.links.join(" ")],
    ["consistency", key.consistency],
    ["created", `${shownInstant(key.created_at)} by ${shownActor(key.created_by)}`],
    ["updated", key.updated_at === key.created_at ? "" : shownInstant(key.updated_at)],
    ["last used", shownInstant(key.last_used_at) || "never"],
    ["expires", shownInstant(key.expires_at) || "never"],
    // Its end may be ahead.
    [
      key.status === "retiring" ? "to be revoked" : "revoked",
      key.revoked_at && `${shownInstant(key.revoked_at)} by ${shownActor(key.revoked_by)}`,
    ],
    ["reason", key.revocation_reason],
    ["rolled from", key.rolled_from],
    ["rolled to", key.rolled_to],
  ]);

/** Prints a key as it is now. @param {Key} key @param {{ json?: boolean, quiet?: boolean }} flags @param {string} said what was done */
export function printKey(key, { json, quiet }, said) {
  if (json) printJson(key);
  else if (!quiet) print(keySheet(key));
  if (said && !quiet && !json) say(`${said}\n`);
}

/** What a key's text may look like: nothing else is put out as one. */
const TOKEN = /^[\x21-\x7e]{1,512}$/;

/** @param {unknown} token */
const isText = (token) => typeof token === "string" && TOKEN.test(token);

/** Puts out the text of a publishable key, which is no secret. @param {{ token?: unknown }} key */
export function revealToken({ token }) {
  if (!isText(token)) throw new TypeError("The deployment's answer has no text of a key in it.");
  reveal(/** @type {string} */ (token));
}

/**
 * Puts out a new key: its text alone on standard output, everything else beside it.
 * @param {Key & { token: string }} key @param {{ json?: boolean, quiet?: boolean }} flags @param {string} said
 */
export function printNewKey(key, { json, quiet }, said) {
  if (!isText(key.token))
    throw new TypeError(
      `The deployment's answer has no text of a key in it. If the key ${escaped(key.id)} is there, revoke it.`,
    );
  if (!quiet && !json) say(`${said}${key.type === "secret" ? " Its text is shown this once:" : ""}\n`);
  try {
    if (json) revealJson(key);
    else reveal(key.token);
  } catch {
    throw new TypeError(
      `The key ${escaped(key.id)} is there, but its text could not be written, and is shown no more: roll it, or revoke it.`,
    );
  }
}

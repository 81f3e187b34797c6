// @ts-check
// `keyward check`: whether one key is well-formed, and its parts.
import { text } from "node:stream/consumers";
import { tryParse } from "keyward";
import { input } from "./terminal/input.mjs";
import { print, say } from "./terminal/output.mjs";

const MEANING = {
  sk: "secret key of an organization",
  pat: "personal secret key of a user",
  pk: "publishable key of an organization",
};

/**
 * @param {string[]} args
 * @param {import("keyward").Pins | undefined} pins
 * @param {{ json?: boolean }} flags
 */
export async function check(args, pins, { json }) {
  if (args.length > 1) throw new TypeError("check takes one key.");
  const [given = "-"] = args;
  if (given === "-" && process.stdin.isTTY) say("Paste a key, then press Enter and Ctrl-D:\n");
  // Pasted text comes with white space around it; inside a key there is none.
  const result = tryParse((given === "-" ? await text(input()) : given).trim(), pins);
  if (json) print(`${JSON.stringify(described(result), null, 2)}\n`);
  else print(`${result.ok ? page(result.key) : `not well-formed: ${result.message} (${result.code})`}\n`);
  return result.ok ? 0 : 1;
}

/** @param {ReturnType<typeof tryParse>} result */
function described(result) {
  if (result.ok) return { well_formed: true, ...result.key };
  const { ok: _, ...problem } = result;
  return { well_formed: false, ...problem };
}

/** @param {import("keyward").Key} key */
const page = ({ brand, kind, environment, version, ledger, redacted }) => `well-formed: ${redacted}
  brand        ${brand}
  kind         ${kind}, ${MEANING[kind]}
  environment  ${environment}
  version      ${version}
  ledger       ${ledger}
Whether it is valid, only the server can say.`;

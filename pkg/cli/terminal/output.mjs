// @ts-check
// The only way to the terminal: whatever is printed goes through here, so that no key is, wherever it came from (a file's
// name, an option, an error of the system, a server). `redact`, `export` and `run` alone write their results themselves.
import { writeSync } from "node:fs";
import { redacted } from "../bytes/filter.mjs";
import { printable } from "./names.mjs";

/** Texts that are secret whatever they look like. @type {Set<string>} */
const secrets = new Set();

/** So short a text is no secret, and would be taken out of everything. */
export const SHORTEST = 8;

/** From now on this text is not printed. @param {string} secret */
export const hide = (secret) => void (secret.length >= SHORTEST && secrets.add(secret));

/** @param {string} text */
const safe = (text) => redacted([...secrets].reduce((left, secret) => left.replaceAll(secret, "***"), text));

/** @param {string} text what is the command's result */
export const print = (text) => void process.stdout.write(safe(text));

/** @param {string} text what is said to people */
export const say = (text) => void process.stderr.write(safe(text));

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Names are texts, too: those of metadata are anybody's. @param {Record<string, unknown>} record */
const named = (record) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [safe(name), value]));

/**
 * A resource of the API as it is. The text of a key that is shown, its `token`, is what was asked for.
 * @param {unknown} value @param {number} indent
 */
const jsonOf = (value, indent) =>
  printable(
    JSON.stringify(
      value,
      /** @this {object} @param {string} name @param {unknown} one */
      function (name, one) {
        const isAsked = name === "token" && "redacted" in this;
        if (typeof one === "string") return isAsked ? one : safe(one);
        return isRecord(one) ? named(one) : one;
      },
      indent,
    ),
  );

/** @param {unknown} value @param {number} [indent] */
export const printJson = (value, indent = 2) => void process.stdout.write(`${jsonOf(value, indent)}\n`);

/** Puts out a key's text, alone in its line: the one place where a key is printed on purpose. @param {string} token */
export const reveal = (token) => writeNow(`${token}\n`);

/** The same as a resource. @param {object} key */
export const revealJson = (key) => writeNow(`${jsonOf(key, 2)}\n`);

/** Writes what is shown this once, and throws if nobody can have got it. @param {string} text */
function writeNow(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      // Somebody reads slowly.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
}

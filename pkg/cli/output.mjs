// @ts-check
// The only way to the terminal: whatever is printed goes through here, so that no key is, wherever it came from (a file's
// name, an option, an error of the system, a server). `redact`, `export` and `run` alone write their results themselves.
import { redacted } from "./filter.mjs";
import { printable } from "./names.mjs";

/** Texts that are secret whatever they look like. @type {Set<string>} */
const secrets = new Set();

/** From now on this text is not printed. @param {string} secret */
export const hide = (secret) => void (secret !== "" && secrets.add(secret));

/** @param {string} text */
const safe = (text) => redacted([...secrets].reduce((left, secret) => left.replaceAll(secret, "***"), text));

/** @param {string} text what is the command's result */
export const print = (text) => void process.stdout.write(safe(text));

/** @param {string} text what is said to people */
export const say = (text) => void process.stderr.write(safe(text));

/** Prints a resource of the API as it is. Where that has a key's text, as `token`, it is what was asked for. @param {unknown} value @param {number} [indent] */
export const printJson = (value, indent = 2) =>
  void process.stdout.write(
    `${printable(JSON.stringify(value, (name, one) => (typeof one === "string" && name !== "token" ? safe(one) : one), indent))}\n`,
  );

/**
 * Prints a key's text, alone in its line: the one place where a key is printed on purpose.
 * @param {string} token @returns {Promise<void>} it is not kept if nobody has got it
 */
export const reveal = (token) =>
  new Promise((resolve, reject) =>
    process.stdout.write(`${token}\n`, (error) => (error ? reject(error) : resolve())),
  );

// @ts-check
// The only way to the terminal: whatever is printed goes through here, so that no key is, wherever it came from (a file's
// name, an option, an error of the system). `redact` and `export` alone write their results themselves.
import { redacted } from "./filter.mjs";

/** @param {string} text what is the command's result */
export const print = (text) => void process.stdout.write(redacted(text));

/** @param {string} text what is said to people */
export const say = (text) => void process.stderr.write(redacted(text));

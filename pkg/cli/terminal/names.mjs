// @ts-check
// Names of files. A name is bytes, in UTF-8 only by habit, so a path is kept as a text of one character for each byte
// (latin1): node:path understands it, and nothing is lost.
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { redacted } from "../bytes/filter.mjs";

/** @typedef {string} Path one character for each byte */

/** What the file system takes. @param {Path} path */
export const bytes = (path) => Buffer.from(path, "latin1");

/** The same, and sooner, since most names are ASCII, which are the same bytes as texts. @param {Path} path */
export const forSystem = (path) => (/[^\0-\x7f]/.test(path) ? bytes(path) : path);

/** @param {string} text @returns {Path} */
export const pathOf = (text) => Buffer.from(text).toString("latin1");

/** @returns {Path} */
export const here = () => pathOf(process.cwd());

/** A path as text, where it is one. @param {Path} path */
export const textOf = (path) => bytes(path).toString();

/** The path of a file, also of one that is named like standard input. @param {Path} path */
export const ofFile = (path) => (path === "-" ? "./-" : path);

/** The paths among the command's arguments. @param {string[]} args the last arguments @returns {Path[]} */
export function pathsOf(args) {
  // Node replaces what is no UTF-8; Linux still has it as it was typed.
  const raw = args.some((arg) => arg.includes("\ufffd")) ? typed() : [];
  const unused = [...raw];
  return args.map((arg) => {
    const at = unused.findIndex((path) => textOf(path) === arg);
    return at < 0 ? pathOf(arg) : unused.splice(at, 1)[0];
  });
}

/** @returns {Path[]} */
function typed() {
  try {
    return readFileSync("/proc/self/cmdline", "latin1").split("\0");
  } catch {
    return [];
  }
}

// Control characters, ends of lines, and what changes the direction of the text around it.
const HIDDEN = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** A path for people: what cannot be seen, or is no UTF-8, is escaped. @param {Path} path */
export function shown(path) {
  return path === "-" ? "standard input" : visible(redacted(path));
}

/** @param {Path} path */
function visible(path) {
  const text = textOf(path);
  const isText = pathOf(text) === path;
  return isText ? escaped(text) : path.replace(/[^\x20-\x7e]/g, (byte) => `\\x${hex(byte.charCodeAt(0), 2)}`);
}

/** A text without keys, and without characters that do something to the terminal, or cannot be seen. @param {string} text */
export const escaped = (text) =>
  // Before anything is escaped: a key may be broken by such characters.
  redacted(text).replace(HIDDEN, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });

/** JSON without these; apart from keys it means the same. @param {unknown} value */
export const json = (value) =>
  printable(JSON.stringify(value, (_, one) => (typeof one === "string" ? redacted(one) : one), 2));

/** JSON in which those that cannot be seen are escaped: it means the same. @param {string} text */
export const printable = (text) =>
  text.replace(HIDDEN, (character) =>
    character === "\n" ? character : `\\u${hex(character.charCodeAt(0), 4)}`,
  );

/** A path in JSON: as it is, if it is text. @param {Path} path */
export function nameOf(path) {
  const safe = redacted(path);
  return pathOf(textOf(safe)) === safe ? textOf(safe) : visible(safe);
}

/** A relative address as in RFC 3986, of the same bytes. @param {Path} path */
export function uriOf(path) {
  if (path === "-") return path;
  const inner = relative(here(), resolve(here(), redacted(path)))
    .split(sep)
    .join("/");
  return ofFile(inner).replace(
    /[^A-Za-z0-9\-._~/]/g,
    (byte) => `%${hex(byte.charCodeAt(0), 2).toUpperCase()}`,
  );
}

/** @param {number} number @param {number} width */
const hex = (number, width) => number.toString(16).padStart(width, "0");

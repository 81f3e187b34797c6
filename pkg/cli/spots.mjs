// @ts-check
// Where in a text a key may be, in whatever writing: one quick pass, whose answers are then looked at closely.
import { BASE64, WRITINGS } from "./encodings.mjs";

const [TEXT, HEX, NUMBERS, IN_BASE64] = [1, 2, 4, 8];

/** What two bytes that follow each other may be the beginning of. */
const PAIRS = new Uint8Array(1 << 16);

/** @param {string} pair @param {number} writings */
function mark(pair, writings) {
  PAIRS[(pair.charCodeAt(0) << 8) | pair.charCodeAt(1)] |= writings;
}

// How an underscore before an environment may end (`%5F`, `&#95;`, `&lowbar;`, `\137`, `+AF8-`), and what follows the plain
// one: the environment, or what is of no key.
for (const pair of ["_l", "_t", "r;", "37", "8-"]) mark(pair, TEXT);
for (const pair of ["5f", "5F"]) mark(pair, TEXT | HEX);
mark("95", TEXT | NUMBERS);
for (let byte = 0; byte < 256; byte += 1) {
  const other = String.fromCharCode(byte);
  if (!/[0-9A-Za-z_]/.test(other)) mark(`_${other}`, TEXT);
}

/** A line of base64 may end anywhere; these four characters of seven or more are never parted both. */
const FOURS = new Set(
  BASE64.parts.flatMap(({ part }) => {
    const fours = [part.slice(0, 4), part.slice(3, 7)];
    for (const four of fours) mark(four, IN_BASE64);
    return fours.map((four) => Buffer.from(four).readInt32BE());
  }),
);

/**
 * Calls `look` for each place where a key's `_live_` or `_test_` may begin, until it answers false.
 * @param {string} text one character for each byte, or for each UTF-16 unit
 * @param {(at: number, writing: import("./encodings.mjs").Writing | undefined) => boolean} look without a writing: base64
 */
export function eachSpot(text, look) {
  // Characters beyond one byte become any other: what is looked at is the text.
  const bytes = Buffer.from(text, "latin1");
  for (let at = nextPair(bytes, 0); at >= 0; at = nextPair(bytes, at + 1)) {
    const found = PAIRS[(bytes[at] << 8) | bytes[at + 1]];
    for (let index = 0; index < WRITINGS.length; index += 1)
      if (found & (1 << index) && startsAt(text, at, WRITINGS[index]) && !look(at, WRITINGS[index])) return;
    if (found & IN_BASE64 && FOURS.has(fourAt(bytes, at)) && !look(at, undefined)) return;
  }
}

/** @param {Uint8Array} bytes @param {number} from */
function nextPair(bytes, from) {
  const last = bytes.length - 1;
  for (let at = from; at < last; at += 1) if (PAIRS[(bytes[at] << 8) | bytes[at + 1]] !== 0) return at;
  return -1;
}

/** @param {Uint8Array} bytes @param {number} at */
const fourAt = (bytes, at) =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

/** @param {string} text @param {number} at @param {import("./encodings.mjs").Writing} writing */
function startsAt(text, at, { head }) {
  head.lastIndex = at;
  return head.test(text);
}

/** Zero bytes between characters, as UTF-16 and UTF-32 have them. More of them part what stands around them. */
const ZEROS = /(?<!\0)\0{1,3}(?!\0)/g;

/** @param {string} text */
export const withoutZeros = (text) => (text.includes("\0") ? text.replace(ZEROS, "") : text);

/** Whether there may be a key, in whatever writing. False says that there is none. @param {string} text one character for each byte */
export function mayHoldKey(text) {
  let found = false;
  eachSpot(withoutZeros(text), () => {
    found = true;
    return false;
  });
  return found;
}

// @ts-check
// A glance at bytes: whether a key may be among them, in any encoding that `createSearch` knows. Nearly all bytes hold none,
// and this takes a tenth of the time of decoding and searching them. It may say "perhaps" for nothing, and never "no" for a
// key, whole or damaged.
import { PARTS } from "./base64.mjs";
import { COMPRESSED } from "./search.mjs";

/** How an underscore ends, and how one begins, however it is written. */
const [ENDS, BEGINS] = ["_fF;", "_%\\&="].map((characters) => [...characters]);

/** Every key has one of these, when zero bytes are left out. */
const HINTS = [
  ...["live", "test"].flatMap((word) => ENDS.flatMap((end) => BEGINS.map((begin) => end + word + begin))),
  ...PARTS.map(({ part }) => part),
];

/** The first two bytes of hints, and the two behind them, with a bit for each eighth hint. */
const FIRST = new Uint8Array(1 << 16);
const SECOND = new Uint8Array(1 << 16);
HINTS.forEach((hint, index) => {
  const bytes = Buffer.from(hint);
  FIRST[bytes.readUInt16BE(0)] |= 1 << (index % 8);
  SECOND[bytes.readUInt16BE(2)] |= 1 << (index % 8);
});

/** Bytes of a key, however it is written, that may lie behind the end of a piece of a file. */
export const REACH = 8192;

/** @param {Buffer} bytes @param {number} [from] @param {number} [to] */
export function mayHoldKey(bytes, from = 0, to = bytes.length) {
  const zero = bytes.indexOf(0, from);
  if (zero < 0 || zero >= to) return hasHint(bytes, from, to);
  if (rest.length < to - from) rest = Buffer.allocUnsafe(to - from);
  return hasHint(rest, 0, copyWithoutZeros(bytes, from, to));
}

let rest = Buffer.alloc(0);

/** Copies into `rest`. @param {Buffer} bytes @param {number} from @param {number} to @returns {number} how many */
function copyWithoutZeros(bytes, from, to) {
  let length = 0;
  for (let at = from; at < to; at += 1) {
    rest[length] = bytes[at];
    if (bytes[at] !== 0) length += 1;
  }
  return length;
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function hasHint(bytes, from, to) {
  for (let at = nextPair(bytes, from, to - 3); at >= 0; at = nextPair(bytes, at + 1, to - 3)) {
    if (!(FIRST[(bytes[at] << 8) | bytes[at + 1]] & SECOND[(bytes[at + 2] << 8) | bytes[at + 3]])) continue;
    const text = bytes.toString("latin1", at, Math.min(to, at + 16));
    if (HINTS.some((hint) => text.startsWith(hint))) return true;
  }
  return false;
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function nextPair(bytes, from, to) {
  for (let at = from; at < to; at += 1) if (FIRST[(bytes[at] << 8) | bytes[at + 1]] !== 0) return at;
  return -1;
}

/** How compressed files, and those in UTF-16, begin. */
const OTHERS = [...COMPRESSED, "fffe", "feff"].map((hex) => Buffer.from(hex, "hex"));
const FIRST_OF_OTHERS = new Set(OTHERS.map(([byte]) => byte));

/**
 * Whether each byte from 0 to 127 is the character that it is in ASCII: nothing is compressed, and no byte order mark
 * announces UTF-16.
 * @param {Buffer} start
 */
export const isPlain = (start) =>
  !FIRST_OF_OTHERS.has(start[0]) || !OTHERS.some((magic) => start.subarray(0, magic.length).equals(magic));

// @ts-check
// A glance at bytes: whether a key may be among them, in any encoding that `createSearch` knows. Nearly all bytes hold none,
// and this takes a tenth of the time of decoding and searching them. It may say "perhaps" for nothing, and never "no" for a
// key, whole or damaged.
import { PARTS } from "./base64.mjs";
import { COMPRESSED } from "./search.mjs";

/** How an underscore ends, and how one begins, however it is written. */
const [ENDS, BEGINS] = ["_fF;", "_%\\&="].map((characters) => [...characters]);

/** Bytes that are looked for; every hint has as many at least. */
const LENGTH = 6;
/** So many bytes are left out between two looks: each look is at four bytes, and one of them falls into every hint. */
const STEP = LENGTH - 3;

/** Every key has one of these, when zero bytes are left out. */
const HINTS = new Set(
  [
    ...["live", "test"].flatMap((word) => ENDS.flatMap((end) => BEGINS.map((begin) => end + word + begin))),
    ...PARTS.map(({ part }) => part),
  ].map((hint) => hint.slice(0, LENGTH)),
);

/** The first two bytes of four, and the other two, with a bit for each word or two and place in it. */
const FIRST = new Uint16Array(1 << 16);
const SECOND = new Uint16Array(1 << 16);
for (const hint of HINTS) {
  const bytes = Buffer.from(hint);
  const word = hint.includes("live") ? 0 : hint.includes("test") ? 1 : 2 + (bytes[0] % 3);
  for (let at = 0; at < STEP; at += 1) {
    const bit = 1 << (word * STEP + at);
    FIRST[bytes.readUInt16BE(at)] |= bit;
    SECOND[bytes.readUInt16BE(at + 2)] |= bit;
  }
}

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
  for (let at = nextLikely(bytes, from, to); at >= 0; at = nextLikely(bytes, at + STEP, to)) {
    for (let start = Math.max(from, at + 1 - STEP); start <= at; start += 1)
      if (HINTS.has(bytes.toString("latin1", start, Math.min(to, start + LENGTH)))) return true;
  }
  return false;
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function nextLikely(bytes, from, to) {
  const last = to - 3;
  for (let at = from; at < last; at += STEP) {
    const first = FIRST[(bytes[at] << 8) | bytes[at + 1]];
    if (first !== 0 && (first & SECOND[(bytes[at + 2] << 8) | bytes[at + 3]]) !== 0) return at;
  }
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

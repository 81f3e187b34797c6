// @ts-check
// A glance at bytes: whether a key may be among them, in any writing that `createSearch` knows. Nearly all bytes hold none,
// and this takes a fraction of the time of searching them. It may say "perhaps" for nothing, and never "no" for a key, whole
// or damaged.
import { isCompressed } from "./compressed.mjs";
import { finder } from "./finder.mjs";
import { writingsAt } from "./spots.mjs";

/** Bytes of a key, however it is written, that may lie behind the end of a piece of a file. */
export const REACH = 8192;

/** @param {Buffer} bytes where `finder` can look at them @param {number} [from] @param {number} [to] */
export function mayHoldKey(bytes, from = 0, to = bytes.length) {
  const zero = bytes.indexOf(0, from);
  if (zero < 0 || zero >= to) return hasSpot(bytes, from, to);
  const { texts } = finder();
  return hasSpot(texts, 0, copyWithoutZeros(bytes, from, to, texts));
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function hasSpot(bytes, from, to) {
  const { next } = finder();
  for (let at = next(bytes, from, to); at < to; at = next(bytes, at + 1, to))
    if (writingsAt(bytes.toString("latin1", at, Math.min(to, at + REACH)), 0).length > 0) return true;
  return false;
}

/** As `withoutZeros`. @param {Buffer} bytes @param {number} from @param {number} to @param {Buffer} copy @returns {number} how many */
function copyWithoutZeros(bytes, from, to, copy) {
  let length = 0;
  for (let at = from; at < to; ) {
    const byte = bytes[at];
    at += 1;
    if (byte !== 0) {
      copy[length] = byte;
      length += 1;
      continue;
    }
    const start = at - 1;
    while (at < to && bytes[at] === 0) at += 1;
    if (at - start < 4) continue;
    // Four of them part as many more do.
    copy.fill(0, length, length + 4);
    length += 4;
  }
  return length;
}

/** How texts in UTF-16 begin that say so. */
const MARKS = ["fffe", "feff"];

/**
 * Whether each byte from 0 to 127 is the character that it is in ASCII: nothing is compressed, and no byte order mark
 * announces UTF-16.
 * @param {import("./names.mjs").Path} path
 * @param {Buffer} start
 */
export const isPlain = (path, start) =>
  !MARKS.includes(start.toString("hex", 0, 2)) && !isCompressed(path, start);

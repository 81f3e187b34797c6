// @ts-check
// A glance at bytes: whether a key may be among them, in any writing that `createSearch` knows. Nearly all bytes hold none,
// and this takes a fraction of the time of searching them. It may say "perhaps" for nothing, and never "no" for a key, whole
// or damaged.
import { followsKind, keyAt } from "./cells.mjs";
import { archiveOf, isCompressed } from "./compressed.mjs";
import { WRITINGS } from "./encodings.mjs";
import { finder } from "./finder.mjs";
import { LENGTH } from "./shapes.mjs";
import { isBase64At } from "./spots.mjs";

/** Bytes of a key, however it is written, that may lie behind the end of a piece of a file. */
export const REACH = 8192;
/** Bytes of two characters, however they are written, and of what breaks them. */
const NEAR = 2048;
/** Searching so many bytes takes longer than a close look at what may be a key. */
const MUCH = 64 << 10;

/** @param {Buffer} bytes where `finder` can look at them @param {number} [from] @param {number} [to] */
export function mayHoldKey(bytes, from = 0, to = bytes.length) {
  const zero = bytes.indexOf(0, from);
  if (zero < 0 || zero >= to) return mayHold(bytes, from, to);
  const { texts } = finder();
  return mayHold(texts, 0, copyWithoutZeros(bytes, from, to, texts));
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function mayHold(bytes, from, to) {
  const { next } = finder();
  for (let at = next(bytes, from, to); at < to; at = next(bytes, at + 1, to))
    if (isKind(bytes, at, from, to) && (to - from < MUCH || isKey(bytes, at, from, to))) return true;
  return false;
}

/** Whether a kind may be before a place. @param {Buffer} bytes @param {number} at @param {number} from @param {number} to */
function isKind(bytes, at, from, to) {
  const start = Math.max(from, at - NEAR);
  const text = bytes.toString("latin1", start, Math.min(to, at + LENGTH));
  return WRITINGS.some((writing) => followsKind(text, at - start, writing)) || isBase64At(text, at - start);
}

/** Whether a key may be around a place. @param {Buffer} bytes @param {number} at @param {number} from @param {number} to */
function isKey(bytes, at, from, to) {
  const start = Math.max(from, at - REACH);
  const text = bytes.toString("latin1", start, Math.min(to, at + REACH));
  const how = { pins: undefined, last: false, inner: false };
  return (
    WRITINGS.some((writing) => keyAt(text, at - start, writing, how) !== undefined) ||
    isBase64At(text, at - start)
  );
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
 * Whether each byte from 0 to 127 is the character that it is in ASCII: nothing is compressed, nor an archive that
 * may hold what is, and no byte order mark announces UTF-16.
 * @param {import("./names.mjs").Path} path
 * @param {Buffer} start
 */
export const isPlain = (path, start) =>
  !MARKS.includes(start.toString("hex", 0, 2)) && !isCompressed(path, start) && !archiveOf(start);

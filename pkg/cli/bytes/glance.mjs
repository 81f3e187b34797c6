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
/** Bytes of a kind, however its characters are written, and of what breaks it. */
const NEAR = 4096;
/** Searching so many bytes takes longer than a close look at what may be a key. */
const MUCH = 64 << 10;

const UNDERSCORE = 0x5f;
/** Bytes of which a break has others, too, and which escape no underscore. */
const INERT = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[^0-9A-Za-z_\r\n\\"'`>;\x8b-\x8f\xa0\xad\xbf]/.test(String.fromCharCode(byte)) ? 1 : 0,
);
/** More of them than are in a break. */
const LONGEST_BREAK = 300;
/** What is before them in a break: one of the others, the end of a line that is escaped, a colour, or bytes of a dump. */
const OF_BREAK = /[^0-9A-Za-z_]$|[\\0-9;?[][A-Za-z]$|[0-9a-fA-F \t][0-9a-fA-F]$/;

/** @param {Buffer} bytes where `finder` can look at them @param {number} [from] @param {number} [to] */
export function mayHoldKey(bytes, from = 0, to = bytes.length) {
  const { first } = finder();
  for (let at = first(bytes, from, to); at < to; at = first(bytes, at + 1, to)) {
    if (bytes[at] === 0) return mayHoldBetweenZeros(bytes, from, to);
    if (isSuspect(bytes, at, from, to)) return true;
  }
  return false;
}

/** @param {Buffer} bytes @param {number} from @param {number} to */
function mayHoldBetweenZeros(bytes, from, to) {
  const { texts, squeeze, next } = finder();
  const end = squeeze(bytes, from, to);
  for (let at = next(texts, 0, end); at < end; at = next(texts, at + 1, end))
    if (isSuspect(texts, at, 0, end)) return true;
  return false;
}

/** @param {Buffer} bytes @param {number} at @param {number} from @param {number} to */
const isSuspect = (bytes, at, from, to) =>
  mayFollowBreak(bytes, at) &&
  isKind(bytes, at, from, to) &&
  (to - from < MUCH || isKey(bytes, at, from, to));

/**
 * Whether what is before a plain underscore may be a break. Most of what looks like one, such as `(_)`, has nothing that a
 * break has to have.
 * @param {Buffer} bytes @param {number} at
 */
function mayFollowBreak(bytes, at) {
  if (bytes[at] !== UNDERSCORE || INERT[bytes[at - 1]] !== 1) return true;
  let before = at - 2;
  while (before > at - LONGEST_BREAK && INERT[bytes[before]] === 1) before -= 1;
  return before < 1 || OF_BREAK.test(bytes.toString("latin1", before - 1, before + 1));
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

/**
 * Whether each byte from 0 to 127 is the character that it is in ASCII: nothing is compressed, nor an archive that
 * may hold what is, and no byte order mark announces UTF-16.
 * @param {import("../terminal/names.mjs").Path} path
 * @param {Buffer} start
 */
export const isPlain = (path, start) =>
  !isMark(start[0], start[1]) && !isCompressed(path, start) && !archiveOf(start);

/** How texts in UTF-16 begin that say so. @param {number} one @param {number} two */
const isMark = (one, two) => (one === 0xff && two === 0xfe) || (one === 0xfe && two === 0xff);

// @ts-check
// A glance at bytes: whether a key may be among them, in any writing that `createSearch` knows. Nearly all bytes hold none,
// and this takes a fraction of the time of searching them. It may say "perhaps" for nothing, and never "no" for a key, whole
// or damaged.
import { archiveOf, isCompressed } from "./compressed.mjs";
import { mayHoldKey as may } from "./spots.mjs";

/** Bytes of a key, however it is written, that may lie behind the end of a piece of a file. */
export const REACH = 8192;

/** @param {Buffer} bytes @param {number} [from] @param {number} [to] */
export const mayHoldKey = (bytes, from = 0, to = bytes.length) => may(bytes.toString("latin1", from, to));

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

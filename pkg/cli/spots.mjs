// @ts-check
// Where in a text a key may be, in whatever writing: one quick pass, whose answers are then looked at closely.
import { WRITINGS } from "./encodings.mjs";
import { finder } from "./finder.mjs";
import { BEFORE, FOURS, LENGTH } from "./shapes.mjs";

const OF_BASE64 = new Set(FOURS);
/** Whether something in base64 may be at a place. @param {string} text @param {number} at */
export const isBase64At = (text, at) => OF_BASE64.has(text.slice(at, at + 4));

/** Of so many characters each place is looked at closely: that is quicker than to start the finder. */
const FEW = 1000;
/** Characters that are looked at at once. */
const MANY = 1 << 20;

/**
 * Calls `look` for each place where a key's `_live_` or `_test_` may begin, and each writing in which it may, until it answers false.
 * @param {string} text one character for each byte, or for each UTF-16 unit
 * @param {(at: number, writing: import("./encodings.mjs").Writing | undefined) => boolean} look without a writing: base64
 */
export function eachSpot(text, look) {
  for (let start = 0; start < text.length; start += MANY)
    for (const at of placesIn(text, start, Math.min(text.length, start + MANY))) {
      if (!WRITINGS.every((writing) => look(at, writing))) return;
      if (isBase64At(text, at) && !look(at, undefined)) return;
    }
}

/** @param {string} text @param {number} from @param {number} to */
function placesIn(text, from, to) {
  if (text.length < FEW) return text.split("").keys();
  const { texts, next } = finder();
  const before = from - Math.max(0, from - BEFORE);
  const part = text.slice(from - before, to + LENGTH);
  // Characters beyond one byte become one that is of no word.
  texts.write(part.replace(/[^\0-\xff]/g, "\xff"), "latin1");
  /** @type {number[]} */
  const places = [];
  const end = to - from + before;
  // `look` may have other texts looked at.
  for (let at = next(texts, before, end); at < end; at = next(texts, at + 1, end))
    places.push(at + from - before);
  return places;
}

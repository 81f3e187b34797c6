// @ts-check
// Keys in text that comes in pieces, in whatever writing, in bounded memory. Both commands read with it. Offsets are those
// of the text as it came.
import { scan } from "keyward";
import { keyInBase64, stars } from "./base64.mjs";
import { keyAt, MORE } from "./cells.mjs";
import { eachSpot } from "./spots.mjs";
import { withoutZeros } from "./zeros.mjs";

/** @typedef {import("./cells.mjs").Key} Key */
/** @typedef {import("./cells.mjs").Edit} Edit */

/** How much is kept before what is new: the longest beginning of a key, in the longest writing. */
const KEPT = 4096;
/** At the end of the text, characters of which a key's beginning may consist. */
const OPEN = /[\w%&#;=\\+{}\0-]/;
const LONGEST_OPEN = 300;
/** Keys that may overlap with the next. */
const MANY = 8;
/** How often something may be encoded in base64. */
const DEPTH = 2;

/**
 * @param {import("keyward").Pins | undefined} pins
 * @param {number} [depth] of the encodings around the text
 * @param {{ from: number, to: number }} [within] where the environments of keys begin
 */
export function createReader(pins, depth = 0, within = { from: 0, to: Number.POSITIVE_INFINITY }) {
  // Pins that are misspelt are said at once.
  if (depth === 0) scan("", pins);
  let text = "";
  let offset = 0;
  let decided = 0;
  // Where the next key's environment begins at the earliest.
  let next = 0;
  /** The last ones: a key may be readable in two ways, and stand there twice. @type {Key[]} */
  let told = [];

  /** @param {string} inner @param {number} from @param {number} to */
  const keysIn = (inner, from, to) => createReader(pins, depth + 1, { from, to }).end(inner);
  /** @param {Key} key */
  const fresh = (key) => {
    const others = told.slice(-MANY).filter(({ start, end }) => key.start < end && start < key.end);
    const same = others.filter(({ token }) => token === key.token);
    if (same.some(({ edits }) => edits.some((edit) => edit.start === key.edits[0].start))) return undefined;
    // What is left of a key in one writing may be whole in another.
    if (
      key.damaged &&
      others.some(({ start, end, damaged }) => !damaged && start <= key.start && key.end <= end)
    )
      return undefined;
    return same.length > 0 ? { ...key, again: true } : key;
  };

  const keptFrom = () => Math.max(offset, decided - KEPT);

  /** @param {string} piece @param {boolean} last @returns {Key[]} */
  const read = (piece, last) => {
    text = text.slice(keptFrom() - offset) + piece;
    offset = keptFrom();
    const plain = withoutZeros(text);
    const places = plain.length === text.length ? undefined : placesOf(text, plain);
    const place = (/** @type {number} */ at) => offset + (places?.[at] ?? at);
    const how = { pins, last, inner: depth > 0 };
    let open = last ? plain.length : openFrom(plain, plain.length);
    /** @type {Key[]} */
    const found = [];
    eachSpot(plain, (at, writing) => {
      const spot = place(at);
      if (spot < Math.max(next, within.from) || spot >= within.to) return true;
      if (writing === undefined && depth >= DEPTH) return true;
      const key = writing ? keyAt(plain, at, writing, how) : keyInBase64(plain, at, last, keysIn);
      if (key === MORE) {
        open = Math.min(open, openFrom(plain, at));
        return false;
      }
      // Another writing may begin at the same place, and what has just been read may be decided now.
      if (key === undefined) return true;
      const own = fresh(placed(key, text, place, offset));
      if (own === undefined) return true;
      found.push(own);
      told.push(own);
      next = spot;
      return true;
    });
    decided = Math.max(decided, place(open));
    told = told.filter(({ end }) => end > decided - KEPT);
    return found;
  };

  return {
    /** The keys that are decided by this piece. @param {string} piece */
    push: (piece) => read(piece, false),
    end: (piece = "") => read(piece, true),
    /** What there is of the text, from where on; up to where it is decided; from where on there is more of it next time. */
    kept: () => ({ text, offset, decided, next: keptFrom() }),
  };
}

/** Where the characters at the end begin that may be a key's. @param {string} text @param {number} end */
function openFrom(text, end) {
  let from = end;
  while (from > 0 && from > end - LONGEST_OPEN && OPEN.test(text[from - 1])) from -= 1;
  return from;
}

/** Where each character without zero bytes is. @param {string} text @param {string} plain */
function placesOf(text, plain) {
  const places = new Uint32Array(plain.length + 1);
  let at = 0;
  for (let to = 0; to < plain.length; to += 1, at += 1) {
    // Zero bytes are left out where the next one is none, as it stands here.
    if (text.charCodeAt(at) === 0 && plain.charCodeAt(to) !== 0) while (text.charCodeAt(at) === 0) at += 1;
    places[to] = at;
  }
  places[plain.length] = text.length;
  return places;
}

/** @param {Key} key @param {string} text @param {(at: number) => number} place @param {number} offset @returns {Key} */
function placed(key, text, place, offset) {
  const start = place(key.start);
  const end = place(key.end - 1) + 1;
  const zeros = text.slice(start - offset, end - offset).match(/\0+/)?.[0] ?? "";
  // In the same width: the encoding stays.
  const edits = key.edits.map((edit) => {
    const [from, to] = [place(edit.start), place(edit.end - 1) + 1];
    const instead =
      edit.text === undefined ? stars(text.slice(from - offset, to - offset)) : [...edit.text].join(zeros);
    return { ...edit, start: from, end: to, text: instead };
  });
  return { ...key, start, end, edits };
}

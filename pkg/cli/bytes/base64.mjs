// @ts-check
// Keys in base64, also where a line ends within, and in base64 that is encoded once more. What is redacted stays base64 of
// the same length.
import { MORE } from "./cells.mjs";
import { BASE64 } from "./encodings.mjs";

/** @typedef {import("./cells.mjs").Key} Key */
/** @typedef {import("./cells.mjs").Edit} Edit */
/** Characters of base64 in the pieces that are in the text; `from`, `to`: those around the place that no break parts. @typedef {{ text: string, pieces: { start: number, length: number }[], from: number, to: number }} Run */
/** @typedef {(typeof BASE64.parts)[number]} Part */

/** Characters before the place, and from it on, that hold the longest key, in UTF-16 and encoded twice. */
const BEFORE = 64;
const AFTER = 240;
/** What tells whether it is worth it: the environment, and before it a kind. */
const LONGEST_PART = Math.max(...BASE64.parts.map(({ part }) => part.length));
const KIND = 12;

/**
 * The key around four characters of base64.
 * @param {string} text
 * @param {number} at
 * @param {boolean} last
 * @param {(text: string, from: number, to: number) => Key[]} keysIn finds them in what is decoded
 * @returns {Key | undefined | typeof MORE}
 */
export function keyInBase64(text, at, last, keysIn) {
  const near = around(text, at, last, KIND, LONGEST_PART);
  const found = partOf(near.run, near.middle);
  if (found === undefined) return near.more ? MORE : undefined;
  if (!isBehindKind(near.run.text, near.middle + found.from, found)) return undefined;
  const { run, middle, more } = around(text, at, last, BEFORE, AFTER);
  if (more) return MORE;
  const start = middle + found.from;
  const whole = decoded(run, start, found, keysIn);
  if (whole && !whole.damaged) return whole;
  const isBroken = run.from > 0 || run.to < run.text.length;
  const alone = isBroken && start >= run.from && start + found.part.length <= run.to;
  return (alone ? decoded(unbroken(run), start - run.from, found, keysIn) : undefined) ?? whole;
}

/** What four characters may be a part of, and how far before them it begins. @type {Map<string, (Part & { from: number })[]>} */
const PARTS = new Map();
for (const from of [0, -3])
  for (const part of BASE64.parts) {
    const four = part.part.slice(-from, 4 - from);
    PARTS.set(four, [...(PARTS.get(four) ?? []), { ...part, from }]);
  }

/** @param {Run} run @param {number} middle */
const partOf = ({ text }, middle) =>
  PARTS.get(text.slice(middle, middle + 4))?.find(
    ({ part, from }) => middle + from >= 0 && text.startsWith(part, middle + from),
  );

/** Most of what looks like an environment has no kind before it. @param {string} text @param {number} start @param {Part} part */
function isBehindKind(text, start, { behind, twice }) {
  const group = start - behind;
  if (twice || group < 4) return true;
  const bytes = Buffer.from(text.slice(group % 4, start + 4), "base64").toString("latin1");
  const before = bytes.replaceAll("\0", "").replace(/_[a-z]?[a-z]?$/, "");
  return /[kt]$|[^0-9A-Za-z_]$/.test(before);
}

/** Without what is behind a break. @param {Run} run @returns {Run} */
function unbroken({ text, pieces, from, to }) {
  const [piece] = pieces.filter((_, index) => lengthBefore(pieces, index) >= from);
  return {
    text: text.slice(from, to),
    pieces: [{ start: piece.start, length: to - from }],
    from: 0,
    to: to - from,
  };
}

/** @param {Run["pieces"]} pieces @param {number} index */
const lengthBefore = (pieces, index) => pieces.slice(0, index).reduce((sum, { length }) => sum + length, 0);

/** @param {Run} run @param {number} start @param {Part} part @param {(text: string, from: number, to: number) => Key[]} keysIn @returns {Key | undefined} */
function decoded({ text, pieces }, start, { part, behind }, keysIn) {
  // Whole groups of four; what is missing before the first one is of no key that can be seen.
  const skipped = (((start - behind) % 4) + 4) % 4;
  const missing = start < behind ? behind - start : 0;
  const aligned = missing > 0 ? "A".repeat(missing) + text : text.slice(skipped);
  const shift = missing > 0 ? -missing : skipped;
  const bytes = Buffer.from(aligned, "base64");
  const begins = Math.floor(((start - shift) * 3) / 4);
  const ends = Math.ceil(((start - shift + part.length) * 3) / 4);
  const keys = keysIn(bytes.toString("latin1"), begins, ends);
  const key = keys.find(({ damaged }) => !damaged) ?? keys[0];
  if (key === undefined) return undefined;
  // The characters that hold bits of a byte.
  const from = (/** @type {number} */ byte) => Math.max(0, Math.floor((byte * 8) / 6) + shift);
  const to = (/** @type {number} */ byte) =>
    Math.min(text.length, Math.floor((byte * 8 - 1) / 6) + 1 + shift);
  for (const edit of key.edits)
    bytes.write(edit.text ?? stars(bytes.toString("latin1", edit.start, edit.end)), edit.start, "latin1");
  const safe = bytes.toString("base64").replaceAll("=", "");
  /** @type {Edit[]} */
  const edits = [];
  let done = 0;
  for (const edit of key.edits) {
    // What is cut within a byte still has bits of it.
    const stop = key.damaged && edit.end === bytes.length ? text.length : to(edit.end);
    const start = Math.max(done, from(edit.start));
    for (const { at, ...place } of placesOf(pieces, start, stop)) {
      const length = place.end - place.start;
      const instead = safe.slice(at - shift, at - shift + length).padEnd(length, "A");
      edits.push({ ...place, text: instead });
    }
    done = Math.max(done, stop);
  }
  const [first] = placesOf(pieces, from(key.start), from(key.start) + 1);
  const [last] = placesOf(pieces, to(key.end) - 1, to(key.end));
  return { ...key, start: first.start, end: last.end, edits };
}

/** Where in the text some characters of a run are; `at`: which of them each place begins with. @param {Run["pieces"]} pieces @param {number} from @param {number} to */
function placesOf(pieces, from, to) {
  const places = [];
  let before = 0;
  for (const { start, length } of pieces) {
    const [at, end] = [Math.max(from, before), Math.min(to, before + length)];
    if (at < end) places.push({ at, start: start + at - before, end: start + end - before });
    before += length;
  }
  return places;
}

/** As long, and with zero bytes where they were. @param {string} text */
export const stars = (text) => text.replace(/[^\0]/g, "*");

/** @param {string} text @param {number} at @param {boolean} last @param {number} most characters before @param {number} least characters from there on, where there are */
function around(text, at, last, most, least) {
  const back = before(text, at, most);
  const { more, ...forward } = after(text, at, last, least);
  const middle = back.text.length;
  const pieces = [...back.pieces, ...forward.pieces];
  // The two around the place are one.
  const joined = back.pieces.at(-1);
  if (joined && joined.start + joined.length === forward.pieces[0].start) {
    const length = joined.length + forward.pieces[0].length;
    pieces.splice(back.pieces.length - 1, 2, { start: joined.start, length });
  }
  const run = { text: back.text + forward.text, pieces, from: back.from, to: middle + forward.to };
  return { run, middle, more };
}

/** @param {string} text @param {number} at @param {number} most @returns {Run} */
function before(text, at, most) {
  /** @type {Run} */
  const run = { text: "", pieces: [], from: 0, to: 0 };
  let unbroken = -1;
  for (let end = at; run.text.length < most; ) {
    BASE64.before.lastIndex = end;
    const [, piece, gap = ""] = BASE64.before.exec(text) ?? [];
    if (piece === undefined) break;
    if (gap !== "" && unbroken < 0) unbroken = run.text.length;
    end -= gap.length + piece.length;
    run.text = piece + run.text;
    run.pieces.unshift({ start: end, length: piece.length });
  }
  run.from = unbroken < 0 ? 0 : run.text.length - unbroken;
  return run;
}

/** @param {string} text @param {number} at @param {boolean} last @param {number} least @returns {Run & { more: boolean }} */
function after(text, at, last, least) {
  const run = { text: "", pieces: [{ start: at, length: 0 }], from: 0, to: -1, more: false };
  for (let start = at; run.text.length < least; ) {
    BASE64.next.lastIndex = start;
    const [all, gap = "", piece] = BASE64.next.exec(text) ?? [];
    if (all === undefined) {
      BASE64.unfinished.lastIndex = start;
      run.more = !last && BASE64.unfinished.test(text);
      break;
    }
    if (gap !== "" && run.to < 0) run.to = run.text.length;
    run.text += piece;
    if (gap === "") run.pieces[run.pieces.length - 1].length += piece.length;
    else run.pieces.push({ start: start + gap.length, length: piece.length });
    start += all.length;
  }
  if (run.to < 0) run.to = run.text.length;
  return run;
}

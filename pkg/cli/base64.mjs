// @ts-check
// Keys in base64, also where a line ends within, and in base64 that is encoded once more. What is redacted stays base64 of
// the same length.
import { MORE } from "./cells.mjs";
import { BASE64 } from "./encodings.mjs";

/** @typedef {import("./cells.mjs").Key} Key */
/** @typedef {import("./cells.mjs").Edit} Edit */
/** Characters of base64 and where each is; `from`, `to`: those around the place that no break parts. @typedef {{ text: string, places: number[], from: number, to: number }} Run */

/** Characters before the place, and from it on, that hold the longest key, in UTF-16 and encoded twice. */
const BEFORE = 64;
const AFTER = 240;
/** What is decided without it needs no more text. */
const LONGEST_PART = Math.max(...BASE64.parts.map(({ part }) => part.length));

/**
 * The key around four characters of base64.
 * @param {string} text
 * @param {number} at
 * @param {boolean} last
 * @param {(text: string, from: number, to: number) => Key[]} keysIn finds them in what is decoded
 * @returns {Key | undefined | typeof MORE}
 */
export function keyInBase64(text, at, last, keysIn) {
  const back = before(text, at);
  const { more, ...forward } = after(text, at, last);
  const run = {
    text: back.text + forward.text,
    places: [...back.places, ...forward.places],
    from: back.from,
    to: back.text.length + forward.to,
  };
  const middle = back.text.length;
  const starts = [middle, middle - 3].filter((start) => start >= 0);
  const part = BASE64.parts.find(({ part }) => starts.some((start) => run.text.startsWith(part, start)));
  if (part === undefined) return more && forward.text.length < LONGEST_PART ? MORE : undefined;
  if (more) return MORE;
  const start = run.text.startsWith(part.part, middle) ? middle : middle - 3;
  const whole = decoded(run, start, part, keysIn);
  if (whole && !whole.damaged) return whole;
  const { from, to } = run;
  const sure = { text: run.text.slice(from, to), places: run.places.slice(from, to), from: 0, to };
  const alone = start >= from && start + part.part.length <= to;
  return (alone ? decoded(sure, start - from, part, keysIn) : undefined) ?? whole;
}

/** @param {Run} run @param {number} start @param {{ part: string, behind: number }} part @param {(text: string, from: number, to: number) => Key[]} keysIn @returns {Key | undefined} */
function decoded({ text, places }, start, { part, behind }, keysIn) {
  // Whole groups of four; what is missing before the first one is of no key that can be seen.
  const skipped = (((start - behind) % 4) + 4) % 4;
  const missing = start < behind ? behind - start : 0;
  const aligned = missing > 0 ? "A".repeat(missing) + text : text.slice(skipped);
  const shift = missing > 0 ? -missing : skipped;
  const bytes = Buffer.from(aligned, "base64");
  const first = Math.floor(((start - shift) * 3) / 4);
  const end = Math.ceil(((start - shift + part.length) * 3) / 4);
  const keys = keysIn(bytes.toString("latin1"), first, end);
  const key = keys.find(({ damaged }) => !damaged) ?? keys[0];
  if (key === undefined) return undefined;
  // The characters that hold bits of a byte, in the text.
  const from = (/** @type {number} */ byte) => Math.max(0, Math.floor((byte * 8) / 6) + shift);
  const to = (/** @type {number} */ byte) => Math.min(text.length, Math.floor((byte * 8 - 1) / 6) + 1 + shift);
  for (const edit of key.edits) bytes.write(edit.text ?? stars(bytes.toString("latin1", edit.start, edit.end)), edit.start, "latin1");
  const safe = bytes.toString("base64").replaceAll("=", "");
  /** @type {Edit[]} */
  const edits = [];
  let done = 0;
  for (const edit of key.edits) {
    // Bits of a next byte that is not there are of the key, too.
    const stop = edit.end === bytes.length ? text.length : to(edit.end);
    for (let index = Math.max(done, from(edit.start)); index < stop; index += 1) {
      const place = places[index];
      const character = safe[index - shift] ?? "A";
      const run = edits.at(-1);
      if (run?.end === place) {
        run.end += 1;
        run.text += character;
      } else edits.push({ start: place, end: place + 1, text: character });
    }
    done = Math.max(done, stop);
  }
  return { ...key, start: places[from(key.start)], end: places[to(key.end) - 1] + 1, edits };
}

/** As long, and with zero bytes where they were. @param {string} text */
export const stars = (text) => text.replace(/[^\0]/g, "*");

/** @param {string} text @param {number} at @returns {Run} */
function before(text, at) {
  let found = "";
  /** @type {number[]} */
  const places = [];
  let unbroken = -1;
  for (let end = at; found.length < BEFORE; ) {
    BASE64.before.lastIndex = end;
    const [, run, gap = ""] = BASE64.before.exec(text) ?? [];
    if (run === undefined) break;
    if (gap !== "" && unbroken < 0) unbroken = found.length;
    end -= gap.length + run.length;
    found = run + found;
    places.unshift(...Array.from(run, (_, index) => end + index));
  }
  return { text: found, places, from: unbroken < 0 ? 0 : found.length - unbroken, to: found.length };
}

/** @param {string} text @param {number} at @param {boolean} last @returns {Run & { more: boolean }} */
function after(text, at, last) {
  let found = "";
  /** @type {number[]} */
  const places = [];
  let unbroken = -1;
  let more = false;
  for (let start = at; found.length < AFTER; ) {
    BASE64.next.lastIndex = start;
    const [all, gap = "", run] = BASE64.next.exec(text) ?? [];
    if (all === undefined) {
      BASE64.unfinished.lastIndex = start;
      more = !last && BASE64.unfinished.test(text);
      break;
    }
    if (gap !== "" && unbroken < 0) unbroken = found.length;
    places.push(...Array.from(run, (_, index) => start + gap.length + index));
    found += run;
    start += all.length;
  }
  return { text: found, places, from: 0, to: unbroken < 0 ? found.length : unbroken, more };
}

// @ts-check
// A key whose characters are each written for itself: plainly, escaped, as hexadecimal digits or numbers, also over the
// ends of lines. The checksum tells whether what was put together is a key.
import { scan } from "keyward";

/** @typedef {import("./encodings.mjs").Writing} Writing */
/** @typedef {import("keyward").FoundKey} FoundKey */
/**
 * A part of the text and what is to stand there instead; without, each of its characters is hidden for itself. What
 * stands for the prefix, which is no secret, is only for looks.
 * @typedef {{ start: number, end: number, text?: string, isPrefix?: boolean }} Edit
 */
/** A key with its text, and what removes it; `again`: it was told already, as it stands here in another writing. @typedef {FoundKey & { token: string, edits: Edit[], again?: boolean }} Key */
/** One character as it is written; `broken`: whether a break that may be none of a key's is before it. @typedef {{ character: string, start: number, end: number, broken: boolean }} Cell */

/** The longest brand, `_pat`, and the underscore behind it. */
const BEFORE = 12 + "_pat_".length;
const AFTER = "live_".length;
const BODY = 58;

/** More of the text is needed. */
export const MORE = Symbol("more");

/**
 * The key whose `_live_` or `_test_` begins at `at`.
 * @param {string} text
 * @param {number} at
 * @param {Writing} writing
 * @param {{ pins: import("keyward").Pins | undefined, last: boolean, inner: boolean }} how `inner`: in text that is encoded itself
 * @returns {Key | undefined | typeof MORE}
 */
export function keyAt(text, at, writing, { pins, last, inner }) {
  writing.head.lastIndex = at;
  const middle = at + (writing.head.exec(text)?.[1].length ?? 0);
  const before = cellsBefore(text, middle, writing);
  if (!/_(?:sk|pk|pat)_$/.test(textOf(before))) return undefined;
  const after = cellsAfter(text, middle, writing, last);
  if (after === MORE) return MORE;
  const cells = [...before, ...after];
  // What is surely together, and what is if the checksum says so.
  const first = before.findLastIndex(({ broken }) => broken);
  const end = cells.findIndex(({ broken }, index) => broken && index >= before.length);
  const sure = cells.slice(Math.max(0, first), end < 0 ? cells.length : end);
  const found = keyIn(sure, pins);
  const whole =
    (found === undefined || found.key.damaged) && sure.length < cells.length ? keyIn(cells, pins) : undefined;
  const chosen = whole && !whole.key.damaged ? whole : found;
  if (chosen === undefined) return undefined;
  const { key, token, own } = chosen;
  const edits =
    writing.mask === undefined && !inner ? short(own, token, key.redacted) : hidden(own, writing.mask, inner);
  return { ...key, start: own[0].start, end: own[own.length - 1].end, token, edits };
}

const textOf = (/** @type {Cell[]} */ cells) => cells.map(({ character }) => character).join("");

/** The key at the end of these. @param {Cell[]} cells @param {import("keyward").Pins | undefined} pins */
function keyIn(cells, pins) {
  const text = textOf(cells);
  const key = scan(text, pins).find(({ end }) => end === text.length);
  return key && { key, token: text.slice(key.start), own: cells.slice(key.start) };
}

/** @param {string} text @param {number} middle @param {Writing} writing @returns {Cell[]} */
function cellsBefore(text, middle, { before, characterOf }) {
  /** @type {Cell[]} */
  const cells = [];
  // A break before what follows is told by what precedes it.
  for (let at = middle, next; cells.length < BEFORE; at = next.start) {
    before.lastIndex = at;
    const [, written, joined = "", broken = ""] = before.exec(text) ?? [];
    if (written === undefined) break;
    const character = characterOf(written);
    // Most of what looks like an environment has no kind before it.
    if (!(cells.length === 1 ? /[kt]/ : /[a-z0-9_]/).test(character)) break;
    if (broken !== "" && cells.length > 0) cells[0].broken = true;
    const end = at - joined.length - broken.length;
    next = { character, start: end - written.length, end, broken: false };
    cells.unshift(next);
  }
  return cells;
}

/** @param {string} text @param {number} middle @param {Writing} writing @param {boolean} last @returns {Cell[] | typeof MORE} */
function cellsAfter(text, middle, { next, unfinished, characterOf }, last) {
  /** @type {Cell[]} */
  const cells = [];
  const ofBody = () => cells.length > AFTER;
  let isBroken = false;
  for (let at = middle; cells.length < AFTER + BODY; at = next.lastIndex) {
    next.lastIndex = at;
    const found = next.exec(text);
    if (!last && mayGoOn(text, at, unfinished, found)) return MORE;
    if (found === null) break;
    const [, , broken, written] = found;
    // One more character may follow, and then it is another key.
    if (!last && next.lastIndex === text.length && cells.length + 1 < AFTER + BODY) return MORE;
    const character = characterOf(written);
    if (cells.length < AFTER ? !/[a-z_]/.test(character) : !/[0-9A-Za-z]/.test(character)) break;
    isBroken ||= broken !== undefined;
    // Only a whole key is believed behind a break, and these begin with their version.
    if (isBroken && (ofBody() ? cells[AFTER].character : cells.length === AFTER ? character : "1") !== "1")
      break;
    const end = next.lastIndex;
    cells.push({ character, start: end - written.length, end, broken: broken !== undefined });
  }
  return cells;
}

/** Whether what follows may be read otherwise with more of it. @param {string} text @param {number} at @param {RegExp} unfinished @param {RegExpExecArray | null} found */
function mayGoOn(text, at, unfinished, found) {
  if (found?.[0].length === 1) return false;
  unfinished.lastIndex = at;
  return unfinished.test(text) || (found !== null && at + found[0].length === text.length);
}

/** @param {Cell[]} cells */
function runs(cells) {
  /** @type {Edit[]} */
  const found = [];
  for (const { start, end } of cells) {
    const run = found.at(-1);
    if (run?.end === start) run.end = end;
    else found.push({ start, end });
  }
  return found;
}

/**
 * The redacted form, where a key stands in one piece; where it is broken, the mask for each piece of its body, so that
 * what is between them stays.
 * @param {Cell[]} cells @param {string} token @param {string} redacted @returns {Edit[]}
 */
function short(cells, token, redacted) {
  const head = token.lastIndexOf("_") + 1;
  const pieces = runs(cells.slice(head));
  const mask = redacted.slice(redacted.lastIndexOf("_") + 1);
  const edits = pieces.map((piece, index) => ({
    ...piece,
    text: index === pieces.length - 1 ? mask : "***",
  }));
  const [prefix, ...others] = runs(cells.slice(0, head));
  return others.length > 0 ? edits : [{ ...prefix, text: token.slice(0, head), isPrefix: true }, ...edits];
}

/** Character by character, in encoded text as long as before. @param {Cell[]} cells @param {string | undefined} mask @param {boolean} inner */
function hidden(cells, mask, inner) {
  const body = cells.slice(cells.findLastIndex(({ character }) => character === "_") + 1);
  return mask === undefined
    ? runs(body)
    : body.map(({ start, end }) => ({ start, end, text: mask.padStart(inner ? end - start : 0) }));
}

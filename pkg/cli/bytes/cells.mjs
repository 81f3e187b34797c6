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

const KIND = /_(?:sk|pk|pat)_$/;
const LONGEST_KIND = "_pat_".length;
/** The longest brand, and that. */
const BEFORE = 12 + LONGEST_KIND;
/** @type {Record<string, string>} */
const ENVIRONMENTS = { l: "live_", t: "test_" };
const AFTER = ENVIRONMENTS.l.length;
const BODY = 58;

// Most characters stand plainly, which is quicker to tell than all that they could be otherwise: these begin nothing, and
// behind such a letter these end neither an escaped character nor a break.
const PLAIN = /[0-9A-Za-z_]/;
const PLAIN_BEFORE = /[a-z_][g-z_]/;

/** More of the text is needed. */
export const MORE = Symbol("more");

/**
 * The key whose `_live_` or `_test_` begins at `at`, if one does.
 * @param {string} text
 * @param {number} at
 * @param {Writing} writing
 * @param {{ pins: import("keyward").Pins | undefined, last: boolean, inner: boolean }} how `inner`: in text that is encoded itself
 * @returns {Key | undefined | typeof MORE}
 */
export function keyAt(text, at, writing, { pins, last, inner }) {
  const middle = middleAt(text, at, writing);
  if (middle === undefined) return undefined;
  const before = cellsBefore(text, middle, writing, BEFORE);
  if (!KIND.test(textOf(before))) return undefined;
  const after = cellsAfter(text, middle, writing, last);
  if (after === MORE || after.length < AFTER) return after === MORE ? MORE : undefined;
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

function textOf(/** @type {Cell[]} */ cells) {
  let text = "";
  for (const { character } of cells) text += character;
  return text;
}

/** The key at the end of these. @param {Cell[]} cells @param {import("keyward").Pins | undefined} pins */
function keyIn(cells, pins) {
  const text = textOf(cells);
  const key = scan(text, pins).find(({ end }) => end === text.length);
  return key && { key, token: text.slice(key.start), own: cells.slice(key.start) };
}

/** Where the underscore ends. @param {string} text @param {number} at @param {Writing} writing */
function middleAt(text, at, { end }) {
  end.lastIndex = at;
  return end.test(text) ? end.lastIndex : undefined;
}

/** Whether a kind is before the place. @param {string} text @param {number} at @param {Writing} writing */
export function followsKind(text, at, writing) {
  const middle = middleAt(text, at, writing);
  return middle !== undefined && KIND.test(textOf(cellsBefore(text, middle, writing, LONGEST_KIND)));
}

/** @param {string} text @param {number} middle @param {Writing} writing @param {number} most @returns {Cell[]} */
function cellsBefore(text, middle, writing, most) {
  /** @type {Cell[]} */
  const cells = [];
  for (let at = middle; cells.length < most; at = cells[0].start) {
    const found = cellBefore(text, at, writing);
    // Most of what looks like an environment has no kind before it.
    if (!found || !(cells.length === 1 ? /[kt]/ : /[a-z0-9_]/).test(found.cell.character)) break;
    if (found.broken && cells.length > 0) cells[0].broken = true;
    cells.unshift(found.cell);
  }
  return cells;
}

/** `broken`: whether a break follows that may be none of a key's. @param {string} text @param {number} at @param {Writing} writing */
function cellBefore(text, at, { before, characterOf, plain }) {
  if (plain && PLAIN_BEFORE.test(text.slice(Math.max(0, at - 2), at)))
    return { cell: { character: text[at - 1], start: at - 1, end: at, broken: false }, broken: false };
  before.lastIndex = at;
  const [, written, joined = "", broken = ""] = before.exec(text) ?? [];
  if (written === undefined) return undefined;
  const end = at - joined.length - broken.length;
  const cell = { character: characterOf(written), start: end - written.length, end, broken: false };
  return { cell, broken: broken !== "" };
}

/** @param {string} text @param {number} middle @param {Writing} writing @param {boolean} last @returns {Cell[] | typeof MORE} */
function cellsAfter(text, middle, writing, last) {
  /** @type {Cell[]} */
  const cells = [];
  const ofBody = () => cells.length > AFTER;
  let isBroken = false;
  let environment = "";
  for (let at = middle, cell; cells.length < AFTER + BODY; at = cell.end) {
    cell = cellAt(text, at, writing);
    if (!last && mayGoOn(text, at, writing, cell)) return MORE;
    if (cell === undefined) break;
    // One more character may follow, and then it is another key.
    if (!last && cell.end === text.length && cells.length + 1 < AFTER + BODY) return MORE;
    const { character } = cell;
    if (cells.length === 0) environment = ENVIRONMENTS[character] ?? "";
    if (cells.length < AFTER ? environment[cells.length] !== character : !/[0-9A-Za-z]/.test(character))
      break;
    isBroken ||= cell.broken;
    // Only a whole key is believed behind a break, and these begin with their version.
    if (isBroken && (ofBody() ? cells[AFTER].character : cells.length === AFTER ? character : "1") !== "1")
      break;
    cells.push(cell);
  }
  return cells;
}

/** @param {string} text @param {number} at @param {Writing} writing @returns {Cell | undefined} */
function cellAt(text, at, { next, characterOf, plain }) {
  if (plain && PLAIN.test(text[at] ?? ""))
    return { character: text[at], start: at, end: at + 1, broken: false };
  next.lastIndex = at;
  const found = next.exec(text);
  if (found === null) return undefined;
  const [, , broken, written] = found;
  const end = next.lastIndex;
  return { character: characterOf(written), start: end - written.length, end, broken: broken !== undefined };
}

/** Whether what follows may be read otherwise with more of it. @param {string} text @param {number} at @param {Writing} writing @param {Cell | undefined} cell */
function mayGoOn(text, at, { unfinished }, cell) {
  if (cell?.end === at + 1) return false;
  unfinished.lastIndex = at;
  return unfinished.test(text) || cell?.end === text.length;
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

// @ts-check
// Keys in text, whole or damaged. Which part of a text is a key, the core says (src/core/scan.rs); its regular expression finds the places.
import { facts, find, mustBeReady, mustBeText, put, undecided } from "./engine.mjs";
import { describe, isDamaged } from "./key.mjs";
import { accepts, readPins } from "./pins.mjs";

/** @typedef {import("../index.d.ts").FoundKey} FoundKey */
/** @typedef {import("../index.d.ts").Pins} Pins */

/** Characters of a prefix beside brand and kind. */
const OF_HEAD = "__live_".length;

/** @type {RegExp | undefined} */
let tail;

/** @type {typeof import("../index.d.ts").scan} */
export function scan(text, options) {
  mustBeText(text, "text");
  return findKeys(text, readPins(options));
}

/** @type {typeof import("../index.d.ts").redactText} */
export function redactText(text, options) {
  mustBeText(text, "text");
  const keys = findKeys(text, readPins(options));
  return keys.length === 0 ? text : redactUpTo(text, keys, 0, text.length).text;
}

/** @type {typeof import("../index.d.ts").createScanner} */
export function createScanner(options) {
  const pins = readPins(options);
  let held = "";
  let offset = 0;
  const isFresh = (/** @type {FoundKey} */ key) => key.end > held.length || isOpen(key, held);
  const moved = (/** @type {FoundKey} */ key) => ({
    ...key,
    start: key.start + offset,
    end: key.end + offset,
  });
  return {
    push(chunk) {
      mustBeText(chunk, "chunk");
      const text = held + chunk;
      // What ends before the held part's end was reported when it came.
      const found = findKeys(text, pins)
        .filter((key) => !isOpen(key, text) && isFresh(key))
        .map(moved);
      const decided = text.length - openEnd(text);
      held = text.slice(decided);
      offset += decided;
      return found;
    },
    end() {
      const found = findKeys(held, pins)
        .filter((key) => isOpen(key, held))
        .map(moved);
      offset += held.length;
      held = "";
      return found;
    },
  };
}

/** @type {typeof import("../index.d.ts").createRedactor} */
export function createRedactor(options) {
  const pins = readPins(options);
  let held = "";
  // Units at the beginning of the held text that belong to a key which is already put out.
  let spent = 0;
  /** @param {string} text @param {number} decided */
  const putOut = (text, decided) => {
    const out = redactUpTo(text, findKeys(text, pins), spent, decided);
    held = text.slice(decided);
    spent = out.end - decided;
    return out.text;
  };
  return {
    push(chunk) {
      mustBeText(chunk, "chunk");
      const text = held + chunk;
      return putOut(text, text.length - openEnd(text));
    },
    end: () => putOut(held, held.length),
  };
}

/** @type {typeof import("../index.d.ts").redactStream} */
export function redactStream(options) {
  const redactor = createRedactor(options);
  if (typeof TransformStream !== "function")
    throw new Error("keyward: there is no TransformStream here; createRedactor does the same piece by piece");
  return new TransformStream({
    transform: (chunk, controller) => enqueue(redactor.push(chunk), controller),
    flush: (controller) => enqueue(redactor.end(), controller),
  });
}

/** @param {string} text @param {TransformStreamDefaultController<string>} controller */
function enqueue(text, controller) {
  if (text !== "") controller.enqueue(text);
}

/** @param {string} text @param {Pins | undefined} pins @returns {FoundKey[]} */
function findKeys(text, pins) {
  const keys = [];
  mustBeReady();
  tail ??= new RegExp(facts.tail, "g");
  tail.lastIndex = 0;
  while (tail.test(text)) {
    const end = tail.lastIndex;
    const window = text.slice(Math.max(0, end - facts.longest), end);
    const parts = find(put(window));
    if (parts === 0) continue;
    const key = place(window, parts, end, pins?.brand);
    if (pins === undefined || accepts(pins, key)) keys.push(key);
  }
  // An engine remembers the text of the last match (`RegExp.input`): make it forget what may hold secrets.
  /^/.test("");
  return keys;
}

/**
 * What the core has found at the end of a part of the text. No checksum tells where a damaged key begins, but a brand
 * that is pinned does.
 * @param {string} window @param {number} parts @param {number} end in the text @param {string} [wanted] the pinned brand
 * @returns {FoundKey}
 */
function place(window, parts, end, wanted) {
  const found = describe(window.slice(-(parts >> 16)), parts);
  const damaged = isDamaged(parts);
  const brand = damaged && wanted !== undefined && found.brand.endsWith(wanted) ? wanted : found.brand;
  const before = found.brand.length - brand.length;
  const { kind, environment } = found;
  const start = end - (parts >> 16) + before;
  return { start, end, brand, kind, environment, redacted: found.redacted.slice(before), damaged };
}

/** Whether what follows may make another key of it: it is too short and at the end. @param {FoundKey} key @param {string} text */
const isOpen = ({ start, end, brand, kind, damaged }, text) =>
  damaged && end === text.length && end - start < brand.length + kind.length + OF_HEAD + facts.body;

/** How many units at the end may be the beginning of a key. @param {string} text */
const openEnd = (text) => undecided(put(text.slice(1 - facts.longest)));

/**
 * The text from `from` to `to` with keys redacted. Keys may overlap, and one that begins before `to` may end behind it.
 * @param {string} text @param {FoundKey[]} keys @param {number} from @param {number} to
 * @returns {{ text: string, end: number }} `end`: how far the text is put out
 */
function redactUpTo(text, keys, from, to) {
  let out = "";
  let end = from;
  for (const key of keys) {
    if (key.start >= to) break;
    // The rest of a key whose beginning was put out may look like a damaged one.
    if (key.end <= end) continue;
    out += text.slice(end, Math.max(end, key.start)) + key.redacted;
    end = key.end;
  }
  return { text: out + text.slice(end, Math.max(end, to)), end: Math.max(end, to) };
}

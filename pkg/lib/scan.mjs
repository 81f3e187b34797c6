// @ts-check
// Keys in text. Which part of a text is a key, the core says (src/core/scan.rs); its regular expression finds the places.
import { facts, find, mustBeReady, mustBeText, put, undecided } from "./engine.mjs";
import { describe } from "./key.mjs";
import { accepts, readPins } from "./pins.mjs";

/** @typedef {import("../index.d.ts").FoundKey} FoundKey */
/** @typedef {import("../index.d.ts").Pins} Pins */

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
  return {
    push(chunk) {
      mustBeText(chunk, "chunk");
      const text = held + chunk;
      // What ends in the held part was reported when it came.
      const fresh = findKeys(text, pins).filter(({ end }) => end > held.length);
      const found = fresh.map((key) => ({ ...key, start: key.start + offset, end: key.end + offset }));
      const decided = text.length - openEnd(text);
      held = text.slice(decided);
      offset += decided;
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
    const start = end - facts.body - (parts >> 8);
    const { brand, kind, environment, redacted } = describe(window.slice(start - end), parts);
    const key = { start, end, brand, kind, environment, redacted };
    if (pins === undefined || accepts(pins, key)) keys.push(key);
  }
  // An engine remembers the text of the last match (`RegExp.input`): make it forget what may hold secrets.
  /^/.test("");
  return keys;
}

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
    out += text.slice(end, Math.max(end, key.start)) + key.redacted;
    end = key.end;
  }
  return { text: out + text.slice(end, Math.max(end, to)), end: Math.max(end, to) };
}

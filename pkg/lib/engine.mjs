// @ts-check
// The boundary to the compiled core: text goes in through one buffer in its memory, integers come out.
import * as core from "../dist/core.mjs";

/**
 * What the core tells of the format.
 * @typedef {{ kinds: import("../index.d.ts").Kind[], environments: import("../index.d.ts").Environment[],
 *   ledger: number, body: number, mask: string, hint: number, max: number, longest: number,
 *   brand: string, tail: string }} Facts
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** @type {Uint8Array | undefined} */
let buffer;
/** @type {Facts} */
export let facts;
let max = 0;

/** Starts the core, once. @param {WebAssembly.Module} module */
export function start(module) {
  if (buffer !== undefined) return;
  const { memory } = core.initSync({ module });
  // The core allocates nothing, so its memory never grows and this view never goes stale.
  buffer = new Uint8Array(memory.buffer, core.buffer(), core.capacity());
  facts = JSON.parse(read(core.facts()));
  max = facts.max;
}

/**
 * Copies a text into the buffer. One with more UTF-16 units than a key may have bytes is cut: it is too long either way.
 * @param {string} text
 * @returns {number} its length in bytes
 */
export function put(text) {
  if (buffer === undefined) mustBeReady();
  return encoder.encodeInto(text.length > max ? text.slice(0, max + 1) : text, buffer).written;
}

/** Only pages that load the core themselves can be early. */
export function mustBeReady() {
  if (buffer === undefined) throw new Error("keyward: call `await init()` first");
}

/** Takes what the core wrote, and wipes it. @param {number} length */
export function read(length) {
  const bytes = /** @type {Uint8Array} */ (buffer).subarray(0, length);
  const text = decoder.decode(bytes);
  bytes.fill(0);
  return text;
}

/** The answer 0 stands for every text that is no key. */
export { check, digest, explain, find, undecided } from "../dist/core.mjs";

/** @param {unknown} text @param {string} name @returns {asserts text is string} */
export function mustBeText(text, name) {
  if (typeof text === "string") return;
  const found = text === null ? "null" : Array.isArray(text) ? "an array" : typeof text;
  throw new TypeError(`keyward: ${name} must be a string, not ${found}`);
}

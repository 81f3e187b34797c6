// @ts-check
// The boundary to the compiled core: text goes in through one buffer in its memory, integers come out.
import * as core from "#core";

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
/** The same memory, for two characters at once. @type {Uint16Array | undefined} */
let pairs;
/** @type {Facts} */
export let facts;
let max = 0;

const EARLY = "keyward: call `await init()` first";
// Node's `encodeInto` takes 50 ns for a key. Chromium's takes 290, a loop over two characters at a time 100.
// The loop relies on the machine's byte order, which is little-endian wherever there are browsers.
const ENCODE_INTO_IS_FAST = typeof globalThis.process?.versions?.node === "string";

/** Starts the core, once. @param {WebAssembly.Module} module */
export function start(module) {
  if (buffer !== undefined) return;
  const { memory } = core.initSync({ module });
  // The core allocates nothing, so its memory never grows and this view never goes stale.
  buffer = new Uint8Array(memory.buffer, core.buffer(), core.capacity());
  pairs = new Uint16Array(memory.buffer, core.buffer(), core.capacity() / 2);
  facts = JSON.parse(read(core.facts()));
  max = facts.max;
}

/**
 * Copies a text into the buffer. One with more UTF-16 units than a key may have bytes is cut: it is too long either way.
 * @param {string} text
 * @returns {number} its length in bytes
 */
export function put(text) {
  if (buffer === undefined || pairs === undefined) throw new Error(EARLY);
  const length = text.length;
  if (length > max) return encoder.encodeInto(text.slice(0, max + 1), buffer).written;
  if (ENCODE_INTO_IS_FAST) return encoder.encodeInto(text, buffer).written;
  let all = 0;
  let at = 0;
  for (; at + 1 < length; at += 2) {
    const first = text.charCodeAt(at);
    const second = text.charCodeAt(at + 1);
    all |= first | second;
    pairs[at >> 1] = first | (second << 8);
  }
  if (at < length) {
    const last = text.charCodeAt(at);
    all |= last;
    buffer[at] = last;
  }
  return all < 128 ? length : encoder.encodeInto(text, buffer).written;
}

/** Only pages that load the core themselves can be early. */
export function mustBeReady() {
  if (buffer === undefined) throw new Error(EARLY);
}

/** Takes what the core wrote, and wipes it. @param {number} length */
export function read(length) {
  const bytes = /** @type {Uint8Array} */ (buffer).subarray(0, length);
  const text = decoder.decode(bytes);
  bytes.fill(0);
  return text;
}

/** The answer 0 stands for every text that is no key. */
export { check, digest, explain, find, undecided } from "#core";

/** @param {unknown} text @param {string} name @returns {asserts text is string} */
export function mustBeText(text, name) {
  if (typeof text === "string") return;
  const found = text === null ? "null" : Array.isArray(text) ? "an array" : typeof text;
  throw new TypeError(`keyward: ${name} must be a string, not ${found}`);
}

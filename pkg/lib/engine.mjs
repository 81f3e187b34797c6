// @ts-check
// The boundary to the compiled core: text goes in through one buffer in its memory, integers come out. It uses nothing that
// some environment does not have: Jest's has no `TextEncoder`, React Native no `TextDecoder`.

/**
 * What src/npm/lib.rs exports, from WebAssembly or from JavaScript.
 * @typedef {{ memory: { buffer: ArrayBuffer }, buffer(): number, capacity(): number, facts(): number, facts_len(): number,
 *   check(length: number): number, digest(length: number): number, explain(length: number): number,
 *   find(length: number): number, undecided(length: number): number }} Core
 */

/**
 * What the core tells of the format. A problem's `#` stands for the number of that name.
 * @typedef {{ kinds: import("../index.d.ts").Kind[], environments: import("../index.d.ts").Environment[],
 *   ledger: number, body: number, mask: string, hint: number, max: number, longest: number,
 *   brand: string, tail: string,
 *   problems: { code: import("../index.d.ts").KeyErrorCode, message: string, number?: "index" | "actual" }[] }} Facts
 */

/** @type {Uint8Array | undefined} */
let buffer;
/** The same memory, for two characters at once. @type {Uint16Array | undefined} */
let pairs;
/** @type {Facts} */
export let facts;
let max = 0;
/** Why there is no answer. */
let problem = "keyward: call `await init()` first";

/** The answer 0 of each stands for every text that is no key. @type {Core["check"]} */
export let check;
/** @type {Core["digest"]} */
export let digest;
/** @type {Core["explain"]} */
export let explain;
/** @type {Core["find"]} */
export let find;
/** @type {Core["undecided"]} */
export let undecided;

// Node's `encodeInto` takes 50 ns for a key. Chromium's takes 290, a loop over two characters at a time 100.
// The loop relies on the machine's byte order, which is little-endian wherever there are browsers.
const encoder = nodesEncoder();

function nodesEncoder() {
  try {
    if (typeof globalThis.process?.versions?.node !== "string") return undefined;
    const nodes = new TextEncoder();
    // A page's tests may have a stand-in for it, and one that is wrong.
    const bytes = new Uint8Array(5);
    const { written } = nodes.encodeInto("é\ud800", bytes);
    return written === 5 && String(bytes) === "195,169,239,191,189" ? nodes : undefined;
  } catch {
    // It is not there, or not for us: some places have getters that throw.
    return undefined;
  }
}

/** @param {WebAssembly.Module} module @returns {Core} */
export const instantiate = (module) => /** @type {any} */ (new WebAssembly.Instance(module).exports);

/**
 * Starts the core, once: the first build of it that works here. It never throws, because an import that does takes a whole
 * page with it; the calls say what is wrong.
 * @param {(() => Core)[]} builds
 * @returns {boolean} whether there is a core now
 */
export function start(...builds) {
  for (const build of builds) {
    if (buffer !== undefined) break;
    try {
      use(build());
    } catch {
      // The next one, then.
    }
  }
  if (buffer === undefined) fail("neither WebAssembly nor the JavaScript for places without it runs here");
  return buffer !== undefined;
}

/** @param {Core} core */
function use(core) {
  const { memory, buffer: address, capacity } = core;
  facts = JSON.parse(ascii(new Uint8Array(memory.buffer, core.facts(), core.facts_len())));
  max = facts.max;
  ({ check, digest, explain, find, undecided } = core);
  // The core allocates nothing, so its memory never grows and these views never go stale.
  pairs = new Uint16Array(memory.buffer, address(), capacity() / 2);
  buffer = new Uint8Array(memory.buffer, address(), capacity());
}

/** Says what every call is going to say. @param {string} why */
export function fail(why) {
  problem = `keyward: ${why}`;
  return new Error(problem);
}

/**
 * Copies a text into the buffer.
 * @param {string} text
 * @returns {number} its length in bytes
 */
export function put(text) {
  if (buffer === undefined || pairs === undefined) throw new Error(problem);
  const length = text.length;
  // With more UTF-16 units than a key may have bytes it is too long, whatever it is.
  if (length > max) return max + 1;
  if (encoder !== undefined) return encoder.encodeInto(text, buffer).written;
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
  return all < 128 ? length : encode(text, buffer);
}

/** As `encodeInto` does. @param {string} text @param {Uint8Array} bytes */
function encode(text, bytes) {
  let at = 0;
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    // Half of a pair.
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;
    // How many bytes follow the first.
    let more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[at++] = more === 0 ? code : ((0x780 >> more) & 0xff) | (code >> (6 * more));
    while (more-- > 0) bytes[at++] = 0x80 | ((code >> (6 * more)) & 0x3f);
  }
  return at;
}

/** Only pages that load the core themselves can be early. */
export function mustBeReady() {
  if (buffer === undefined) throw new Error(problem);
}

/** @param {Uint8Array} bytes */
const ascii = (bytes) => String.fromCharCode(...bytes);

/** Takes what the core wrote, and wipes it. @param {number} length */
export function read(length) {
  const bytes = /** @type {Uint8Array} */ (buffer).subarray(0, length);
  const text = ascii(bytes);
  bytes.fill(0);
  return text;
}

/** @param {unknown} text @param {string} name @returns {asserts text is string} */
export function mustBeText(text, name) {
  if (typeof text === "string") return;
  const found = text === null ? "null" : Array.isArray(text) ? "an array" : typeof text;
  throw new TypeError(`keyward: ${name} must be a string, not ${found}`);
}

// @ts-check
// The glance rules out nothing that a search finds.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { keyAt } from "../../pkg/cli/bytes/cells.mjs";
import { WRITINGS } from "../../pkg/cli/bytes/encodings.mjs";
import { compiled, plain } from "../../pkg/cli/bytes/finder.mjs";
import { eachSpot } from "../../pkg/cli/bytes/spots.mjs";
import { withoutZeros } from "../../pkg/cli/bytes/zeros.mjs";
import { passesGlance } from "./glanced.mjs";
import { makeKey } from "./slow.mjs";

const numRuns = 20 * Number(process.env.FUZZ_RUNS ?? 400);
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20261126) });

const TOKENS = ["kw_sk_live", "kw_pat_test", "k9_pk_live"].map((prefix) =>
  makeKey(prefix, "0Zr1bFu".repeat(8).slice(0, 51)),
);

const code = (/** @type {string} */ one, radix = 16) => one.charCodeAt(0).toString(radix);
/** Ways to write a character, of which each may have another. */
const WAYS = [
  ...Array(6).fill((/** @type {string} */ one) => one),
  (/** @type {string} */ one) => `%${code(one)}`,
  (/** @type {string} */ one) => `%25${code(one).toUpperCase()}`,
  (/** @type {string} */ one) => `\\u00${code(one)}`,
  (/** @type {string} */ one) => `\\u{${code(one)}}`,
  (/** @type {string} */ one) => `\\x${code(one)}`,
  (/** @type {string} */ one) => `\\${code(one, 8).padStart(3, "0")}`,
  (/** @type {string} */ one) => `&#${code(one, 10)};`,
  (/** @type {string} */ one) => `&#x${code(one)};`,
  (/** @type {string} */ one) => `=${code(one).toUpperCase()}`,
  (/** @type {string} */ one) => (one === "_" ? "&lowbar;" : one),
  (/** @type {string} */ one) => (one === "_" ? "+AF8-" : one),
  (/** @type {string} */ one) => (one === "_" ? "\\_" : one),
];
const HEX = (/** @type {string} */ one) => code(one);
const NUMBER = (/** @type {string} */ one) => code(one, 10);

const way = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 7 }) },
  fc.constantFrom([HEX], [NUMBER]),
);
/** Of such breaks are made, and what looks like them. */
const PARTS = [
  ...[
    "\n",
    "\r\n",
    "\r",
    " ",
    "    ",
    "\t",
    "\0",
    "\0\0\0\0",
    "=\n",
    "=\r\n",
    "\\\n",
    "\\n",
    "\\r\\n",
    "%0a",
    "%0D%0A",
    "&#10;",
  ],
  ...[
    '"',
    "'",
    "`",
    " + ",
    " . ",
    ",",
    "(",
    "|",
    "# ",
    "// ",
    " * ",
    "> ",
    "-",
    " _\n",
    "  _\\n",
    "@",
    "~",
    "{",
    "$",
    "_",
    "b",
    "f",
    "x",
    "7",
  ],
  ...["<wbr>", "</b>", "<br/>", "&shy;", "&#8203;", "\x1b[m", "\x1b[0m", "\x1b[1;31m", "\x1b[K"],
  ...["\xad", "\xc2\xad", "\xe2\x80\x8b", "\xe2\x81\xa0", "\xef\xbb\xbf", "\xe9", "0x", "\\x", ", ", ",\n  "],
  ...[
    "|\n00000010: 6b65 795f  ",
    "|\r\n00000020  5f 6c 69 76 65  |",
    "\n00000010: ",
    "  k_live\n0000010 ",
    "6b",
  ],
];
const gap = fc.array(fc.constantFrom(...PARTS), { maxLength: 6 }).map((parts) => parts.join(""));

/** A key that is broken at some places around its environment, and everywhere if it is of numbers. */
const text = fc
  .tuple(
    fc.constantFrom(...TOKENS),
    way,
    fc.array(fc.tuple(fc.nat(14), gap), { maxLength: 4 }),
    fc.constantFrom("", " ", ":", ", ", ",\n  "),
    fc.array(fc.constantFrom(...PARTS, "_live_", "_test", "task_", "X2xpdmVf"), { maxLength: 8 }),
  )
  .map(([token, ways, gaps, between, around]) => {
    const separator = ways[0] === HEX || ways[0] === NUMBER ? between : "";
    const pieces = [...token].map((one, at) => (at > 0 ? separator : "") + ways[at % ways.length](one));
    for (const [at, broken] of gaps) pieces[at] = broken + pieces[at];
    return `${around.join("")}${pieces.join("")}${around.reverse().join("")}`;
  });

/** Where keys are, if each place is looked at. @param {string} input */
function placesOf(input) {
  const places = [];
  for (let at = 0; at < input.length; at += 1)
    for (const writing of WRITINGS)
      if (keyAt(input, at, writing, { pins: undefined, last: true, inner: false }) !== undefined)
        places.push(at);
  return places;
}

test("a place at which there is a key is a spot, and passes the glance, whatever is between its characters", () => {
  let found = 0;
  const property = fc.property(text, (input) => {
    const whole = withoutZeros(input);
    const places = placesOf(whole);
    found += places.length;
    const spots = new Set();
    // Each place of a short text is one.
    eachSpot(whole.padEnd(2000), (at) => spots.add(at) !== undefined);
    assert.deepEqual(
      places.filter((at) => !spots.has(at)),
      [],
    );
    if (places.length > 0) assert.ok(passesGlance(Buffer.from(input, "latin1")));
  });
  fc.assert(property, { numRuns });
  assert.ok(found > numRuns / 4, `only ${found}`);
});

test("where WebAssembly may not run, JavaScript leaves out none of its places, and says the same of lines and zero bytes", () => {
  const [fast, slow] = [compiled(), plain()];
  assert.ok(fast, "WebAssembly runs here");
  const bytes = fc.oneof(
    text.map((input) => Buffer.from(input, "latin1")),
    text.map((input) => Buffer.from(input, "utf16le")),
    fc
      .array(fc.oneof(fc.constantFrom(0, 0, 0, 10, 0x5f), fc.nat(255)), { maxLength: 120 })
      .map((all) => Buffer.from(all)),
  );
  const property = fc.property(bytes, fc.nat(40), fc.nat(40), (input, start, end) => {
    const [from, to] = [Math.min(start, input.length), Math.max(start, input.length - end, 0)];
    const told = [fast, slow].map(({ files, texts, next, first, lines, squeeze }) => {
      files.fill(1);
      input.copy(files);
      const places = [];
      for (let at = next(files, from, to); at < to; at = next(files, at + 1, to)) places.push(at);
      const stops = [];
      for (let at = first(files, from, to); at < to; at = first(files, at + 1, to)) stops.push(at);
      const expected = new Set(places);
      for (let at = from; at < to; at += 1) if (files[at] === 0) expected.add(at);
      assert.deepEqual(
        stops,
        [...expected].sort((a, b) => a - b),
      );
      const squeezed = texts.toString("latin1", 0, squeeze(files, from, to));
      return { places, lines: lines(files, from, to), squeezed: squeezed.replace(/\0{4,}/g, "\0\0\0\0") };
    });
    assert.deepEqual(
      told[0].places.filter((at) => !told[1].places.includes(at)),
      [],
    );
    assert.deepEqual({ ...told[0], places: [] }, { ...told[1], places: [] });
  });
  fc.assert(property, { numRuns: numRuns / 20 });
});

// @ts-check
// What stands around the place where a key's `_live_` or `_test_` begins, in each writing, as classes of single bytes. They
// are quickly compared and rule out nearly every place of a text; what is left is looked at closely.
import { BASE64 } from "./encodings.mjs";

/** A class for each byte, two before the place and six from it on; what is missing at the end is any. @typedef {string[]} Shape */
export const LENGTH = 8;
export const BEFORE = 2;
export const ANY = String.raw`\0-\xff`;

/** What is of no word: there an escaped character or a break may begin, or have ended. */
const OTHER = `\\0-/:-@[-^${"`"}{-\\xff`;
/** The same in three parts, and of each what an escaped character begins with, and what every break has one of. */
const OTHERS = [
  { other: String.raw`\0-/\x80-\xff`, special: `\\r\\n\\x1b"%&'\\xad\\xc2\\xe2\\xef\\xff` },
  { other: String.raw`:-?[-^{-\x7f`, special: String.raw`<\\` },
  { other: "@`", special: "`" },
];
/** In a break, behind others. */
const SPECIAL = `${OTHERS.map(({ special }) => special).join("")}=`;
/** In a break, before the end of a line. */
const JOINING = [" ", "_", String.raw`\r\n%&\\`];

/** How a kind may end: with its letter, plain or escaped, or with a break. */
const KINDS = [
  [ANY, `kt34${OTHER}`],
  // The end of a line that is escaped, or a colour of a terminal.
  [String.raw`\\0-9;?[`, "A-Za-z"],
];
const afterKinds = (/** @type {Shape[]} */ rest) =>
  KINDS.flatMap((kind) => rest.map((shape) => [...kind, ...shape]));

/**
 * Those of all writings but base64, in groups whose first two bytes have their upper and lower halves in common: by these
 * nearly all places are ruled out.
 * @type {Shape[][]}
 */
const OF_CHARACTERS = [
  // A plain underscore and what is not.
  ...OTHERS.map(({ other, special }) =>
    afterKinds([
      ["_", special],
      ["_", other, SPECIAL],
      ["_", other, OTHER, SPECIAL],
      ["_", other, OTHER, OTHER, SPECIAL],
      ["_", other, OTHER, OTHER, OTHER, `_${OTHER}`],
      ["_", other, ...JOINING],
      ["_", other, OTHER, " ", "_"],
    ]),
  ),
  afterKinds([
    ["_", "l", "i", OTHER],
    ["_", "l", "i", "v", `e${OTHER}`],
    ["_", "t", "e", OTHER],
    ["_", "t", "e", "s", `t${OTHER}`],
    ["_", "lt", OTHER],
  ]),
  // Here another character may be escaped so, or a break begin.
  afterKinds([
    ["_", "=", "67"],
    ["_", ...JOINING],
  ]),
  [
    // `%5F`, `\u005f`, `&#x5f;`, `=5F`, and in hexadecimal digits.
    [ANY, `%50{xX=bB4${OTHER}`, "5", "fF", `lt67${OTHER}`],
    // `&#95;`, and numbers.
    [ANY, `0${OTHER}`, "9", "5", OTHER],
    // `\137`.
    [String.raw`\\0`, "1", "3", "7", `lt${OTHER}`],
  ],
  [
    // `&lowbar;`, `&UnderBar;`.
    ["bB", "a", "r", ";", `lt${OTHER}`],
    // `+AF8-`.
    ["A", "F", "8", "-", `lt${OTHER}`],
  ],
];

/** A line of base64 may end anywhere; these four characters of seven or more are never parted both. */
export const FOURS = [...new Set(BASE64.parts.flatMap(({ part }) => [part.slice(0, 4), part.slice(3, 7)]))];

const GROUPS = 8;
/** Alike are those whose upper halves are. @type {Shape[][]} */
const OF_BASE64 = Array.from({ length: GROUPS }, () => []);
const sorted = FOURS.map((four) => ({
  four,
  halves: Buffer.from(four).toString("hex").replace(/(.)./g, "$1") + four,
})).sort((a, b) => (a.halves < b.halves ? -1 : 1));
for (const [index, { four }] of sorted.entries())
  OF_BASE64[Math.floor((index * GROUPS) / FOURS.length)].push([ANY, ANY, ...four]);

/** At most 64 of each kind, in at most eight groups. */
export const SHAPES = [OF_CHARACTERS, OF_BASE64];

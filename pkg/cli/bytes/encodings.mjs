// @ts-check
// The ways in which a key may be written, as regular expressions over text that has one character for each byte (or for
// each UTF-16 unit). All take time in proportion to the text: whatever repeats is bounded, and its parts exclude each other.

/** @param {string} source @param {string} flags */
const regExp = (source, flags) => new RegExp(source, flags);

// --- Where a key is broken -------------------------------------------------------------------------------------------

const LINE_END = String.raw`(?:\r\n?|\n|\\{1,8}r(?:\\{1,8}n)?|\\{1,8}n|%0[dD]%0[aA]|%0[aA]|&#(?:10|13|[xX]0?[aAdD]);)`;
/** What is of no key and begins no escaped character. */
const OTHER = String.raw`[^0-9A-Za-z_%&=+\\\r\n]|[%&=](?![0-9A-Za-z#])|\+(?!AF8)|\\(?![0-9A-Za-z_\\])`;
const QUOTE = "[\"'`]";
const QUOTE_PREFIX = String.raw`(?:(?<=[\s(+,&|.])[bBfFrRuU]{1,2}${QUOTE})?`;
/** After these a text goes on, without doubt: quoted-printable, and languages with a backslash at a line's end. */
const JOINED = String.raw`=[ \t]{0,20}\r?\n|\\\r?\n[ \t]{0,120}`;
/** A colour of a terminal, an element, a character without width. */
const MARK = String.raw`\x1b\[[0-9;?]{0,16}[A-Za-z]|<\/?[A-Za-z][^<>]{0,80}>|&(?:shy|ZeroWidthSpace|NoBreak|#173|#8203|#[xX]200[bB]);`;
/**
 * After these it may: the end of a line with what closes it and what opens the next (quotes, operators, indentation, marks
 * of comments, quotations and differences), two strings in one line, colours, elements, characters without width.
 */
const BROKEN = [
  // In the text beside a dump.
  String.raw`\|?\r?\n[0-9a-fA-F]{4,16}[:h]?(?:[ \t][0-9a-fA-F]{2,16}|[ \t]{2}[0-9a-fA-F]{2}(?=[ \t])){1,32}[ \t]{1,60}\|?`,
  // Before the end of a line alone: backwards, what ends an element is no character of a key.
  String.raw`(?:${MARK}){1,4}(?:${LINE_END}(?:${OTHER}|[\r\n]){0,120})?`,
  // Backwards, what ends an escaped character is rather that.
  String.raw`(?:${OTHER}){0,100}?(?: _)?${LINE_END}(?:${OTHER}|[\r\n]){0,120}${QUOTE_PREFIX}`,
  String.raw`${QUOTE}[^0-9A-Za-z_"'${"`"}\r\n]{0,40}(?:(?<![0-9A-Za-z_"'${"`"}])[bBfFrRuU]{1,2})?${QUOTE}`,
  String.raw`(?:\xad|[\u200b-\u200f\u2060\ufeff]|\xc2\xad|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf){1,4}`,
].join("|");
const GAP = `(?:${JOINED}|${BROKEN})`;
/** What may go on as one of these, or as an escaped character. */
const UNFINISHED = [
  "(?:",
  [
    String.raw`(?:${OTHER}|[\r\n]){0,220}(?:(?: _|${LINE_END})(?:${OTHER}|[\r\n]){0,120})?`,
    String.raw`(?:${MARK}){1,4}(?:${LINE_END}?(?:${OTHER}|[\r\n]){0,120})?`,
    String.raw`\|?\r?\n[0-9a-fA-F]{1,16}[:h]?[ \t0-9a-fA-F]{0,200}\|?`,
  ].join("|"),
  ")(?:",
  [
    "[%&=+][0-9A-Za-z#;]{0,30}",
    String.raw`\\{1,8}[0-9A-Za-z{]{0,12}`,
    String.raw`\x1b(?:\[[0-9;?]{0,16})?`,
    `<[^<>]{0,80}|[bBfFrRuU]{1,2}${QUOTE}?`,
  ].join("|"),
  ")?$",
].join("");

// --- Characters ------------------------------------------------------------------------------------------------------

/** @param {string} hex of one character @param {string} upper the same in upper case @param {string} octal @param {string} decimal */
const escaped = (hex, upper, octal, decimal) =>
  [
    `%(?:25){0,8}${hex}|%u00${hex}`,
    String.raw`\\{1,8}(?:u00${hex}|U000000${hex}|u\{0{0,4}${hex}\}|x${hex}|x\{0{0,2}${hex}\}|0?${octal})`,
    `&(?:amp;){0,4}#(?:0{0,5}${decimal}|[xX]0{0,5}${hex});`,
    `=${upper}`,
  ].join("|");
const UNDERSCORE = String.raw`\\{1,8}_|&(?:amp;){0,4}(?:lowbar|UnderBar);|\+AF8-`;
const ANY_ESCAPED = `${escaped("[3-7][0-9a-fA-F]", "[3-7][0-9A-F]", "[01][0-7]{2}", "[0-9]{2,3}")}|${UNDERSCORE}`;

/** The character that is written so. @param {string} text */
function characterOf(text) {
  if (text.length === 1) return text;
  const octal = text.match(/^\\+0?([01][0-7]{2})$/);
  const decimal = text.match(/#([0-9]+);$/);
  const hex = text.match(/[%=uUx{0;#X5-7]([0-9a-fA-F]{2})[};]?$/);
  if (octal) return String.fromCharCode(Number.parseInt(octal[1], 8));
  if (decimal) return String.fromCharCode(Number(decimal[1]));
  return hex ? String.fromCharCode(Number.parseInt(hex[1], 16)) : "_";
}

/**
 * A way to write each character for itself.
 * `end`: that of the underscore before an environment. `next`: what is joined, what is broken, and a character. `before`: a
 * character, and the same between it and what follows. `unfinished`: what may go on as `next`.
 * `mask`: what stands for a character that is hidden, if it has to be as long. `plain`: whether most are written as they are.
 * @typedef {{ end: RegExp, next: RegExp, before: RegExp, unfinished: RegExp, characterOf(text: string): string, mask?: string, plain?: boolean }} Writing
 */

/** @param {string} end @param {string} character @param {string} joined @param {string} broken @param {string} unfinished @param {Pick<Writing, "characterOf" | "mask" | "plain">} rest @returns {Writing} */
const writing = (end, character, joined, broken, unfinished, rest) => ({
  end: regExp(end, "y"),
  next: regExp(`(?:(${joined})|(${broken}))?(${character})`, "y"),
  before: regExp(`(?<=(${character})(?:(${joined})|(${broken}))?)`, "y"),
  unfinished: regExp(unfinished, "y"),
  ...rest,
});

const text = writing("_|5[fF][};]?|95;|r;|37|8-", `${ANY_ESCAPED}|[0-9A-Za-z_]`, JOINED, BROKEN, UNFINISHED, {
  characterOf,
  plain: true,
});

const HEX = "[0-9a-fA-F]{2}";
/** What stands between the bytes of a dump, also at its lines' ends, with the text beside them and the next offset. */
const OFFSET = String.raw`(?:[0-9a-fA-F]{7,16}|[0-9a-fA-F]{4,16}[:h])[ \t]{1,4}`;
const BESIDE = String.raw`[ \t]{2,4}[^\r\n]{1,20}`;
const IN_HEX = String.raw`(?!${BESIDE}\r?\n${OFFSET})(?:[^0-9A-Za-z_\r\n]{0,20}(?:0x|\\x)|[^0-9A-Za-z_\r\n]{1,20})(?<!\n${OFFSET})`;
const BETWEEN_HEX = [
  String.raw`(?:${BESIDE})?\r?\n${OFFSET}`,
  String.raw`[^0-9A-Za-z_\r\n]{0,8}\r?\n[^0-9A-Za-z_]{0,40}(?:0x|\\x)?`,
].join("|");
const hex = writing(
  "5[fF]",
  HEX,
  IN_HEX,
  BETWEEN_HEX,
  String.raw`(?:[^0-9A-Za-z_]{0,60}(?:0x?|\\x?)?|[ \t]{2,4}[^\r\n]{1,20}(?:\r?\n?[0-9a-fA-F]{0,16}[:h]?[ \t]{0,4})?|\r?\n[0-9a-fA-F]{0,16}[:h]?[ \t]{0,4})[0-9a-fA-F]?$`,
  { characterOf: (text) => String.fromCharCode(Number.parseInt(text, 16)), mask: "2a" },
);

const IN_NUMBERS = "[^0-9A-Za-z_]{1,40}";
const numbers = writing(
  "95",
  "(?<![0-9])[0-9]{2,3}(?![0-9])",
  IN_NUMBERS,
  "(?!)",
  "[^0-9A-Za-z_]{0,40}[0-9]{0,3}$",
  { characterOf: (text) => String.fromCharCode(Number(text)), mask: "42" },
);

export const WRITINGS = [text, hex, numbers];

// --- Base64 ----------------------------------------------------------------------------------------------------------

/**
 * What `_live_` and `_test_` become in base64, wherever they stand in a group of three bytes: the characters that depend
 * on nothing else, and how far behind the group's start they begin.
 * @param {string} bytes
 */
const parts = (bytes) =>
  [0, 2, 3].map((behind, before) => {
    const end = Math.floor(((bytes.length + before) * 4) / 3);
    return { part: btoa("x".repeat(before) + bytes).slice(behind, end), behind };
  });
const WORDS = ["_live_", "_test_"];
const ONCE = [...WORDS, ...WORDS.map((word) => [...word].join("\0"))].flatMap(parts);
const TWICE = WORDS.flatMap(parts).flatMap(({ part }) => parts(part));
/** @param {boolean} twice */
const marked = (twice) => (/** @type {(typeof ONCE)[number]} */ part) => ({ ...part, twice });

const OF_BASE64 = "[0-9A-Za-z+/_-]";

/** Base64 once, of ASCII and of UTF-16, and twice. */
export const BASE64 = {
  parts: [...ONCE.map(marked(false)), ...TWICE.map(marked(true))],
  next: regExp(`(${GAP})?(${OF_BASE64}{1,240})`, "y"),
  // A plus sign alone is an operator, and the first of these characters may be that of an escaped line end.
  before: regExp(`(?<=((?<!\\\\)${OF_BASE64}{0,63}(?:[0-9A-Za-z/_-]|[0-9A-Za-z]\\+))(${GAP})?)`, "y"),
  unfinished: text.unfinished,
};

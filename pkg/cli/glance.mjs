// @ts-check
// A glance at bytes: whether a key may be among them, in any encoding that `createSearch` knows. Nearly all bytes hold none,
// and one regular expression over them costs a tenth of what decoding and searching them does. It may say "perhaps" for
// nothing, and never "no" for a key, whole or damaged.
import { PARTS } from "./base64.mjs";
import { COMPRESSED, LONGEST_MAGIC } from "./search.mjs";

/** Zero bytes between characters, as UTF-16 and UTF-32 have them. @param {string} text */
const spread = (text) => [...text].join("\\0*");

/** How an underscore ends, and how it begins, however it is written. */
const UNDERSCORE_ENDS = "[_fF;]";
const UNDERSCORE_BEGINS = "[_%\\\\&=]";

const HINT = new RegExp(
  [
    ...["live", "test"].map((word) =>
      [UNDERSCORE_ENDS, ...word, UNDERSCORE_BEGINS].join("\\0*"),
    ),
    ...PARTS.map(({ part }) => spread(part)),
  ].join("|"),
);

/** Bytes of a key, however it is written, of which the glance sees only a part at the end of a piece. */
export const REACH = 8192;

/** @param {Buffer} bytes @param {number} [from] @param {number} [to] */
export const mayHoldKey = (bytes, from = 0, to = bytes.length) => HINT.test(bytes.toString("latin1", from, to));

/**
 * Whether each byte from 0 to 127 is the character that it is in ASCII: nothing is compressed, and no byte order mark
 * announces UTF-16.
 * @param {Buffer} start
 */
export function isPlain(start) {
  const hex = start.toString("hex", 0, LONGEST_MAGIC);
  return ![...COMPRESSED, "fffe", "feff"].some((magic) => hex.startsWith(magic));
}

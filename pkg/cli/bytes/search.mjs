// @ts-check
// Keys in one file or stream, with line and column, in bounded memory, whatever the encoding.
import { createComments } from "../scan/comments.mjs";
import { fingerprintOf } from "../scan/fingerprint.mjs";
import { createLook } from "./compressed.mjs";
import { createReader } from "./reader.mjs";

/**
 * `token` is the key's text, for who asks a server about it: never to be shown. `verdict`, `outcome`: what the server said.
 * @typedef {{ path: string, line: number, column: number, kind: string, brand: string, environment: string, redacted: string, damaged: boolean, token: string, fingerprint: string, allowed: import("../scan/allow.mjs").Allowed | null, origin?: import("../scan/repository.mjs").Origin, verdict?: import("../scan/verify.mjs").Verdict, outcome?: import("../scan/revoke.mjs").Outcome }} Finding
 */

/**
 * `compressed`: its bytes are searched, but what they stand for is not.
 * @typedef {{ path: string, readonly compressed: boolean, push(bytes: Buffer): Finding[], end(last?: Buffer): Finding[] }} Search
 */

/**
 * Encodings with a byte order mark. Without one, and in UTF-32, zero bytes between characters are left out: keys are
 * ASCII, so they are found, and only columns behind other characters differ.
 */
const MARKS = /** @type {const} */ ([
  ["fffe0000", "bytes"],
  ["0000feff", "bytes"],
  ["efbbbf", "bytes"],
  ["fffe", "utf-16le"],
  ["feff", "utf-16be"],
]);

const LONGEST_MARK = 4;
const NONE = Buffer.alloc(0);

/** @param {Buffer} start @param {boolean} plain whether to heed no mark */
function decoderFor(start, plain) {
  const hex = plain ? "" : start.toString("hex", 0, LONGEST_MARK);
  const [mark, encoding] = MARKS.find(([bytes]) => hex.startsWith(bytes)) ?? ["", "bytes"];
  const skipped = mark.length / 2;
  if (encoding === "bytes")
    return { skipped, decode: (/** @type {Buffer} */ bytes) => bytes.toString("latin1"), wide: false };
  const decoder = new TextDecoder(encoding);
  return {
    skipped,
    decode: (/** @type {Buffer} */ bytes) => decoder.decode(bytes, { stream: true }),
    wide: true,
  };
}

/** How many UTF-16 units a text of bytes has, if it is UTF-8. @param {string} bytes */
function unitsOf(bytes) {
  if (!/[\0\x80-\xff]/.test(bytes)) return bytes.length;
  // Continuing bytes are no characters of their own, those of four bytes are two units, and zero bytes are none.
  return (
    bytes.length - (bytes.match(/[\0\x80-\xbf]/g)?.length ?? 0) + (bytes.match(/[\xf0-\xf7]/g)?.length ?? 0)
  );
}

/** Line and column, counted from a place that moves on. @param {boolean} wide whether the text is of UTF-16 units */
function createPlace(wide) {
  let line = 1;
  let column = 1;
  let counted = 0;
  return {
    /** Goes on to `to`. @param {string} text @param {number} offset of the text @param {number} to */
    advance(text, offset, to) {
      const part = text.slice(counted - offset, Math.max(counted, to) - offset);
      counted = Math.max(counted, to);
      let start = 0;
      for (let at = part.indexOf("\n"); at >= 0; at = part.indexOf("\n", start)) {
        start = at + 1;
        line += 1;
        column = 1;
      }
      const rest = part.slice(start);
      column += wide ? rest.length : unitsOf(rest);
      return { line, column };
    },
  };
}

/**
 * @param {import("../terminal/names.mjs").Path} path for the findings only
 * @param {import("keyward").Pins | undefined} pins
 * @param {boolean} [plain] whether to heed no byte order mark
 * @returns {Search}
 */
export function createSearch(path, pins, plain = false) {
  const reader = createReader(pins);
  /** @type {((bytes: Buffer) => string) | undefined} */
  let decode;
  let place = createPlace(false);
  const comments = createComments();
  // The lines of what is read, which is further than that in which keys are decided.
  const lines = createPlace(true);
  let length = 0;
  /** @type {Buffer} */
  let first = NONE;
  const look = createLook(path);
  // Other programs may have written bytes of another encoding behind the mark of UTF-16.
  /** @type {Search | undefined} */
  let other;
  /** @type {Finding[]} */
  const others = [];
  /** @type {Finding[]} */
  const own = [];

  /** @param {import("./cells.mjs").Key[]} keys @param {boolean} last */
  const located = (keys, last) => {
    const { text, offset, next } = reader.kept();
    const found = keys
      .filter(({ again }) => !again)
      .sort((a, b) => a.start - b.start)
      .map(({ start, brand, kind, environment, redacted, damaged, token }) => {
        const { line, column } = place.advance(text, offset, start);
        const key = { path, line, column, brand, kind, environment, redacted, damaged, token };
        return comments.near({ ...key, fingerprint: fingerprintOf(token), allowed: null });
      });
    if (!last) place.advance(text, offset, next);
    return found;
  };

  /** @param {boolean} last */
  const begin = (last) => {
    const { decode: chosen, skipped, wide } = decoderFor(first, plain);
    decode = chosen;
    place = createPlace(wide);
    if (wide) other = createSearch(path, pins, true);
    return read(first.subarray(skipped), last);
  };

  /** @param {Buffer} bytes @param {boolean} last */
  const read = (bytes, last) => {
    const text = decode?.(bytes) ?? "";
    const found = located(last ? reader.end(text) : reader.push(text), last);
    for (const end of comments.read(text, length, last))
      comments.inLine(lines.advance(text, length, end).line);
    if (!last) lines.advance(text, length, length + text.length);
    length += text.length;
    if (other) {
      own.push(...found);
      others.push(...(last ? other.end(bytes) : other.push(bytes)));
    }
    return found;
  };

  return {
    path,
    get compressed() {
      return look.compressed;
    },
    push(bytes) {
      look.push(bytes);
      if (decode !== undefined) return read(bytes, false);
      // Bytes that are kept are copied: who reads into them may go on.
      first = first.length === 0 && bytes.length >= LONGEST_MARK ? bytes : Buffer.concat([first, bytes]);
      return first.length < LONGEST_MARK ? [] : begin(false);
    },
    // An unfinished character at the end is no part of a key.
    end(bytes = NONE) {
      look.push(bytes);
      look.end();
      if (decode === undefined) first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
      const found = decode === undefined ? begin(true) : read(bytes, true);
      comments.end();
      if (other === undefined) return found;
      const rest = [...others];
      for (const { token } of own) {
        const at = rest.findIndex((finding) => finding.token === token);
        if (at >= 0) rest.splice(at, 1);
      }
      return [...found, ...rest];
    },
  };
}

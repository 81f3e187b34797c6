// @ts-check
// Keys in one file or stream, with line and column, in bounded memory, whatever the encoding.
import { StringDecoder } from "node:string_decoder";
import { createBase64Reader } from "./base64.mjs";
import { createComments } from "./comments.mjs";
import { fingerprintOf } from "./fingerprint.mjs";
import { createReader } from "./reader.mjs";

/**
 * `token` is the key's text, for who asks a server about it: never to be shown. `verdict`, `outcome`: what the server said.
 * @typedef {{ path: string, line: number, column: number, kind: string, brand: string, environment: string, redacted: string, damaged: boolean, token: string, fingerprint: string, allowed: import("./allow.mjs").Allowed | null, origin?: import("./repository.mjs").Origin, verdict?: import("./verify.mjs").Verdict, outcome?: import("./revoke.mjs").Outcome }} Finding
 */

/**
 * `compressed`: its bytes are searched, but what they stand for is not.
 * @typedef {{ path: string, readonly compressed: boolean, push(bytes: Buffer): Finding[], end(): Finding[] }} Search
 */

/** How compressed files begin: what is in them cannot be seen. gzip, zip, xz, zstd, bzip2, 7z. */
export const COMPRESSED = ["1f8b", "504b0304", "fd377a585a00", "28b52ffd", "425a68", "377abcaf271c"];

/** Bytes at the beginning that tell of all of these, and of marks. */
const LONGEST_MAGIC = 6;

/**
 * Encodings with a byte order mark. Without one, and in UTF-32, zero bytes between characters are left out: keys are
 * ASCII, so they are found, and only columns behind other characters differ.
 */
const MARKS = /** @type {const} */ ([
  ["fffe0000", "utf8"],
  ["0000feff", "utf8"],
  ["efbbbf", "utf8"],
  ["fffe", "utf-16le"],
  ["feff", "utf-16be"],
]);

/** @param {Buffer} start @param {boolean} plain whether to heed no mark */
function decoderFor(start, plain) {
  const hex = plain ? "" : start.toString("hex", 0, LONGEST_MAGIC);
  const [mark, encoding] = MARKS.find(([bytes]) => hex.startsWith(bytes)) ?? ["", "utf8"];
  const skipped = mark.length / 2;
  if (encoding === "utf8") {
    const decoder = new StringDecoder("utf8");
    const decode = (/** @type {Buffer} */ bytes) => withoutZeros(decoder.write(bytes));
    return { skipped, decode, wide: false };
  }
  const decoder = new TextDecoder(encoding);
  const decode = (/** @type {Buffer} */ bytes) => decoder.decode(bytes, { stream: true });
  return { skipped, decode, wide: true };
}

/** @param {string} text */
const withoutZeros = (text) =>
  text.includes("\0") ? text.replace(/\0+/g, (zeros) => (zeros.length > 3 ? zeros : "")) : text;

/**
 * @param {import("./names.mjs").Path} path for the findings only
 * @param {import("keyward").Pins | undefined} pins
 * @param {boolean} [plain] whether to heed no byte order mark
 * @returns {Search}
 */
export function createSearch(path, pins, plain = false) {
  const readers = [createReader(pins), createBase64Reader(pins)];
  /** @type {((bytes: Buffer) => string) | undefined} */
  let decode;
  let offset = 0;
  let line = 1;
  let lineStart = 0;

  /** Goes on to the line of `end`. @param {string} text @param {number} end in the whole input */
  const advance = (text, end) => {
    for (let at = Math.max(0, lineStart - offset); ; ) {
      at = text.indexOf("\n", at) + 1;
      if (at === 0 || offset + at > end) return;
      line += 1;
      lineStart = offset + at;
    }
  };

  const comments = createComments();
  /** @param {string} text @param {import("./reader.mjs").ReadKey} key */
  const locate = (text, key) => {
    const { start, end, brand, kind, environment, redacted, damaged, token } = key;
    // A key holds no line break, so it is in the line in which it ends.
    advance(text, end);
    const column = start - lineStart + 1;
    const found = { path, line, column, brand, kind, environment, redacted, damaged, token };
    return comments.near({ ...found, fingerprint: fingerprintOf(token), allowed: null });
  };

  /** @type {Buffer} */
  let first = Buffer.alloc(0);
  let compressed = false;
  // Other programs may have written bytes of another encoding behind the mark of UTF-16.
  /** @type {Search | undefined} */
  let other;
  /** @type {Finding[]} */
  const others = [];
  /** @type {Finding[]} */
  const own = [];

  const begin = () => {
    const magic = first.subarray(0, LONGEST_MAGIC);
    compressed = COMPRESSED.some((known) => magic.toString("hex").startsWith(known));
    const { decode: chosen, skipped, wide } = decoderFor(magic, plain);
    decode = chosen;
    if (wide) other = createSearch(path, pins, true);
    return read(first.subarray(skipped));
  };

  /** @param {Buffer} bytes */
  const read = (bytes) => {
    const text = decode?.(bytes) ?? "";
    const keys = readers.flatMap((reader) => reader.push(text));
    const found = [...keys, ...comments.read(text, offset)]
      .sort((a, b) => a.end - b.end)
      .flatMap((one) => {
        if (!("isComment" in one)) return locate(text, one);
        advance(text, one.end);
        comments.inLine(line);
        return [];
      });
    advance(text, offset + text.length);
    offset += text.length;
    if (other) {
      own.push(...found);
      others.push(...other.push(bytes));
    }
    return found;
  };

  return {
    path,
    get compressed() {
      return compressed;
    },
    push(bytes) {
      if (decode !== undefined) return read(bytes);
      first = Buffer.concat([first, bytes]);
      return first.length < LONGEST_MAGIC ? [] : begin();
    },
    // An unfinished character at the end is no part of a key.
    end() {
      const found = [
        ...(decode === undefined ? begin() : []),
        ...readers.flatMap((reader) => reader.end()).map((key) => locate("", key)),
      ];
      comments.end();
      if (other === undefined) return found;
      own.push(...found);
      const rest = [...others, ...other.end()];
      for (const { redacted } of own) {
        const at = rest.findIndex((finding) => finding.redacted === redacted);
        if (at >= 0) rest.splice(at, 1);
      }
      return [...found, ...rest];
    },
  };
}

// @ts-check
// Keys in one file or stream, with line and column, in bounded memory.
import { StringDecoder } from "node:string_decoder";
import { createScanner } from "keyward";

/** @typedef {{ path: string, line: number, column: number, kind: string, brand: string, environment: string, redacted: string, damaged: boolean }} Finding */

// As in git, a zero byte near the beginning means that it is not text.
const SNIFFED = 8000;

/**
 * @param {import("./names.mjs").Path} path for the findings only
 * @param {import("keyward").Pins | undefined} pins
 */
export function createSearch(path, pins) {
  const scanner = createScanner(pins);
  /** @type {StringDecoder | undefined} */
  let decoder;
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

  const located = (/** @type {string} */ text) => (/** @type {import("keyward").FoundKey} */ key) => {
    const { start, end, brand, kind, environment, redacted, damaged } = key;
    // A key holds no line break, so it is in the line in which it ends.
    advance(text, end);
    return { path, line, column: start - lineStart + 1, brand, kind, environment, redacted, damaged };
  };

  return {
    path,
    binary: false,
    /** @param {Buffer} bytes @returns {Finding[]} */
    push(bytes) {
      if (this.binary) return [];
      if (decoder === undefined) {
        // PowerShell writes UTF-16.
        const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
        this.binary = !wide && bytes.subarray(0, SNIFFED).includes(0);
        if (this.binary) return [];
        decoder = new StringDecoder(wide ? "utf16le" : "utf8");
      }
      const text = decoder.write(bytes);
      // A byte order mark is no column.
      if (offset === 0 && text.startsWith("\ufeff")) lineStart = 1;
      const found = scanner.push(text).map(located(text));
      advance(text, offset + text.length);
      offset += text.length;
      return found;
    },
    /** @returns {Finding[]} */
    end() {
      if (decoder === undefined) return [];
      // An unfinished character at the end is no part of a key.
      return scanner.end().map(located(""));
    },
  };
}

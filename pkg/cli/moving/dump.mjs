// @ts-check
// The rows of another system's dump, with the line at which each begins: a JSON array, one JSON object a line, or CSV with
// a header. Which it is, its first character says. No more of it is in memory than a few rows.
import { Readable } from "node:stream";

/** @typedef {{ line: number, row: Record<string, unknown> }} Row */
/** A row that cannot be read, and why: without any part of it. @typedef {{ line: number, problem: string }} Unreadable */
/** @typedef {AsyncIterable<string> | Iterable<string>} Texts */

/** The longest row, in characters: far more than a request may hold. */
const LONGEST = 4 << 20;

/** The dump is not what it should be from a line on, so that nothing behind it can be read. */
export class DumpError extends Error {}

/** @param {AsyncIterable<Uint8Array>} bytes @returns {AsyncGenerator<Row | Unreadable>} */
export async function* rowsOf(bytes) {
  const texts = decoded(bytes);
  let head = "";
  for (;;) {
    const { value, done } = await texts.next();
    head += value ?? "";
    // The whole header of CSV, since it says what separates the columns.
    if (done || /^\s*([[{]|\S.*\n)/.test(head) || head.length > LONGEST) break;
  }
  const all = startingWith(head, texts);
  const first = head.trimStart()[0];
  if (first === "[") yield* fromArray(all);
  else if (first === "{") yield* fromLines(all);
  else if (first !== undefined) yield* fromCsv(all, head);
}

/** The text of a file, in UTF-8, or in UTF-16 as PowerShell's `>` writes it. @param {AsyncIterable<Uint8Array>} bytes */
async function* decoded(bytes) {
  /** @type {TextDecoder | undefined} */
  let decoder;
  try {
    for await (const chunk of bytes) {
      decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? "utf-16le" : "utf-8", {
        fatal: true,
      });
      yield decoder.decode(chunk, { stream: true });
    }
    yield decoder?.decode() ?? "";
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw new DumpError("it is not text in UTF-8");
    throw error;
  }
}

/** @param {string} head @param {AsyncIterable<string>} rest */
async function* startingWith(head, rest) {
  yield head;
  yield* rest;
}

/** One object a line (NDJSON). @param {Texts} texts @returns {AsyncGenerator<Row | Unreadable>} */
async function* fromLines(texts) {
  let line = 0;
  for await (const text of linesOf(texts)) {
    line += 1;
    if (text.trim() === "") continue;
    const row = objectIn(text);
    if (row) yield { line, row };
    // A whole document over several lines, such as an answer of an API, begins so.
    else if (line === 1)
      throw new DumpError("its first line is not a whole JSON object: give one a line, or an array of them");
    else yield { line, problem: "is not a JSON object" };
  }
}

/** @param {Texts} texts */
async function* linesOf(texts) {
  let rest = "";
  for await (const text of texts) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) throw new DumpError("it has a line that is far too long");
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** @param {string} text @returns {Record<string, unknown> | undefined} */
function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The elements of a JSON array. @param {Texts} texts @returns {AsyncGenerator<Row | Unreadable>} */
async function* fromArray(texts) {
  const { JSONParser, TokenType } = await import("./parsers.mjs");
  const { LEFT_BRACE, LEFT_BRACKET, RIGHT_BRACE, RIGHT_BRACKET } = TokenType;
  const parser = new JSONParser({ paths: ["$.*"], keepStack: false });
  /** @type {(Row | Unreadable)[]} */
  let found = [];
  let [line, begins, depth] = [1, 1, 0];
  parser.onToken = ({ token }) => {
    if (token === RIGHT_BRACE || token === RIGHT_BRACKET) depth -= 1;
    else if (depth === 1) begins = line;
    if (token === LEFT_BRACE || token === LEFT_BRACKET) depth += 1;
  };
  parser.onValue = ({ value }) => {
    if (isObject(value)) found.push({ line: begins, row: value });
    else found.push({ line: begins, problem: "is not a JSON object" });
  };
  try {
    for await (const text of texts) {
      for (const [index, part] of text.split("\n").entries()) {
        line += index > 0 ? 1 : 0;
        if (parser.isEnded && part.trim() !== "") throw new SyntaxError();
        if (!parser.isEnded) parser.write(index > 0 ? `\n${part}` : part);
      }
      yield* found;
      found = [];
    }
    if (!parser.isEnded) parser.end();
    if (!parser.isEnded) throw new SyntaxError();
  } catch (error) {
    // The parser's own words repeat what is there.
    if (error instanceof DumpError || /** @type {NodeJS.ErrnoException} */ (error).code) throw error;
    yield* found;
    throw new DumpError(`line ${line} is not JSON, or the array does not end`);
  }
}

/** What separates the columns, as far as the header tells. @param {string} header */
const delimiterOf = (header) =>
  [",", "\t", ";"].find((delimiter) => header.split("\n", 1)[0].includes(delimiter)) ?? ",";

/** @param {Texts} texts @param {string} head @returns {AsyncGenerator<Row | Unreadable>} */
async function* fromCsv(texts, head) {
  const { parse } = await import("./parsers.mjs");
  /** @type {Unreadable[]} */
  let skipped = [];
  let broken = 0;
  const parser = parse({
    columns: true,
    delimiter: delimiterOf(head.trimStart()),
    info: true,
    raw: true,
    skip_empty_lines: true,
    max_record_size: LONGEST,
    skip_records_with_error: true,
    on_skip: (error) => {
      const line = Number(error?.lines ?? 0);
      if (error?.code === "CSV_RECORD_INCONSISTENT_COLUMNS")
        skipped.push({ line, problem: "has more or fewer columns than the header" });
      else broken ||= line;
    },
  });
  const source = Readable.from(texts);
  source.on("error", (error) => parser.destroy(error));
  for await (const { record, info, raw } of source.pipe(parser)) {
    yield* skipped;
    skipped = [];
    // A quote that is not closed takes in what follows, so what is behind it is no row. The parser is ahead of this loop.
    if (broken && info.lines >= broken) break;
    yield { line: info.lines - raw.trim().split("\n").length + 1, row: record };
  }
  yield* skipped;
  if (broken)
    throw new DumpError(`a quote in or before line ${broken} is not closed, or does not belong there`);
}

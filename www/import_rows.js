// Reads a file of rows to import, piece by piece, so that its size doesn’t matter: NDJSON, or one JSON array. What is in a
// row the server judges: here it only has to be an object, and its text is passed on as it is.
import { Problem } from "./problem.js";

/** As much as is sent at once: the API takes 1,000 rows, and 2 MiB. */
const ROWS = 1_000;
const BYTES = 1_048_576;

/** @typedef {{ number: number, text: string, isKey: boolean }} Row */
/** @typedef {{ row: number, code: string, detail: string }} Failure */
/** @typedef {{ rows: Row[], failures: Failure[], bytes: number, isLines: boolean }} Batch `bytes` of the file have been read with it; rows are numbered by lines, or by places in an array */

/** @param {string} detail */
const unusable = (detail) =>
  new Problem({ code: "page.bad_file", title: "This file can’t be imported.", detail });
const NEITHER =
  "It’s neither NDJSON, with a row as a JSON object on each line, nor one JSON array of such rows.";
const CUT = "Its JSON array has no end. The file may not be complete.";

/** A file’s text in pieces, and how much of it has been read. @param {Blob} file @returns {AsyncGenerator<{ text: string, bytes: number }>} */
async function* pieces(file) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = file.stream().getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      bytes += value?.byteLength ?? 0;
      yield { text: done ? decoder.decode() : decoder.decode(value, { stream: true }), bytes };
      if (done) return;
    }
  } catch (thrown) {
    if (thrown instanceof TypeError) throw unusable("It isn’t text in UTF-8.");
    // What the browser says of a file that it may no longer read.
    if (thrown instanceof DOMException)
      throw unusable("It can’t be read any more. It may have been changed since. Choose it again.");
    throw thrown;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** A row that is not yet whole. Of one that is too large no more is kept than shows it, so that a file of any size can be read. */
class Rest {
  #text = "";

  /** The row with this at its end. @param {string} more */
  and(more) {
    if (this.#text.length > BYTES) return this.#text;
    return this.#text ? this.#text + more : more.trimStart();
  }

  /** @param {string} text */
  is(text) {
    this.#text = text;
  }
}

/** Splits NDJSON at the ends of lines. */
class Lines {
  #rest = new Rest();
  #number;

  /** @param {number} before how many lines were there before */
  constructor(before) {
    this.#number = before;
  }

  /** @param {string} text */
  *take(text) {
    const lines = text.split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      yield { number: ++this.#number, text: this.#rest.and(line) };
      this.#rest.is("");
    }
    this.#rest.is(this.#rest.and(last));
  }

  *end() {
    yield { number: ++this.#number, text: this.#rest.and("") };
  }
}

/** Splits a JSON array at the commas between its elements. What is between them is not looked at. */
class Elements {
  /** What of an element came with earlier pieces. */
  #rest = new Rest();
  #number = 0;
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #isOver = false;

  /** @param {string} text */
  *take(text) {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (character === "\\") this.#isEscaped = true;
        else if (character === '"') this.#isString = false;
        continue;
      }
      if (this.#isOver) {
        if (character?.trim()) throw unusable("Something follows its JSON array.");
        from = at + 1;
      } else if (character === '"') this.#isString = true;
      else if (character === "[" || character === "{") {
        this.#depth += 1;
        if (this.#depth === 1) from = at + 1;
      } else if (character === "]" || character === "}") {
        this.#depth -= 1;
        this.#isOver = this.#depth === 0;
      }
      if (this.#isOver ? from <= at : character === "," && this.#depth === 1) {
        const element = this.#rest.and(text.slice(from, at));
        this.#rest.is("");
        from = at + 1;
        // An array with nothing in it has no element.
        if (this.#number > 0 || !this.#isOver || element.trim())
          yield { number: ++this.#number, text: element };
      }
    }
    this.#rest.is(this.#rest.and(text.slice(from)));
  }

  *end() {
    if (!this.#isOver) throw unusable(CUT);
    yield* [];
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Blob} file */
async function* rowsOf(file) {
  /** @type {Lines | Elements | null} */
  let splitter = null;
  let before = 0;
  let read = 0;
  let isFirst = true;
  for await (const { text, bytes } of pieces(file)) {
    read = bytes;
    if (!splitter && !text.trim()) {
      before += text.split("\n").length - 1;
      continue;
    }
    splitter ??= text.trimStart().startsWith("[") ? new Elements() : new Lines(before);
    yield* split(splitter.take(text));
  }
  if (!splitter) throw unusable("It’s empty.");
  yield* split(splitter.end());

  /** @param {Iterable<{ number: number, text: string }>} found */
  function* split(found) {
    for (const { number, text } of found) {
      if (splitter instanceof Lines && !text.trim()) continue;
      const value = parsed(text);
      const isNone = value === undefined && text.length <= BYTES;
      if (isFirst && splitter instanceof Lines && isNone) throw unusable(NEITHER);
      isFirst = false;
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      yield { number, text, value: isObject ? value : null, read, isLines: splitter instanceof Lines };
    }
  }
}

const ENCODER = new TextEncoder();

/** The rows of a file, as many at once as the API takes. @param {Blob} file @returns {AsyncGenerator<Batch>} */
export async function* batchesOf(file) {
  /** @type {Batch} */
  let batch = { rows: [], failures: [], bytes: 0, isLines: false };
  let size = 0;
  for await (const { number, text, value, read, isLines } of rowsOf(file)) {
    // White space between values may be the end of a line, which a row has only one of.
    const line = text.trim().replace(/[\r\n]+/g, " ");
    const bytes = ENCODER.encode(line).length + 1;
    if (batch.rows.length === ROWS || batch.failures.length === ROWS || size + bytes > BYTES) {
      if (batch.rows.length + batch.failures.length > 0) yield batch;
      [batch, size] = [{ rows: [], failures: [], bytes: 0, isLines }, 0];
    }
    Object.assign(batch, { bytes: read, isLines });
    if (bytes > BYTES)
      batch.failures.push({ row: number, code: "page.row_too_large", detail: "This is larger than 1 MiB." });
    else if (!value)
      batch.failures.push({ row: number, code: "page.not_an_object", detail: "This isn’t a JSON object." });
    else {
      batch.rows.push({ number, text: line, isKey: (value.kind ?? "key") === "key" });
      size += bytes;
    }
  }
  if (batch.rows.length + batch.failures.length > 0) yield batch;
}

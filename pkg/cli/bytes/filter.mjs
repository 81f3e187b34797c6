// @ts-check
// Text without keys, in whatever writing; what is not a key stays as it was.
import { createReader } from "./reader.mjs";
import { mayHaveSpot } from "./spots.mjs";
import { withoutZeros } from "./zeros.mjs";

/** Redacts text that comes in pieces, one character for each byte. @param {import("keyward").Pins | undefined} pins */
export function createFilter(pins) {
  const reader = createReader(pins);
  /** @type {import("./cells.mjs").Edit[]} */
  let edits = [];
  // Up to where the text is put out.
  let done = 0;
  /** @param {import("./cells.mjs").Key[]} keys @param {boolean} last */
  const putOut = (keys, last) => {
    edits = [...edits, ...keys.flatMap((key) => key.edits)].sort(
      (a, b) => a.start - b.start || a.end - b.end,
    );
    const { text, offset, decided } = reader.kept();
    const until = last ? offset + text.length : decided;
    let out = "";
    for (const edit of edits.filter(({ start }) => start < until)) {
      // Keys may overlap, and the beginning of a prefix may be out already.
      if (edit.end <= done) continue;
      const before = text.slice(done - offset, Math.max(done, edit.start) - offset);
      out +=
        edit.start < done && edit.isPrefix
          ? text.slice(done - offset, edit.end - offset)
          : before + edit.text;
      done = edit.end;
    }
    edits = edits.filter(({ start }) => start >= until);
    out += text.slice(done - offset, Math.max(done, until) - offset);
    done = Math.max(done, until);
    return out;
  };
  return {
    push: (/** @type {string} */ piece) => putOut(reader.push(piece), false),
    end: (piece = "") => putOut(reader.end(piece), true),
  };
}

/** A whole text without keys. @param {string} text one character for each byte, or for each UTF-16 unit */
export const redacted = (text) =>
  mayHaveSpot(withoutZeros(text)) ? createFilter(undefined).end(text) : text;

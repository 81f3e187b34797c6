// @ts-check
// Keys in text that comes in pieces, also where their underscores are escaped or zero bytes stand between their
// characters, as UTF-16 and UTF-32 have them. Offsets are those of the text as it came.
import { createScanner } from "keyward";

/** @typedef {import("keyward").FoundKey} FoundKey */
/** With the key's text, without escapes. @typedef {FoundKey & { token: string }} ReadKey */

/**
 * What stands for an underscore: in addresses (encoded more than once, too), JSON and its kin, markup, quoted-printable
 * and Markdown; and zero bytes.
 */
const WRITTEN = /%(?:25)*5[fF]|\\{1,8}(?:u005[fF]|x5[fF]|_)|&#(?:0*95|[xX]0*5[fF]);|=5F|\0+/g;
/** What may go on as one of these. */
const UNFINISHED = /(?:[%&=][0-9A-Za-z#]{0,12}|\\{1,8}[ux]?[0-9]{0,3}|\0{1,3})$/;
/** UTF-32 has three zero bytes between characters; more of them part what stands around them. */
const ZEROS = 3;
/** What may be the beginning of a key has no other characters, and a key at most 80. */
const OPEN = /[0-9A-Za-z_]{1,79}$/;

/** @param {import("keyward").Pins | undefined} pins */
export function createReader(pins) {
  const scanner = createScanner(pins);
  let carried = "";
  // Lengths of what was read, as it is written and as it is scanned.
  let written = 0;
  let scanned = 0;
  let tail = "";
  /** From which scanned offset on the written one is how much larger. @type {{ from: number, by: number }[]} */
  let shifts = [{ from: 0, by: 0 }];

  /** @param {number} offset */
  const before = (offset) => {
    let [low, high] = [0, shifts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (shifts[middle].from <= offset) low = middle;
      else high = middle;
    }
    return offset + shifts[low].by;
  };
  /** @param {string} text that ends where the scanned text does @returns {(key: FoundKey) => ReadKey} */
  const place = (text) => (key) => ({
    ...key,
    token: text.slice(text.length - scanned + key.start, text.length - scanned + key.end),
    start: before(key.start),
    end: before(key.end - 1) + 1,
  });

  /** @param {string} text */
  const take = (text) => {
    const start = written;
    let removed = written - scanned;
    const plain = text.replace(WRITTEN, (found, at) => {
      const kept = found[0] !== "\0" ? "_" : found.length > ZEROS ? found : "";
      // The next character is the first behind it.
      const next = start + at - removed + kept.length;
      removed += found.length - kept.length;
      shifts.push({ from: next, by: removed });
      return kept;
    });
    written += text.length;
    scanned += plain.length;
    const known = tail + plain;
    tail = known.slice(-79);
    const found = scanner.push(plain).map(place(known));
    const open = shifts.findLastIndex(({ from }) => from <= scanned - 80);
    if (open > 0) shifts = shifts.slice(open);
    return found;
  };

  return {
    /** The keys that are decided by this piece. @param {string} piece */
    push(piece) {
      const text = carried + piece;
      carried = text.match(UNFINISHED)?.[0] ?? "";
      return take(text.slice(0, text.length - carried.length));
    },
    end() {
      const rest = carried;
      carried = "";
      return [...take(rest), ...scanner.end().map(place(tail))];
    },
    /** Up to where the text is decided. */
    decided: () => before(scanned - (tail.match(OPEN)?.[0].length ?? 0)),
  };
}

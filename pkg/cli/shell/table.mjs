// @ts-check
// What is listed, in columns that are as wide as the terminal allows.
import stringWidth from "string-width";
import { bold, dim } from "../terminal/color.mjs";
import { escaped } from "../terminal/names.mjs";

const GAP = "  ";
/** A column is not cut to less than this: an instant, and the redacted form of a key, are of no use without their ends. */
const LEAST = 19;
/** What is left out first where it is narrow, and comes with --json or elsewhere than on a terminal. */
const SPARE = ["CREATED", "SCOPES", "KEY", "LAST USED"];
/** Of a terminal that does not say how wide it is. */
const USUAL = 80;

/** @type {Intl.Segmenter | undefined} */
let segmenter;

/** @param {string} text @param {number} width */
function cut(text, width) {
  if (stringWidth(text) <= width) return text;
  segmenter ??= new Intl.Segmenter();
  let left = "";
  for (const { segment } of segmenter.segment(text)) {
    if (stringWidth(left + segment) > width - 1) break;
    left += segment;
  }
  return `${left}…`;
}

/** @param {string} text @param {number} width */
const padded = (text, width) => text + " ".repeat(Math.max(0, width - stringWidth(text)));

/** Which columns there is room for. @param {string[]} head @param {number[]} wanted @param {number} room */
function roomFor(head, wanted, room) {
  const left = new Set(head.keys());
  const isTooWide = () =>
    [...left].reduce(
      (all, at) => all + GAP.length + (at === 0 ? wanted[at] : Math.min(wanted[at], LEAST)),
      0,
    ) >
    room + GAP.length;
  for (const name of SPARE) if (isTooWide()) left.delete(head.indexOf(name));
  return [...left];
}

/** Widths that fit, the widest columns being cut first; the ids of the first are needed whole. @param {number[]} wanted @param {number} room */
function fitting(wanted, room) {
  const [id, ...widths] = wanted;
  const sum = () => widths.reduce((all, width) => all + GAP.length + width, id);
  while (sum() > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widest < 0 || widths[widest] <= LEAST) break;
    widths[widest] -= 1;
  }
  return [id, ...widths];
}

/**
 * A table as text. To a terminal no line is longer than it is wide; what goes elsewhere is not cut.
 * @param {string[]} head @param {string[][]} rows @param {number | undefined} [room]
 */
export function table(head, rows, room = process.stdout.isTTY ? process.stdout.columns || USUAL : undefined) {
  const cells = rows.map((row) => row.map(escaped));
  const wanted = head.map((name, at) =>
    cells.reduce((most, row) => Math.max(most, stringWidth(row[at])), stringWidth(name)),
  );
  const shown = room ? roomFor(head, wanted, room) : [...head.keys()];
  const known = shown.map((at) => wanted[at]);
  const widths = room ? fitting(known, room) : known;
  /** @param {string[]} row */
  const line = (row) => {
    const text = shown.map((at, to) => padded(cut(row[at], widths[to]), widths[to])).join(GAP);
    return room ? cut(text.trimEnd(), room) : text.trimEnd();
  };
  return `${[bold(line(head)), ...cells.map(line)].join("\n")}\n`;
}

/** What is known of one thing, without what is not. @param {[string, string | null | undefined][]} facts */
export function sheet(facts) {
  const known = facts.filter(([, value]) => value);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${dim(name.padEnd(width))}${GAP}${escaped(value ?? "")}\n`).join("");
}

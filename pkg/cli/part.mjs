// @ts-check
// A part of a long file, so that several threads read it at once. It is looked at in blocks, each of which answers for the
// lines that begin in it, and only where the glance says "perhaps" are they searched.
import { readSync } from "node:fs";
import { mayHoldKey, REACH } from "./glance.mjs";
import { countLines } from "./lines.mjs";
import { createSearch } from "./search.mjs";

/** @typedef {import("./search.mjs").Finding} Finding */
/**
 * From a byte to another one; `count`: only its lines are wanted.
 * @typedef {{ number: number, path: import("./names.mjs").Path, size: number, from: number, to: number, count?: boolean }} Part
 */
/**
 * Lines are those of the part, from 1 on; `lines` is how many end in it, where that was counted. `odd`: a line is so long
 * that the file has to be searched from its beginning to its end.
 * @typedef {{ findings: Finding[], lines?: number, odd: boolean }} Result
 */

const BLOCK = 256 << 10;
/** Up to where lines at a block's ends may reach. */
const MARGIN = 64 << 10;

const buffer = Buffer.allocUnsafe(BLOCK + 2 * MARGIN);
const uncounted = Buffer.allocUnsafe(BLOCK);

/** @param {number} file @param {Part} part @param {import("keyward").Pins | undefined} pins @returns {Result} */
export function readPart(file, { path, size, from, to, count }, pins) {
  if (count) return { findings: [], lines: linesIn(file, from, to), odd: false };
  /** @type {Finding[]} */
  const findings = [];
  // The lines that end between the part's beginning and `counted`.
  let lines = 0;
  let counted = from;
  for (let start = from; start < to; start += BLOCK) {
    const block = readBlock(file, start, Math.min(to, start + BLOCK), size);
    if (block === undefined) continue;
    if (block === "odd") return { findings: [], odd: true };
    lines += linesIn(file, counted, start);
    counted = start;
    const { bytes, first, end } = block;
    // Only at the file's beginning there is a byte order mark.
    const search = createSearch(path, pins, !block.isFirst);
    const before = lines - block.before;
    for (const finding of [...search.push(bytes), ...search.end()])
      if (finding.line >= first && finding.line < end)
        findings.push({ ...finding, line: before + finding.line });
  }
  return {
    findings,
    lines: findings.length > 0 ? lines + linesIn(file, counted, to) : undefined,
    odd: false,
  };
}

/**
 * What is to be searched of a block: whole lines, of which those from `first` to before `end` begin in the block, and
 * `before` end before it.
 * @param {number} file @param {number} from @param {number} to @param {number} size
 */
function readBlock(file, from, to, size) {
  const start = Math.max(0, from - MARGIN);
  const read = fill(file, buffer, start, Math.min(size, to + MARGIN));
  const bytes = buffer.subarray(0, read);
  const atEnd = start + read >= size;
  const [block, behind] = [from - start, to - start];
  // Where the first line begins, the first one in the block, and the first one behind it; 0 if nowhere, or at the beginning.
  const lineFrom = (/** @type {number} */ at) => (at === 0 ? 0 : bytes.indexOf(10, at - 1) + 1);
  const outer = lineFrom(Math.min(start, 1));
  const own = lineFrom(block);
  const next = lineFrom(behind) || (atEnd ? read : 0);
  if (!mayHoldKey(bytes, Math.max(0, block - REACH), next === 0 ? read : Math.min(read, next + REACH)))
    return undefined;
  // Otherwise the block before this one has not seen the end of its last line.
  const begun = block === 0 || (own > 0 ? own - block <= MARGIN - REACH : atEnd && read - block <= MARGIN);
  const seen = start === 0 || (outer > 0 && outer <= block - REACH);
  if (!begun || !seen || next === 0 || !(atEnd || next + REACH <= read)) return "odd";
  if (own >= behind || (own === 0 && block > 0)) return undefined;
  return {
    bytes: bytes.subarray(outer),
    isFirst: start === 0,
    before: countLines(bytes, outer, block),
    first: 1 + countLines(bytes, outer, own),
    end: next === read && atEnd ? Infinity : 1 + countLines(bytes, outer, next),
  };
}

/** @param {number} file @param {number} from @param {number} to */
function linesIn(file, from, to) {
  let lines = 0;
  for (let at = from; at < to; at += uncounted.length) {
    const read = fill(file, uncounted, at, Math.min(to, at + uncounted.length));
    lines += countLines(uncounted, 0, read);
  }
  return lines;
}

/** Less than wanted is read only where the file has become shorter. @param {number} file @param {Buffer} buffer @param {number} from @param {number} to */
function fill(file, buffer, from, to) {
  let read = 0;
  for (let more = 1; more > 0 && read < to - from; read += more)
    more = readSync(file, buffer, read, to - from - read, from + read);
  return read;
}

// @ts-check
// A part of a long file, so that several threads read it at once. It is looked at in blocks, each of which answers for the
// lines that begin in it, and only where the glance says "perhaps" are they searched.
import { readSync } from "node:fs";
import { finder } from "../bytes/finder.mjs";
import { mayHoldKey, REACH } from "../bytes/glance.mjs";
import { createSearch } from "../bytes/search.mjs";

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** From a byte to another one. @typedef {{ number: number, path: import("../terminal/names.mjs").Path, size: number, from: number, to: number }} Part */
/**
 * Lines are those of the part, from 1 on; `lines` is how many end in it. `odd`: a line is so long that the file has to be
 * searched from its beginning to its end.
 * @typedef {{ findings: Finding[], lines: number, odd: boolean }} Result
 */

const BLOCK = 256 << 10;
/** Up to where lines at a block's ends may reach. */
const MARGIN = 64 << 10;

/** @param {number} file @param {Part} part @param {import("keyward").Pins | undefined} pins @returns {Result} */
export function readPart(file, { path, size, from, to }, pins) {
  /** @type {Finding[]} */
  const findings = [];
  let lines = 0;
  for (let start = from; start < to; start += BLOCK) {
    const end = Math.min(to, start + BLOCK);
    const before = lines;
    const glance = glanceAt(file, start, end, size);
    lines += glance.lines;
    if (!glance.mayHoldKey) continue;
    const block = readBlock(file, start, end, size);
    if (block === undefined) continue;
    if (block === "odd") return { findings: [], lines, odd: true };
    // Only at the file's beginning there is a byte order mark.
    const search = createSearch(path, pins, !block.isFirst);
    for (const finding of search.end(block.bytes))
      if (finding.line >= block.first && finding.line < block.end)
        findings.push({ ...finding, line: before - block.before + finding.line });
  }
  return { findings, lines, odd: false };
}

/**
 * Whether a key may begin in the lines that begin in a block, for which less has to be read than to search them; and how
 * many lines end in it.
 * @param {number} file @param {number} from @param {number} to @param {number} size
 */
function glanceAt(file, from, to, size) {
  const { files, lines } = finder();
  const start = Math.max(0, from - REACH);
  const read = fill(file, files, start, Math.min(size, to + 2 * REACH));
  const next = files.subarray(0, read).indexOf(10, to - start - 1) + 1;
  const isNear = next > 0 ? next + REACH <= read : false;
  const atEnd = start + read >= size;
  const isEnough = isNear || atEnd;
  return {
    lines: lines(files, from - start, Math.min(read, to - start)),
    mayHoldKey: !isEnough || mayHoldKey(files, 0, isNear ? next + REACH : read),
  };
}

/**
 * What is to be searched of a block: whole lines, of which those from `first` to before `end` begin in the block, and
 * `before` end before it.
 * @param {number} file @param {number} from @param {number} to @param {number} size
 */
function readBlock(file, from, to, size) {
  const start = Math.max(0, from - MARGIN);
  const { files, lines } = finder();
  const read = fill(file, files, start, Math.min(size, to + MARGIN));
  const bytes = files.subarray(0, read);
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
    before: lines(bytes, outer, block),
    first: 1 + lines(bytes, outer, own),
    end: next === read && atEnd ? Infinity : 1 + lines(bytes, outer, next),
  };
}

/** Less than wanted is read only where the file has become shorter. @param {number} file @param {Buffer} buffer @param {number} from @param {number} to */
function fill(file, buffer, from, to) {
  let read = 0;
  for (let more = 1; more > 0 && read < to - from; read += more)
    more = readSync(file, buffer, read, to - from - read, from + read);
  return read;
}

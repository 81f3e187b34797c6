// @ts-check
// What a thread does: reads files, or a part of a long one, and searches what the glance does not rule out.
import { readSync } from "node:fs";
import { finder } from "../bytes/finder.mjs";
import { isPlain, mayHoldKey } from "../bytes/glance.mjs";
import { createSearch } from "../bytes/search.mjs";
import { COMPRESSED, ELSEWHERE, reasonOf } from "../terminal/reasons.mjs";
import { pointer } from "./lfs.mjs";
import { readPart } from "./part.mjs";
import { opened, sizeOf } from "./regular.mjs";

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {{ pins: import("keyward").Pins | undefined, binary: boolean }} Options */

/**
 * Some files, numbered in the order in which they are reported. `paths`: with a zero byte, which is in no path, between
 * them: one text goes to another thread in a fraction of the time of many.
 * @typedef {{ first: number, count: number, paths: string }} Files
 */
/** A long file that could not be searched in parts, and was counted as those were read. @typedef {{ number: number, path: Path, again: true }} Again */
/** @typedef {Files | Again | import("./part.mjs").Part} Task */
/**
 * What has come of it; files are named by their numbers. `long`: what is left to be read in parts.
 * @typedef {{ found: [number, Finding[]][], unread: [number, string][], files: number, bytes: number,
 *   long: { number: number, path: Path, size: number }[], part?: import("./part.mjs").Result }} Outcome
 */

/** Between paths. */
export const BETWEEN = "\0";

/** @returns {Outcome} */
export const nothing = () => ({ found: [], unread: [], files: 0, bytes: 0, long: [] });

/** @param {Task} task @param {Options} options @returns {Outcome} */
export function perform(task, options) {
  const outcome = nothing();
  if ("paths" in task)
    task.paths.split(BETWEEN).forEach((path, index) => {
      const number = task.first + index;
      reading(path, number, outcome, (file) => readFile(file, path, number, outcome, options));
    });
  else if ("again" in task) {
    reading(task.path, task.number, outcome, (file) => {
      sizeOf(file);
      search(file, finder().files.subarray(0, 0), false, task.path, task.number, outcome, options);
    });
    Object.assign(outcome, { files: 0, bytes: 0 });
  } else
    reading(task.path, task.number, outcome, (file) => {
      sizeOf(file);
      outcome.part = readPart(file, task, options.pins);
      outcome.bytes += task.to - task.from;
      outcome.files += task.from === 0 ? 1 : 0;
    });
  return outcome;
}

/** @param {Path} path @param {number} number @param {Outcome} outcome @param {(file: number) => void} read */
function reading(path, number, outcome, read) {
  try {
    opened(path, read);
  } catch (problem) {
    outcome.unread.push([number, reasonOf(problem)]);
  }
}

/** @param {number} file @param {Path} path @param {number} number @param {Outcome} outcome @param {Options} options */
function readFile(file, path, number, outcome, options) {
  // A longer one is read in parts.
  const { files: buffer } = finder();
  let read = 0;
  // No size is asked for, which takes longer than to read: some files tell none, such as those of /proc.
  for (let more = 1; more > 0 && read < buffer.length; read += more)
    more = readSync(file, buffer, read, buffer.length - read, null);
  const whole = read < buffer.length;
  // What is no file gives nothing, or never ends.
  const size = read === 0 || !whole ? sizeOf(file) : read;
  if (pointer(buffer, read)) outcome.unread.push([number, ELSEWHERE]);
  // Bytes of another file may be behind those of this one: then it is searched, if for nothing.
  const plain = isPlain(path, buffer);
  if (plain && whole && !mayHoldKey(buffer, 0, read)) done(outcome, read);
  else if (plain && !whole && size > read) outcome.long.push({ number, path, size });
  else search(file, buffer.subarray(0, read), whole, path, number, outcome, options);
}

/** @param {Outcome} outcome @param {number} bytes */
function done(outcome, bytes) {
  outcome.files += 1;
  outcome.bytes += bytes;
}

/** @param {number} file @param {Buffer} start @param {boolean} whole whether that is all @param {Path} path @param {number} number @param {Outcome} outcome @param {Options} options */
function search(file, start, whole, path, number, outcome, { pins, binary }) {
  const { files: buffer } = finder();
  const search = createSearch(path, pins);
  const found = whole ? search.end(start) : search.push(start);
  let size = start.length;
  for (let more = !whole; more; ) {
    const read = readSync(file, buffer);
    more = read > 0;
    size += read;
    const bytes = buffer.subarray(0, read);
    for (const finding of more ? search.push(bytes) : search.end()) found.push(finding);
  }
  if (found.length > 0) outcome.found.push([number, found]);
  if (!search.compressed || binary) return done(outcome, size);
  outcome.unread.push([number, COMPRESSED]);
  outcome.bytes += size;
}

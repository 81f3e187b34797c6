// @ts-check
// Reads and searches files, on several threads where it pays. What is told does not depend on how many there are.

import { LOST, reasonOf } from "../terminal/reasons.mjs";
import { readLong } from "./long.mjs";
import { createPool } from "./pool.mjs";
import { add, unread } from "./summary.mjs";
import { BETWEEN } from "./task.mjs";

/** @typedef {import("./files.mjs").File} File */
/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("./task.mjs").Task} Task */
/** @typedef {import("./task.mjs").Files} Files */
/** @typedef {import("./task.mjs").Outcome} Outcome */
/** @typedef {import("./summary.mjs").Summary} Summary */
/** @typedef {import("./summary.mjs").Progress} Progress */
/** What has come of a file. @typedef {{ findings: import("../bytes/search.mjs").Finding[], reason?: string }} Told */

/** So many files a thread takes at once. */
const SOME = 64;
/** So many tasks the threads are told of at once. */
const TASKS = 8;
/** From so many files on other threads are worth their start. */
const MANY = 1000;
/** So many files are listed before all of them are read: it bounds what has to be remembered. */
const ROUND = 50_000;

/**
 * @param {Iterable<File>} files
 * @param {Summary} summary what comes of them is added to it, in their order
 * @param {import("./task.mjs").Options} options
 * @param {Progress} progress
 * @param {Parameters<typeof createPool>[1]} [how]
 */
export async function readAll(files, summary, options, progress, how) {
  const pool = createPool(options, how);
  try {
    let round = createRound(summary, pool, progress);
    for (const file of files) {
      const count = round.add(file);
      if (count === MANY) pool.start();
      if (count < ROUND) continue;
      await round.end();
      round = createRound(summary, pool, progress);
    }
    await round.end();
  } finally {
    pool.end();
  }
}

/** Files that are read while more of them are listed. @param {Summary} summary @param {ReturnType<typeof createPool>} pool @param {Progress} progress */
function createRound(summary, pool, progress) {
  /** @type {File[]} */
  const files = [];
  /** @type {Map<number, Told>} */
  const told = new Map();
  const of = (/** @type {number} */ number) => {
    const known = told.get(number) ?? { findings: [] };
    told.set(number, known);
    return known;
  };
  const before = summary.findings.length;
  const tell = (/** @type {Outcome} */ outcome) => {
    summary.files += outcome.files;
    summary.bytes += outcome.bytes;
    for (const [, findings] of outcome.found) add(summary.findings, findings);
    progress.tick();
  };
  /** @param {Task[]} tasks @param {(Outcome | undefined)[]} outcomes */
  const heed = (tasks, outcomes) => {
    outcomes.forEach((outcome, at) => {
      for (const [number, findings] of outcome?.found ?? []) of(number).findings = findings;
      for (const [number, reason] of outcome?.unread ?? []) of(number).reason = reason;
      for (const number of outcome ? [] : numbersOf(tasks[at])) of(number).reason = LOST;
    });
    return outcomes;
  };
  const run = async (/** @type {Task[]} */ tasks) => {
    const work = pool.begin(tell);
    work.add(tasks);
    return heed(tasks, await work.end());
  };

  const work = pool.begin(tell);
  /** @type {Files[]} */
  const tasks = [];
  /** The last of these, which no thread knows yet. @type {Files[]} */
  let own = [];
  /** Files of which no task is made yet: their numbers follow each other up to the last one's. @type {Path[]} */
  let paths = [];
  const make = (/** @type {number} */ next) => {
    if (paths.length === 0) return;
    const task = { first: next - paths.length, count: paths.length, paths: paths.join(BETWEEN) };
    own.push(task);
    tasks.push(task);
    paths = [];
    if (own.length === TASKS) share();
  };
  const share = () => {
    work.add(own);
    own = [];
  };

  return {
    /** @param {File} file @returns {number} how many there are */
    add(file) {
      const number = files.push(file) - 1;
      if ("problem" in file) {
        of(number).reason = reasonOf(file.problem);
        make(number);
      } else if (paths.push(file.path) === SOME) make(number + 1);
      return files.length;
    },

    async end() {
      make(files.length);
      share();
      const outcomes = heed(tasks, await work.end());
      const long = outcomes.flatMap((outcome) => outcome?.long ?? []);
      for (const [number, findings] of await readLong(long, pool, run)) of(number).findings = findings;

      // Until now they are in the order in which they came.
      summary.findings.length = before;
      for (const [number, { findings, reason }] of [...told].sort(([a], [b]) => a - b)) {
        add(summary.findings, findings);
        if (reason !== undefined) unread(files[number].path, reason, summary);
      }
    },
  };
}

/** @param {Task} task */
const numbersOf = (task) =>
  "paths" in task ? Array.from({ length: task.count }, (_, at) => task.first + at) : [task.number];

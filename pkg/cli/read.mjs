// @ts-check
// Reads and searches files, on several threads where it pays. What is told does not depend on how many there are.
import { readLong } from "./long.mjs";
import { createPool } from "./pool.mjs";
import { LOST, reasonOf } from "./reasons.mjs";

/** @typedef {import("./files.mjs").File} File */
/** @typedef {import("./task.mjs").Task} Task */
/** @typedef {import("./task.mjs").Files} Files */
/** @typedef {import("./task.mjs").Outcome} Outcome */
/** @typedef {import("./summary.mjs").Summary} Summary */
/** @typedef {import("./summary.mjs").Progress} Progress */
/** What has come of a file. @typedef {{ findings: import("./search.mjs").Finding[], reason?: string }} Told */

/** So many files a thread takes at once. */
const SOME = 64;
/** From so many files on other threads are worth their start. */
const MANY = 1000;
/** So many files are listed before they are read: it bounds what has to be remembered. */
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
    /** @type {File[]} */
    let round = [];
    for (const file of files) {
      round.push(file);
      if (round.length === MANY) pool.start();
      if (round.length < ROUND) continue;
      await readRound(round, summary, pool, progress);
      round = [];
    }
    await readRound(round, summary, pool, progress);
  } finally {
    pool.end();
  }
}

/** @param {File[]} files @param {Summary} summary @param {ReturnType<typeof createPool>} pool @param {Progress} progress */
async function readRound(files, summary, pool, progress) {
  /** @type {Map<number, Told>} */
  const told = new Map();
  const of = (/** @type {number} */ number) => {
    const known = told.get(number) ?? { findings: [] };
    told.set(number, known);
    return known;
  };
  files.forEach((file, number) => {
    if ("problem" in file) of(number).reason = reasonOf(file.problem);
  });
  const before = summary.findings.length;
  const tell = (/** @type {Outcome} */ outcome) => {
    summary.files += outcome.files;
    summary.bytes += outcome.bytes;
    for (const [, findings] of outcome.found) add(summary.findings, findings);
    progress.tick();
  };
  const run = async (/** @type {Task[]} */ tasks) => {
    const outcomes = await pool.run(tasks, tell);
    outcomes.forEach((outcome, at) => {
      for (const [number, findings] of outcome?.found ?? []) of(number).findings = findings;
      for (const [number, reason] of outcome?.unread ?? []) of(number).reason = reason;
      for (const number of outcome ? [] : numbersOf(tasks[at])) of(number).reason = LOST;
    });
    return outcomes;
  };

  const outcomes = await run(batches(files));
  const long = outcomes.flatMap((outcome) => outcome?.long ?? []);
  for (const [number, findings] of await readLong(long, pool, run)) of(number).findings = findings;

  // Until now they are in the order in which they came.
  summary.findings.length = before;
  for (const [number, { findings, reason }] of [...told].sort(([a], [b]) => a - b)) {
    add(summary.findings, findings);
    if (reason !== undefined) summary.unread.push({ path: files[number].path, reason });
  }
}

/** @param {File[]} files */
function batches(files) {
  /** @type {Files[]} */
  const tasks = [];
  /** @type {Files | undefined} */
  let open;
  files.forEach((file, number) => {
    if ("problem" in file) open = undefined;
    else if (open !== undefined && open.paths.length < SOME) open.paths.push(file.path);
    else {
      open = { first: number, paths: [file.path] };
      tasks.push(open);
    }
  });
  return tasks;
}

/** @param {Task} task */
const numbersOf = (task) => ("paths" in task ? task.paths.map((_, at) => task.first + at) : [task.number]);

/** There may be more of them than a call takes arguments. @template T @param {T[]} all @param {T[]} more */
function add(all, more) {
  for (const one of more) all.push(one);
}

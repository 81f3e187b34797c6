// @ts-check
// What a scan has read and found so far.

import { COMPRESSED, ELSEWHERE, reasonOf } from "../terminal/reasons.mjs";
import { pointer } from "./lfs.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** What could not be read, and why, for people. @typedef {{ path: Path, reason: string }} Unread */
/**
 * `told`: what `unread` holds, so that nothing is in it twice; `commits`: how many, if their history is scanned.
 * @typedef {{ findings: Finding[], files: number, bytes: number, unread: Unread[], told: Set<string>, binary: boolean, commits?: number }} Summary
 */
/** @typedef {{ tick(): void }} Progress */

/** @param {boolean} binary @returns {Summary} */
export const createSummary = (binary) => ({
  findings: [],
  files: 0,
  bytes: 0,
  unread: [],
  told: new Set(),
  binary,
});

/** Whether a key is one that nobody has allowed. @param {Finding} finding */
export const isNew = ({ allowed }) => allowed === null;

/** @param {Path} path @param {unknown} problem @param {Summary} summary */
export function unread(path, problem, summary) {
  const reason = reasonOf(problem);
  const key = `${path}\0${reason}`;
  if (!summary.told.has(key)) summary.unread.push({ path, reason });
  summary.told.add(key);
}

/** There may be more of them than a call takes arguments. @template T @param {T[]} all @param {T[]} more */
export function add(all, more) {
  for (const one of more) all.push(one);
}

/** @param {import("../bytes/search.mjs").Search} search @param {Buffer} bytes @param {Summary} summary @param {Progress} progress */
export function take(search, bytes, summary, progress) {
  if (bytes.length === 0) return;
  if (pointer(bytes)) unread(search.path, ELSEWHERE, summary);
  add(summary.findings, search.push(bytes));
  summary.bytes += bytes.length;
  progress.tick();
}

/** @param {import("../bytes/search.mjs").Search} search @param {Summary} summary */
export function finish(search, summary) {
  add(summary.findings, search.end());
  if (search.compressed && !summary.binary) unread(search.path, COMPRESSED, summary);
  else summary.files += 1;
}

// @ts-check
// Scans what git holds: what is staged, and what was ever committed.
import { resolve } from "node:path";
import { createSearch } from "../bytes/search.mjs";
import { ofFile } from "../terminal/names.mjs";
import { plural } from "../terminal/progress.mjs";
import { isNamed } from "./files.mjs";
import { GitError, objects } from "./git.mjs";
import { history, signatures } from "./history.mjs";
import { content, pointer } from "./lfs.mjs";
import { staged } from "./repository.mjs";
import { finish, take, unread } from "./summary.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("./repository.mjs").Wanted} Wanted */
/** @typedef {import("./summary.mjs").Summary} Summary */
/** @typedef {import("./summary.mjs").Progress} Progress */
/** @typedef {import("keyward").Pins | undefined} Pins */
/** @typedef {import("ignore").Ignore} Patterns */

const NOT_HERE = "not here (a partial clone); `git fetch --refetch --no-filter` brings the rest";
const SHALLOW = "the history is shallow: earlier commits are not here; `git fetch --unshallow` brings them";

/** @param {Path[]} paths @param {Path} top @param {Patterns} excluded @param {Summary} summary @param {Pins} pins @param {Progress} progress */
export async function scanStaged(paths, top, excluded, summary, pins, progress) {
  await asking(summary, async () => {
    const { wanted, conflicts, missing } = staged(paths, top);
    const chosen = wanted.filter(({ path }) => !isNamed(excluded, path));
    await scanObjects(chosen, summary, pins, progress);
    for (const path of conflicts)
      unread(ofFile(path), "it is in conflict, so it cannot be committed yet", summary);
    for (const path of missing) unread(ofFile(path), { code: "ENOENT" }, summary);
  });
}

/** Where git stops answering, the rest is not searched. @param {Summary} summary @param {() => Promise<void>} ask */
async function asking(summary, ask) {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    unread(".git", error.message, summary);
  }
}

/**
 * @param {Path[]} paths
 * @param {import("./repository.mjs").Repository} repo
 * @param {{ excluded: Patterns, isAllowed: (path: Path) => boolean }} patterns
 * @param {Summary} summary
 * @param {Pins} pins
 * @param {Progress} progress
 */
export async function scanHistory(paths, { top, isShallow }, patterns, summary, pins, progress) {
  const { excluded, isAllowed } = patterns;
  const { wanted, choice } = history(paths, top, (path) =>
    isNamed(excluded, path) ? "" : isAllowed(resolve(top, path)) ? "allowed" : "plain",
  );
  summary.commits = 0;
  await asking(summary, () => scanObjects(wanted(), summary, pins, progress));
  if (isShallow) unread(".git", SHALLOW, summary);
  for (const path of choice.unmet()) unread(ofFile(path), "there is no such file in the history", summary);
  summary.findings = firsts(summary.findings);
  await asking(summary, () => sign(summary.findings));
}

/**
 * A key that stays while other lines change is in many versions of its file: the first that brought it counts.
 * @param {import("../bytes/search.mjs").Finding[]} findings
 */
function firsts(findings) {
  /** @type {Map<string, string | undefined>} */
  const first = new Map();
  return findings.filter(({ path, fingerprint, origin }) => {
    const key = `${path}\0${fingerprint}`;
    if (!first.has(key)) first.set(key, origin?.version);
    return first.get(key) === origin?.version;
  });
}

/** Adds who made the commits and tags. @param {import("../bytes/search.mjs").Finding[]} findings */
async function sign(findings) {
  const makers = new Set(findings.flatMap(({ origin }) => origin?.maker ?? []));
  const found = await signatures(makers);
  for (const { origin } of findings) if (origin) Object.assign(origin, found.get(origin.maker ?? ""));
}

/** @param {Iterable<Wanted> | AsyncIterable<Wanted>} wanted @param {Summary} summary @param {Pins} pins @param {Progress} progress */
async function scanObjects(wanted, summary, pins, progress) {
  /** @type {import("../bytes/search.mjs").Search | undefined} */
  let search;
  let before = 0;
  let missing = 0;
  let header = 0;
  for await (const { wanted: one, bytes, end } of objects(wanted)) {
    if (bytes === undefined) {
      missing += 1;
      continue;
    }
    if (search === undefined) {
      before = summary.findings.length;
      search = createSearch(ofFile(one.path), pins);
      header = one.origin?.isText ? linesBefore(bytes) : 0;
    }
    for (const piece of contentOf(bytes)) take(search, piece, summary, progress);
    if (!end) continue;
    finish(search, summary);
    search = undefined;
    if (one.origin === undefined) continue;
    for (const finding of summary.findings.slice(before)) {
      const isHeader = finding.line <= header;
      if (!isHeader) finding.line -= header;
      finding.origin = { ...one.origin, version: one.id, isHeader };
    }
    if (!one.origin.isText) continue;
    summary.files -= 1;
    if (one.origin.commit) summary.commits = (summary.commits ?? 0) + 1;
  }
  if (missing > 0)
    unread(
      ".git",
      `${plural(missing, "version")} of files ${missing === 1 ? "is" : "are"} ${NOT_HERE}`,
      summary,
    );
}

/** Lines before the message of a commit or tag: who made it, and the empty one. @param {Buffer} text */
const linesBefore = (text) =>
  text
    .subarray(0, text.indexOf("\n\n") + 1)
    .toString("latin1")
    .split("\n").length;

/** @param {Buffer} bytes */
function contentOf(bytes) {
  const name = pointer(bytes);
  return (name && content(name)) || [bytes];
}

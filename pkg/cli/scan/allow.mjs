// @ts-check
// Keys that may stand where they stand: by an allow-list, a comment, or because they were found before.
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bytes, here, shown } from "../terminal/names.mjs";
import { reasonOf } from "../terminal/reasons.mjs";
import { isNamed, patternsOf, within } from "./files.mjs";
import { FINGERPRINT } from "./fingerprint.mjs";
import { readList } from "./regular.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** Why a key may stand where it stands. @typedef {"comment" | "list" | "baseline"} Allowed */

export const LIST = ".keywardallow";

/** @typedef {{ folder: Path, fingerprints: Set<string>, patterns: import("ignore").Ignore }} List */

/**
 * The lists that count for some paths: those in their folders and in the folders around them, up to the repository's
 * top, or up to where the command runs.
 * @param {Path[]} paths
 * @returns {List[]}
 */
export function listsFor(paths) {
  const folders = new Set(paths.flatMap((path) => foldersAbove(resolve(here(), path === "-" ? "." : path))));
  return [...folders].flatMap(listIn);
}

/** @param {Path} path @returns {Path[]} */
function foldersAbove(path) {
  let folder = isThere(path)?.isDirectory() ? path : dirname(path);
  const all = [folder];
  for (; folder !== dirname(folder); folder = dirname(folder)) all.push(dirname(folder));
  const top = all.findIndex((each) => isThere(join(each, ".git")));
  return all.slice(0, (top >= 0 ? top : Math.max(0, all.indexOf(here()))) + 1);
}

/** Nothing, too, if it cannot be known: then the scan says so. @param {Path} path */
function isThere(path) {
  try {
    return statSync(bytes(path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** @param {Path} folder @returns {List[]} */
function listIn(folder) {
  const path = join(folder, LIST);
  if (!isThere(path)) return [];
  const text = told(path, () => readList(path));
  // As PowerShell's `>` writes it: it would allow nothing.
  if (text.includes("\0")) throw new TypeError(`${shown(path)} is no text in UTF-8.`);
  const fingerprints = new Set();
  const patterns = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [word] = line.trim().split(/\s+#/);
    if (FINGERPRINT.test(word)) fingerprints.add(word);
    else if (/^[0-9a-fA-F]{12,64}$/.test(word))
      throw new TypeError(
        `${shown(path)}, line ${index + 1}: a fingerprint has 16 digits, 0 to 9 and a to f.`,
      );
    else patterns.push(line);
  }
  return [{ folder, fingerprints, patterns: patternsOf(patterns.join("\n")) }];
}

/**
 * What was found before, as `--json` has printed it.
 * @param {Path} path
 * @returns {Set<string>}
 */
export function readBaseline(path) {
  // It may be a pipe: somebody has named it.
  const text = told(path, () => readFileSync(bytes(path), "utf8").replace(/^\ufeff/, ""));
  try {
    /** @type {{ fingerprint: string, allowed: Allowed | null }[]} */
    const findings = JSON.parse(text).findings;
    // What was allowed by other means is not known: those may be gone.
    const known = findings.filter(({ allowed }) => allowed === null || allowed === "baseline");
    if (findings.every(({ fingerprint }) => FINGERPRINT.test(fingerprint)))
      return new Set(known.map(({ fingerprint }) => fingerprint));
  } catch {}
  throw new TypeError(`${shown(path)} is not what \`keyward scan --json\` prints.`);
}

/** @param {Path} path @param {() => string} read */
function told(path, read) {
  try {
    return read();
  } catch (problem) {
    throw new TypeError(`${shown(path)}: ${reasonOf(problem)}.`);
  }
}

/**
 * Says why keys are allowed.
 * @param {{ lists: List[], baseline: Set<string>, comments: boolean }} by `comments`: whether they count
 */
export function createJudge({ lists, baseline, comments }) {
  /** @type {Set<string>} */
  const used = new Set();
  /** @param {Path} path */
  const hasPath = (path) =>
    lists.some(({ folder, patterns }) => {
      const inner = within(folder, path);
      return inner !== undefined && isNamed(patterns, inner);
    });
  /** What a list says counts in its folder; where there is no file, what is around here. @param {Path | undefined} path @param {List} list */
  const counts = (path, { folder }) =>
    path === undefined
      ? folder === here() || within(folder, here()) !== undefined
      : within(folder, path) !== undefined;
  return {
    /** Whether a list names a file, or a folder that it is in. */
    hasPath,
    /** @param {Finding} finding @param {Path | undefined} path where it stands, if that is a file @returns {Allowed | null} */
    judge({ allowed, fingerprint }, path) {
      const isListed = lists.some((list) => list.fingerprints.has(fingerprint) && counts(path, list));
      if (isListed) used.add(fingerprint);
      if (comments && allowed === "comment") return allowed;
      if (isListed || (path !== undefined && hasPath(path))) return "list";
      return baseline.has(fingerprint) ? "baseline" : null;
    },
    /** Fingerprints of keys that are not there any more. */
    unused: () => lists.flatMap(({ fingerprints }) => [...fingerprints].filter((each) => !used.has(each))),
  };
}

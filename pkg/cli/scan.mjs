// @ts-check
import { execFileSync } from "node:child_process";
import { files } from "./files.mjs";
import { pathsOf, shown } from "./names.mjs";
import { print, say } from "./output.mjs";
import { createProgress } from "./progress.mjs";
import { readAll } from "./read.mjs";
import { COMPRESSED } from "./reasons.mjs";
import { asJson, asSarif, asText } from "./report.mjs";
import { createSearch } from "./search.mjs";

/** @typedef {import("./search.mjs").Finding} Finding */
/** @typedef {import("keyward").Pins | undefined} Pins */
/** @typedef {import("./names.mjs").Path} Path */
/** What could not be read, and why, for people. @typedef {{ path: Path, reason: string }} Unread */
/** @typedef {{ findings: Finding[], files: number, bytes: number, unread: Unread[], binary: boolean }} Summary */

/**
 * @param {string[]} paths
 * @param {Pins} pins
 * @param {{ json?: boolean, sarif?: boolean, staged?: boolean, "no-ignore"?: boolean, binary?: boolean }} flags
 */
export async function scanCommand(
  paths,
  pins,
  { json, sarif, staged, "no-ignore": ignored = false, binary = false },
) {
  createSearch("", pins);
  /** @type {Summary} */
  const summary = { findings: [], files: 0, bytes: 0, unread: [], binary };
  const progress = createProgress(summary);
  if (staged) scanStaged(summary, pins, progress);
  else await scanPaths(pathsOf(paths.length > 0 ? paths : ["."]), summary, pins, progress, ignored);
  progress.end();
  for (const { path, reason } of summary.unread) say(`keyward: ${shown(path)}: ${reason}\n`);
  print(sarif ? asSarif(summary) : json ? asJson(summary) : asText(summary));
  // What could not be read may hold a key, so it must not pass for a clean result.
  return summary.unread.length > 0 ? 2 : summary.findings.length > 0 ? 1 : 0;
}

/** @param {Path[]} paths @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress @param {boolean} ignored */
async function scanPaths(paths, summary, pins, progress, ignored) {
  /** @type {Set<Path>} */
  const seen = new Set();
  const options = { pins, binary: summary.binary };
  /** Each file once, however often it is named. @param {Path[]} paths */
  function* unseen(paths) {
    for (const path of paths)
      for (const file of files(path, ignored)) {
        if ("real" in file && seen.has(file.real)) continue;
        if ("real" in file) seen.add(file.real);
        yield file;
      }
  }
  const all = [...new Set(paths)];
  const input = all.indexOf("-");
  await readAll(unseen(input < 0 ? all : all.slice(0, input)), summary, options, progress);
  if (input < 0) return;
  await scanInput(summary, pins, progress);
  await readAll(unseen(all.slice(input + 1)), summary, options, progress);
}

/** @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress */
async function scanInput(summary, pins, progress) {
  const search = createSearch("-", pins);
  for await (const bytes of process.stdin) take(search, bytes, summary, progress);
  finish(search, summary);
}

/** Scans what the next commit would hold, not what is in the folder. @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress */
function scanStaged(summary, pins, progress) {
  // What git says of an error becomes a part of the error's message.
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { maxBuffer: 1 << 30, stdio: ["ignore", "pipe", "pipe"] });
  // Pairs of ":oldmode newmode oldblob newblob status" and a path.
  const staged = git("diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z")
    .toString("latin1")
    .split("\0");
  for (let at = 0; at + 1 < staged.length; at += 2) {
    const [, mode, , blob] = staged[at].split(" ");
    // Only files: no deletions, submodules or links.
    if (!mode.startsWith("100")) continue;
    const search = createSearch(staged[at + 1], pins);
    take(search, git("cat-file", "blob", blob), summary, progress);
    finish(search, summary);
  }
}

/** @param {ReturnType<typeof createSearch>} search @param {Buffer} bytes @param {Summary} summary @param {{ tick(): void }} progress */
function take(search, bytes, summary, progress) {
  if (bytes.length === 0) return;
  summary.findings.push(...search.push(bytes));
  summary.bytes += bytes.length;
  progress.tick();
}

/** @param {ReturnType<typeof createSearch>} search @param {Summary} summary */
function finish(search, summary) {
  summary.findings.push(...search.end());
  if (search.compressed && !summary.binary) summary.unread.push({ path: search.path, reason: COMPRESSED });
  else summary.files += 1;
}

// @ts-check
import { execFileSync } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { asking } from "./ask.mjs";
import { files, NO_FILE } from "./files.mjs";
import { bytes as bytesOf, escaped, pathsOf, shown } from "./names.mjs";
import { print, say } from "./output.mjs";
import { createProgress } from "./progress.mjs";
import { asJson, asSarif, asText } from "./report.mjs";
import { createSearch } from "./search.mjs";

/** @typedef {import("./search.mjs").Finding} Finding */
/** @typedef {import("keyward").Pins | undefined} Pins */
/** @typedef {import("./names.mjs").Path} Path */
/** What could not be read, and why, for people. @typedef {{ path: Path, reason: string }} Unread */
/** @typedef {{ findings: Finding[], files: number, bytes: number, unread: Unread[], binary: boolean }} Summary */

const COMPRESSED =
  "it is compressed, so what is in it was not searched; with --binary its bytes are taken as they are";

const chunk = Buffer.allocUnsafe(1 << 20);

/**
 * @param {string[]} paths
 * @param {Pins} pins
 * @param {{ json?: boolean, sarif?: boolean, staged?: boolean, "no-ignore"?: boolean, binary?: boolean } & import("./ask.mjs").Flags} flags
 */
export async function scanCommand(
  paths,
  pins,
  { json, sarif, staged, "no-ignore": ignored = false, binary = false, ...flags },
) {
  createSearch("", pins);
  const ask = asking(flags);
  /** @type {Summary} */
  const summary = { findings: [], files: 0, bytes: 0, unread: [], binary };
  const progress = createProgress(summary);
  if (staged) scanStaged(summary, pins, progress);
  else await scanPaths(pathsOf(paths.length > 0 ? paths : ["."]), summary, pins, progress, ignored);
  progress.end();
  const { findings, failed } = await ask(summary.findings);
  summary.findings = findings;
  for (const { path, reason } of summary.unread) say(`keyward: ${shown(path)}: ${reason}\n`);
  print(sarif ? asSarif(summary) : json ? asJson(summary) : asText(summary));
  // What could not be read may hold a key, so it must not pass for a clean result.
  return failed || summary.unread.length > 0 ? 2 : summary.findings.length > 0 ? 1 : 0;
}

/** Each file once, however often it is named. @param {Path[]} paths @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress @param {boolean} ignored */
async function scanPaths(paths, summary, pins, progress, ignored) {
  /** @type {Set<Path>} */
  const seen = new Set();
  for (const path of new Set(paths)) {
    if (path === "-") await scanInput(summary, pins, progress);
    else
      for (const file of files(path, ignored)) {
        if (!("real" in file)) unread(file.path, file.problem, summary);
        else if (!seen.has(file.real)) {
          seen.add(file.real);
          scanFile(file.path, summary, pins, progress);
        }
      }
  }
}

/** @param {Path} path @param {unknown} problem @param {Summary} summary */
function unread(path, problem, summary) {
  // The system's sentence without the path, which may hold anything.
  const { message } = /** @type {Error} */ (problem);
  const reason = typeof problem === "string" ? problem : escaped(message.split(", ")[0]);
  summary.unread.push({ path, reason });
}

// Where something else than a file has taken its place since, opening it must not wait for somebody who writes.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @param {Path} path @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress */
function scanFile(path, summary, pins, progress) {
  let file;
  try {
    file = openSync(bytesOf(path), READ);
    if (!fstatSync(file).isFile()) return unread(path, NO_FILE, summary);
    const search = createSearch(path, pins);
    for (let read = 1; read > 0; ) {
      read = readSync(file, chunk);
      take(search, chunk.subarray(0, read), summary, progress);
    }
    finish(search, summary);
  } catch (problem) {
    unread(path, problem, summary);
  } finally {
    if (file !== undefined) closeSync(file);
  }
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
  if (search.compressed && !summary.binary) unread(search.path, COMPRESSED, summary);
  else summary.files += 1;
}

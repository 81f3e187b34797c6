// @ts-check
import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { files } from "./files.mjs";
import { print, say } from "./output.mjs";
import { createProgress } from "./progress.mjs";
import { asJson, asSarif, asText } from "./report.mjs";
import { createSearch } from "./search.mjs";

/** @typedef {import("./search.mjs").Finding} Finding */
/** @typedef {import("keyward").Pins | undefined} Pins */
/** @typedef {{ findings: Finding[], files: number, bytes: number, skipped: number, unread: string[] }} Summary */

const chunk = Buffer.allocUnsafe(1 << 20);

/**
 * @param {string[]} paths
 * @param {Pins} pins
 * @param {{ json?: boolean, sarif?: boolean, staged?: boolean, "no-ignore"?: boolean }} flags
 */
export async function scanCommand(paths, pins, { json, sarif, staged, "no-ignore": ignored = false }) {
  createSearch("", pins);
  /** @type {Summary} */
  const summary = { findings: [], files: 0, bytes: 0, skipped: 0, unread: [] };
  const progress = createProgress(summary);
  if (staged) scanStaged(summary, pins, progress);
  else
    for (const path of paths.length > 0 ? paths : ["."]) {
      if (path === "-") await scanInput(summary, pins, progress);
      else scanPath(path, summary, pins, progress, ignored);
    }
  progress.end();
  for (const problem of summary.unread) say(`keyward: ${problem}\n`);
  print(sarif ? asSarif(summary) : json ? asJson(summary) : asText(summary));
  // What could not be read may hold a key, so it must not pass for a clean result.
  return summary.unread.length > 0 ? 2 : summary.findings.length > 0 ? 1 : 0;
}

/** @param {string} path @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress @param {boolean} ignored */
function scanPath(path, summary, pins, progress, ignored) {
  try {
    for (const file of files(path, ignored)) {
      try {
        scanFile(file, summary, pins, progress);
      } catch (error) {
        summary.unread.push(/** @type {Error} */ (error).message);
      }
    }
  } catch (error) {
    summary.unread.push(/** @type {Error} */ (error).message);
  }
}

/** @param {string} path @param {Summary} summary @param {Pins} pins @param {{ tick(): void }} progress */
function scanFile(path, summary, pins, progress) {
  const file = openSync(path, "r");
  try {
    const search = createSearch(path, pins);
    for (let read = 1; read > 0 && !search.binary; ) {
      read = readSync(file, chunk);
      take(search, chunk.subarray(0, read), summary, progress);
    }
    finish(search, summary);
  } finally {
    closeSync(file);
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
  const staged = git("diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z").toString().split("\0");
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
  if (!search.binary) summary.bytes += bytes.length;
  progress.tick();
}

/** @param {ReturnType<typeof createSearch>} search @param {Summary} summary */
function finish(search, summary) {
  summary.findings.push(...search.end());
  if (search.binary) summary.skipped += 1;
  else summary.files += 1;
}

// @ts-check
// `keyward scan`: reads files, what is piped in, or what git holds, and reports what is found.
import { resolve } from "node:path";
import { createSearch } from "../bytes/search.mjs";
import { input } from "../terminal/input.mjs";
import { here, pathOf, pathsOf, shown } from "../terminal/names.mjs";
import { print, say } from "../terminal/output.mjs";
import { counted, createProgress } from "../terminal/progress.mjs";
import { createJudge, listsFor, readBaseline } from "./allow.mjs";
import { asking } from "./ask.mjs";
import { scanHistory, scanStaged } from "./committed.mjs";
import { createWalk, patternsOf } from "./files.mjs";
import { GitError } from "./git.mjs";
import { readAll } from "./read.mjs";
import { asJson, asSarif, asText } from "./report.mjs";
import { repository } from "./repository.mjs";
import { createSummary, finish, isNew, take } from "./summary.mjs";

/** @typedef {import("./summary.mjs").Summary} Summary */
/** @typedef {import("./summary.mjs").Progress} Progress */
/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("keyward").Pins | undefined} Pins */
/**
 * @typedef {{
 *   json?: boolean, sarif?: boolean, staged?: boolean, history?: boolean, "no-ignore"?: boolean, binary?: boolean,
 *   exclude?: string[], baseline?: string, "no-allow"?: boolean, verbose?: boolean, quiet?: boolean,
 * } & import("./ask.mjs").Flags} Flags
 */

/** @param {string[]} args @param {Pins} pins @param {Flags} flags */
export async function scanCommand(args, pins, flags) {
  createSearch("", pins);
  const mode = modeOf(args, flags);
  const ask = asking(flags);
  const paths = pathsOf(args.length > 0 || mode ? args : ["."]);
  const repo = mode && inRepository(mode);
  const lists = flags["no-allow"] ? [] : listsFor(repo ? [here()] : paths);
  const judge = createJudge({
    lists,
    baseline: flags.baseline === undefined ? new Set() : readBaseline(pathsOf([flags.baseline])[0]),
    comments: !flags["no-allow"],
  });
  const excluded = patternsOf((flags.exclude ?? []).map(pathOf).join("\n"));
  const summary = createSummary(flags.binary === true);
  const progress = createProgress(() => counted(summary), flags.quiet === true);
  if (!repo) {
    const ignored = flags["no-ignore"] === true;
    await scanPaths(paths, summary, pins, progress, { excluded, ignored, warn });
  } else if (mode === "staged") await scanStaged(paths, repo.top, excluded, summary, pins, progress);
  else await scanHistory(paths, repo, { excluded, isAllowed: judge.hasPath }, summary, pins, progress);
  progress.end();
  const top = repo?.top ?? here();
  for (const finding of summary.findings) {
    // Without lists nobody asks where it stands.
    const isFile = lists.length > 0 && finding.path !== "-" && !finding.origin?.isText;
    finding.allowed = judge.judge(finding, isFile ? resolve(top, finding.path) : undefined);
  }
  const { findings, failed } = await ask(summary.findings);
  for (const { path, reason } of summary.unread) say(`keyward: ${shown(path)}: ${reason}\n`);
  const report = { ...summary, findings, unused: judge.unused() };
  print(flags.sarif ? asSarif(report) : flags.json ? asJson(report) : asText(report, flags));
  // What could not be read may hold a key, so it must not pass for a clean result.
  return failed || summary.unread.length > 0 ? 2 : findings.some(isNew) ? 1 : 0;
}

/** @param {string} text */
const warn = (text) => say(`keyward: ${text}\n`);

/** @param {string[]} args @param {Flags} flags */
function modeOf(args, { staged, history, json, sarif }) {
  if (staged && history) throw new TypeError("scan takes --staged or --history, not both.");
  if (json && sarif) throw new TypeError("scan takes --json or --sarif, not both.");
  const mode = staged ? "staged" : history ? "history" : undefined;
  if (mode && args.includes("-")) throw new TypeError(`--${mode} reads what git holds, not standard input.`);
  return mode;
}

/** @param {"staged" | "history"} mode */
function inRepository(mode) {
  try {
    const repo = repository();
    if (mode === "history" || repo.hasFiles) return repo;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new TypeError(`--${mode} reads what git holds, but ${error.message}.`);
  }
  throw new TypeError("--staged reads what is about to be committed, but nothing can be committed here.");
}

/** @param {Path[]} paths @param {Summary} summary @param {Pins} pins @param {Progress} progress @param {import("./files.mjs").Selection} selection */
async function scanPaths(paths, summary, pins, progress, selection) {
  const files = createWalk(selection);
  /** @type {Set<Path>} */
  const seen = new Set();
  /** Each file once, however often it is named. @param {Path[]} paths */
  function* unseen(paths) {
    for (const path of paths)
      for (const file of files(path)) {
        if ("real" in file) {
          if (seen.has(file.real)) continue;
          seen.add(file.real);
        }
        yield file;
      }
  }
  // No folder has a file twice: symbolic links are not followed.
  const listed = (/** @type {Path[]} */ some) =>
    paths.length === 1 && some[0] ? files(some[0]) : unseen(some);
  const options = { pins, binary: summary.binary };
  const all = [...new Set(paths)];
  const piped = all.indexOf("-");
  await readAll(listed(piped < 0 ? all : all.slice(0, piped)), summary, options, progress);
  if (piped < 0) return;
  await scanInput(summary, pins, progress);
  await readAll(listed(all.slice(piped + 1)), summary, options, progress);
}

/** @param {Summary} summary @param {Pins} pins @param {Progress} progress */
async function scanInput(summary, pins, progress) {
  const search = createSearch("-", pins);
  for await (const bytes of input()) take(search, bytes, summary, progress);
  finish(search, summary);
}

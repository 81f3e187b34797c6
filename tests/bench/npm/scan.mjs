// @ts-check
// `keyward scan` against ripgrep, which searches for the form of a key and not for its checksum, nor in other encodings. Both
// read hidden and binary files, heed .gitignore, and use as many threads as they like. And against the floor: what Node
// takes to list and read the same files, if nothing is done with them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDebians } from "../../../scripts/programs.mjs";
import { path } from "../../../scripts/run.mjs";
import { median } from "../print.mjs";
import { makeTrees } from "./tree.mjs";

const PATTERN = "[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)_(?:live|test)_[0-9A-Za-z]{40,58}";
const RIPGREP = ["--hidden", "--text", "--no-unicode", "--no-require-git", "--glob=!.git"];
const TURNS = 9;
const TARGET = "at most 1.5";

const PLACES = {
  tree: "20,000 files",
  repository: "20,000 files in a repository",
  leaky: "20,000 files, every fourth with a key",
  big: "one file of 1 GB, in lines",
};

/** Times in turns, so that a slow moment of the machine hits both. @param {Buffer} source text without keys, as far as it is known @param {string[]} keys */
export async function measureScan(source, keys) {
  const hasRipgrep = () => spawnSync("rg", ["--version"]).status === 0;
  if (!hasRipgrep()) await installDebians("ripgrep");
  const rivals = hasRipgrep();
  if (!rivals) console.log("ripgrep is left out: it is not installed, and apt-get cannot install it.");
  const folder = mkdtempSync(join(tmpdir(), "keyward-bench-"));
  try {
    makeTrees(folder, source, keys);
    return Object.entries(PLACES).flatMap(([name, what]) => {
      const at = join(folder, name);
      /** @type {Record<string, () => void>} */
      const programs = {
        keyward: () => run(process.execPath, [path("pkg/bin/keyward.mjs"), "scan", at]),
        // A long file is read by one thread there.
        ...(name !== "big" && {
          floor: () => run(process.execPath, [path("tests/bench/npm/floor.mjs"), at]),
        }),
        ...(rivals && {
          ripgrep: () => run("rg", [...RIPGREP, "--line-number", "--column", "--only-matching", PATTERN, at]),
        }),
      };
      const { keyward, floor, ripgrep } = race(programs);
      const ratioTo = (/** @type {number[]} */ times) =>
        median(keyward.map((time, turn) => time / times[turn]));
      /** @type {import("../print.mjs").Row[]} */
      const rows = [{ what: `scan, ${what}`, value: milliseconds(keyward) }];
      /** @param {string} what @param {number[] | undefined} times @param {string} [target] */
      const against = (what, times, target) => {
        if (times) rows.push({ what, value: milliseconds(times), ratio: ratioTo(times), target });
      };
      against("… the floor, its time against ours", floor);
      against("… ripgrep, its time against ours", ripgrep, TARGET);
      if (floor && ripgrep) {
        const ratio = median(floor.map((time, turn) => time / ripgrep[turn]));
        rows.push({ what: "… ripgrep, its time against the floor's", value: milliseconds(ripgrep), ratio });
      }
      return rows;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {number[]} times */
const milliseconds = (times) => `${median(times).toFixed(0)} ms`;

/** @param {Record<string, () => void>} programs */
function race(programs) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let turn = 0; turn <= TURNS; turn += 1) {
    for (const [name, run] of Object.entries(programs)) {
      const start = performance.now();
      run();
      // The first turn brings the files into memory.
      if (turn > 0) times[name].push(performance.now() - start);
    }
  }
  return times;
}

/** Both end with 1 or 0, whether they have found something. @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status === null || status > 1) throw new Error(`${command} ended with ${status}: ${stderr}`);
}

// @ts-check
// Builds only what is out of date.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { path, seconds } from "./run.mjs";
import { rustc, wasmBindgen, workerBuild } from "./tools.mjs";

/**
 * Runs `action` if an input has changed since it last succeeded, or an output is gone.
 * @param {string} what named in the lines that are printed
 * @param {string[]} inputs files and folders, from the project's root
 * @param {string[]} outputs files, from the project's root; a stamp is kept beside the first
 * @param {() => Promise<unknown>} action
 * @returns {Promise<boolean>} whether it ran
 */
export async function whenChanged(what, inputs, outputs, action) {
  const stamp = path(`${outputs[0]}.stamp`);
  const now = digest(inputs, JSON.stringify(await rustc()));
  const fresh = existsSync(stamp) && readFileSync(stamp, "utf8") === now;
  if (fresh && outputs.every((output) => existsSync(path(output)))) return false;
  rmSync(stamp, { force: true });
  const started = Date.now();
  console.log(`Building ${what}…`);
  await action();
  // The digest from before the build: a change made meanwhile is seen next time.
  writeFileSync(stamp, now);
  console.log(`Built ${what} in ${seconds(started)}.`);
  return true;
}

/** @param {string[]} inputs @param {string} compiler */
function digest(inputs, compiler) {
  const hash = createHash("sha256").update(`${compiler} ${wasmBindgen.version} ${workerBuild.version}`);
  for (const file of inputs.flatMap(files)) hash.update(`\0${file}\0`).update(readFileSync(path(file)));
  return hash.digest("hex");
}

/** A file, or the files in a folder, always in the same order. @param {string} input @returns {string[]} */
function files(input) {
  if (!statSync(path(input)).isDirectory()) return [input];
  const names = readdirSync(path(input)).sort();
  return names.flatMap((name) => files(join(input, name)));
}

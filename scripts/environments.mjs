// @ts-check
// The environments that the npm package is tested in, other than the project's own Node and the browsers: runtimes,
// bundlers and test runners from npm. They are a gigabyte, so they lie in the user's cache, one folder for each lock file.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./cache.mjs";
import { digest } from "./keys.mjs";
import { AGAIN, must, path } from "./run.mjs";

/** Makes sure that they are there, and returns their folder; projects in it find them as their own. */
export async function environments() {
  const lock = readFileSync(path("tests/npm/environments/package-lock.json"), "utf8");
  const folder = join(cache, `environments-${digest(lock).slice(0, 16)}`);
  // Written last, so a broken install is noticed and repeated.
  const stamp = join(folder, "complete");
  if (existsSync(stamp)) return folder;
  console.log("\nInstalling the environments of the npm package (a minute, once per machine)…");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"])
    copyFileSync(path("tests/npm/environments", name), join(folder, name));
  // Their install scripts only fetch or copy programs that are there anyway.
  const ci = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const failed = `Installing the environments of the npm package failed, see above. ${AGAIN}`;
  await must("npm", ci, failed, { cwd: folder });
  writeFileSync(stamp, "");
  return folder;
}

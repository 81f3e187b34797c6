// @ts-check
// The tools of the contract tests. Generators from npm, which need another TypeScript than the project, are in a
// package of their own; Python tools are in a virtual environment in the user's cache, one for each list of versions.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache } from "./cache.mjs";
import { digest } from "./keys.mjs";
import { installDebians } from "./programs.mjs";
import { AGAIN, must, path, run, Stop } from "./run.mjs";

const NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Fails in a Python that is too old, or that cannot make virtual environments (on Debian that is a package of its own). */
const SUITS = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))";

const FAILED = `Installing tools of the tests failed, see above. ${AGAIN}`;

/** The name of an installed Python that suits, if there is one. */
async function installed() {
  for (const name of NAMES) if ((await run(name, ["-c", SUITS])).code === 0) return name;
}

/**
 * Makes sure that Python tools are there, and returns the path of the Python that has them.
 * @param {string} list which tools, with digests @param {string} what
 */
export async function python(list, what) {
  const requirements = path(list);
  const folder = join(cache, `python-${digest(readFileSync(requirements, "utf8")).slice(0, 16)}`);
  const bin = join(folder, "bin", "python");
  // Written last, so a broken install is noticed and repeated, as is one whose Python is gone.
  const stamp = join(folder, "complete");
  if (existsSync(stamp) && (await run(bin, ["-c", SUITS])).code === 0) return bin;
  console.log(`\nInstalling ${what} (half a minute, once per machine)…`);
  let name = await installed();
  if (!name) {
    await installDebians("python3", "python3-venv");
    name = await installed();
  }
  if (!name) throw new Stop(`For ${what}, install Python 3.11 or newer with venv and pip.`);
  rmSync(folder, { recursive: true, force: true });
  await must(name, ["-m", "venv", folder], FAILED);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
  await must(bin, [...install, "--requirement", requirements], FAILED);
  writeFileSync(stamp, "");
  return bin;
}

/** Makes sure that the generators from npm are there. */
export async function generators() {
  const folder = path("tests/contract");
  const stamp = join(folder, "node_modules", ".keyward-lock");
  const lock = digest(readFileSync(join(folder, "package-lock.json"), "utf8"));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  await must("npm", ["ci", "--ignore-scripts", "--loglevel=error"], FAILED, { cwd: folder });
  writeFileSync(stamp, lock);
}

const TYPES = ["--root-types", "--root-types-no-schema-prefix", "--output"];

/** Writes the types of requests and responses. @param {string} file @param {string} [document] */
export const writeTypes = (file, document = path("www/openapi.json")) =>
  must(
    process.execPath,
    [path("tests/contract/node_modules/openapi-typescript/bin/cli.js"), document, ...TYPES, file],
    "The types of the API could not be written, see above.",
  );

/** Installs what is missing, and returns the environment variables that the tests need. */
export async function contractTools() {
  await generators();
  return {
    PYTHON_BIN: await python("tests/contract/requirements.txt", "the Python tools of the contract tests"),
  };
}

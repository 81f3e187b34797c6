// @ts-check
// The Python tools of the contract tests. They live in a virtual environment in the cache, one for each list of versions.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installDebians } from "./chromium.mjs";
import { digest } from "./keys.mjs";
import { AGAIN, must, path, run, Stop } from "./run.mjs";
import { cache } from "./tools.mjs";

const NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11"];

/** Fails in a Python that is too old for the tools, or cannot make a virtual environment (Debian has that in a package). */
const SUITS = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))";

/** The name of an installed Python that suits, if there is one. */
async function installed() {
  for (const name of NAMES) if ((await run(name, ["-c", SUITS])).code === 0) return name;
}

/** Makes sure that the tools are there, and answers the path of the Python that has them. */
export async function python() {
  const requirements = path("tests/contract/requirements.txt");
  const folder = join(cache, `python-${digest(readFileSync(requirements, "utf8")).slice(0, 16)}`);
  const bin = join(folder, "bin", "python");
  // Written last, so a broken install is seen and done again; it also names the Python, which may be updated.
  const stamp = join(folder, "complete");
  if (existsSync(stamp) && (await run(bin, ["-c", SUITS])).code === 0) return bin;
  console.log("\nInstalling the Python tools of the contract tests (half a minute, once per machine)…");
  let name = await installed();
  if (!name) {
    await installDebians("python3", "python3-venv");
    name = await installed();
  }
  if (!name) throw new Stop("The contract tests need Python 3.11 or newer with pip and venv: install it first.");
  rmSync(folder, { recursive: true, force: true });
  const otherwise = `Installing the Python tools failed, see above. ${AGAIN}`;
  await must(name, ["-m", "venv", folder], otherwise);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"];
  await must(bin, [...install, "--requirement", requirements], otherwise);
  writeFileSync(stamp, "");
  return bin;
}

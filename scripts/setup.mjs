// @ts-check
// Makes a fresh clone ready: says what is missing, installs it, and does nothing when nothing is.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { digest } from "./keys.mjs";
import { AGAIN, attempt, must, path, run, Stop } from "./run.mjs";
import { installTool, missingTools, rustc } from "./tools.mjs";

const TARGET = "wasm32-unknown-unknown";
// Written last, so a broken install of the npm packages is seen and done again.
const npmStamp = path("node_modules", ".keyward-lock");

/** @typedef {{ what: string, install: () => Promise<unknown> }} Step */

/** Whether the running Node is at least this version. @param {number} major @param {number} minor */
function nodeIs(major, minor) {
  const [a, b] = process.versions.node.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}

/** The digest of the npm lock file: what node_modules must have been made from. */
const lockDigest = () => digest(readFileSync(path("package-lock.json"), "utf8"));

/** @returns {Step[]} */
function npmPackages() {
  if (existsSync(npmStamp) && readFileSync(npmStamp, "utf8") === lockDigest()) return [];
  const install = async () => {
    // No package's install script is needed, so none may run.
    const ci = ["ci", "--ignore-scripts", "--loglevel=error"];
    await must("npm", ci, `Installing the npm packages failed, see above. ${AGAIN}`);
    writeFileSync(npmStamp, lockDigest());
  };
  return [{ what: "Installing the npm packages (half a minute)", install }];
}

/** Refuses a Rust that is older than Cargo.toml asks for: what it would say of the code helps nobody. */
async function refuseOldRust() {
  const [, needed] = readFileSync(path("Cargo.toml"), "utf8").match(/^rust-version = "1\.(\d+)"$/m) ?? [];
  const { version, minor } = await rustc();
  if (minor === undefined || minor >= Number(needed)) return;
  throw new Stop(`Keyward needs Rust 1.${needed} or newer; this is ${version}. Run \`rustup update\`.`);
}

/** @returns {Promise<Step[]>} */
async function wasmTarget() {
  const { code, output } = await run("rustc", ["--print", "target-libdir", "--target", TARGET]);
  if (code === 127) {
    throw new Stop(
      "There is no Rust here: install it from https://rustup.rs, then run the same command again.",
    );
  }
  if (code === 0 && existsSync(output.trim())) return [];
  const otherwise = `Rust's target ${TARGET} could not be added with rustup, see above. ${AGAIN}`;
  const install = () => must("rustup", ["target", "add", TARGET], otherwise);
  return [{ what: `Adding Rust's target ${TARGET}`, install }];
}

/** The source of the standard library, for a compiler that builds it. @returns {Promise<Step[]>} */
async function rustSource() {
  const { isTried, hasSource } = await rustc();
  if (!isTried || hasSource) return [];
  const install = async () => {
    if (await attempt("rustup", ["component", "add", "rust-src"])) return;
    console.log("      That did not work. Without it the worker does the same and is a tenth larger.");
  };
  return [{ what: "Adding Rust's component rust-src", install }];
}

/** Installs what is missing; then goes on under the project's own Node if the running one is too old for wrangler. */
export async function setup() {
  if (!nodeIs(20, 0)) throw new Stop(`Keyward needs Node 20 or newer; this is ${process.versions.node}.`);
  await refuseOldRust();
  const tools = missingTools().map((tool) => ({
    what: `Installing ${tool.tool} ${tool.version} (a minute or two, once per machine)`,
    install: () => installTool(tool),
  }));
  const steps = [...(await wasmTarget()), ...(await rustSource()), ...npmPackages(), ...tools];
  for (const [index, { what, install }] of steps.entries()) {
    console.log(`[${index + 1}/${steps.length}] ${what}…`);
    await install();
  }
  if (!nodeIs(22, 12)) await goOnUnderNewerNode();
}

/** Runs the same script with the Node from node_modules and ends with its exit code. */
async function goOnUnderNewerNode() {
  const child = spawn(path("node_modules/.bin/node"), process.argv.slice(1), { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; a signal sent to this process alone is handed on. Either way the child decides.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const code = await new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  process.exit(code);
}

// @ts-check
// Makes a fresh clone ready: says what is missing and installs it. Does nothing if nothing is missing.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { digest } from "./keys.mjs";
import { AGAIN, must, path, run, Stop, whenOrphaned } from "./run.mjs";
import { TARGET } from "./wasm.mjs";

// Written last, so a broken install of the npm packages is noticed and repeated.
const npmStamp = path("node_modules", ".keyward-lock");

/** @typedef {{ what: string, install: () => Promise<unknown> }} Step */

/** Whether the running Node is at least this version. @param {number} major @param {number} minor */
function nodeIs(major, minor) {
  const [a, b] = process.versions.node.split(".").map(Number);
  return a > major || (a === major && b >= minor);
}

/** The digest of the lock file that node_modules must have been installed from. */
const lockDigest = () => digest(readFileSync(path("package-lock.json"), "utf8"));

/** @param {() => Promise<unknown>} [meanwhile] @returns {Step[]} */
function npmPackages(meanwhile) {
  if (existsSync(npmStamp) && readFileSync(npmStamp, "utf8") === lockDigest()) return [];
  const install = async () => {
    // No install script of any package is needed, so none may run.
    const ci = ["ci", "--ignore-scripts", "--loglevel=error"];
    const otherwise = `Installing the npm packages failed, see above. ${AGAIN}`;
    await Promise.all([must("npm", ci, otherwise), meanwhile?.().catch(() => {})]);
    writeFileSync(npmStamp, lockDigest());
  };
  const also = meanwhile ? " and compiling (a minute or two)" : " (half a minute)";
  return [{ what: `Installing the npm packages${also}`, install }];
}

/** The compiler that rust-toolchain.toml names, with its target. @returns {Promise<Step[]>} */
async function rustToolchain() {
  // So that a missing toolchain is reported as missing, instead of being installed by this very question.
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: "0" };
  const { code, output } = await run("rustc", ["--print", "target-libdir", "--target", TARGET], { env });
  if (code === 127) {
    throw new Stop(
      "There is no Rust here: install it from https://rustup.rs, then run the same command again.",
    );
  }
  if (code === 0 && existsSync(output.trim())) return [];
  const otherwise = `The Rust of rust-toolchain.toml could not be installed with rustup (1.28 or newer), see above. ${AGAIN}`;
  const install = () => must("rustup", ["toolchain", "install"], otherwise);
  return [{ what: "Installing the Rust of rust-toolchain.toml", install }];
}

/**
 * Installs what is missing; then goes on under the project's own Node if the running one is too old for wrangler.
 * @param {() => Promise<unknown>} [meanwhile] what to begin while packages are being installed; it is done again later, so
 * it may fail
 */
export async function setup(meanwhile) {
  if (!nodeIs(20, 0)) throw new Stop(`Keyward needs Node 20 or newer; this is ${process.versions.node}.`);
  const steps = [...(await rustToolchain()), ...npmPackages(meanwhile)];
  for (const [index, { what, install }] of steps.entries()) {
    console.log(`[${index + 1}/${steps.length}] ${what}…`);
    await install();
  }
  if (!nodeIs(22, 12)) await goOnUnderNewerNode();
}

/** Runs the same script with the Node from node_modules and ends with its exit code. */
async function goOnUnderNewerNode() {
  const node = path("node_modules/.bin/node");
  if (!existsSync(node)) {
    const found = process.versions.node;
    throw new Stop(
      `Keyward's tools need Node 22.12 or newer, and there is none for this system in the packages; this is ${found}.`,
    );
  }
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // The terminal sends Ctrl-C to both; a signal to this process alone is passed on. Either way the child decides.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  whenOrphaned(() => child.kill("SIGTERM"));
  const code = await new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  process.exit(code);
}

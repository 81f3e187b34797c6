// @ts-check
// From Rust to WebAssembly with its glue, for the worker and for the npm package: cargo compiles, src/xtask binds,
// wasm-metadce drops what no JavaScript uses, wasm-opt optimizes. The results are in build/glue, for the bundles of build.mjs and build-npm.mjs.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { attempt, must, path, Stop, seconds } from "./run.mjs";

export const TARGET = "wasm32-unknown-unknown";
const TARGETS = process.env.CARGO_TARGET_DIR ?? path("target");

/** @typedef {"worker" | "npm"} Name of a crate that is shipped */

/** What cargo makes of a crate. @param {Name} name */
const compiled = (name) => join(TARGETS, TARGET, "release", `keyward_${name}.wasm`);

/** Glue and WebAssembly of a crate, after `bind`. @param {Name} name */
export const bound = (name) => ({
  js: path("build/glue", `${name}.js`),
  wasm: path("build/glue", `${name}_bg.wasm`),
});

/** Keeps this machine's paths out of what is built: a panic's message names its file. */
function remap() {
  const crates = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry", "src");
  const toolchains = join(process.env.RUSTUP_HOME || join(homedir(), ".rustup"), "toolchains");
  return [crates, toolchains].map((folder) => `--remap-path-prefix=${folder}=`);
}

/** Compiles both crates, and the tool that binds them; cargo knows what has changed. */
export async function compile() {
  const flags = `target.${TARGET}.rustflags=${JSON.stringify(remap())}`;
  const crates = ["-p", "keyward-worker", "-p", "keyward-npm"];
  // At the same time: linking keeps one processor core busy, and another can compile xtask.
  const built = await Promise.all([
    attempt("cargo", ["build", "--release", "--target", TARGET, ...crates, "--config", flags]),
    attempt("cargo", ["build", "--quiet", "-p", "keyward-xtask"]),
  ]);
  if (built.includes(false)) throw new Stop("The Rust does not compile, see above.");
}

// The module itself names the features that rustc uses; wasm-bindgen adds this one to the worker's module.
const FEATURES = ["--enable-exception-handling"];
// Of functions that are beside each other, those with similar names compress best.
const OPTIMIZE = [
  ...["-O3", "--reorder-functions-by-name"],
  ...["--strip-debug", "--strip-producers", "--strip-target-features"],
];

/** Makes the glue of a crate. @param {Name} name */
export async function bind(name) {
  const args = ["xtask", "bind", `--${name}`, compiled(name), path("build/glue")];
  await must("cargo", args, "wasm-bindgen failed, see above.");
}

/**
 * Optimizes the WebAssembly of a crate, of which only that remains which its JavaScript uses. Crates bring classes that
 * nobody asks for.
 * @param {Name} name
 * @param {string} script the glue, or what a bundler has made of it
 */
export async function optimize(name, script = bound(name).js) {
  const { js, wasm } = bound(name);
  /** @param {string} file @param {RegExp} pattern */
  const names = (file, pattern) =>
    new Set([...readFileSync(file, "utf8").matchAll(pattern)].map(([, found = ""]) => found));
  const used = names(script, /\.(\w+)/g);
  const exported = [...names(js, /\bwasm\.(\w+)/g)].filter((name) => used.has(name));
  const nodes = exported.map((name) => ({ name, export: name }));
  const graph = `${wasm}.graph.json`;
  writeFileSync(graph, JSON.stringify([{ name: "JavaScript", root: true, reaches: exported }, ...nodes]));
  const reduce = [...FEATURES, "-g", wasm, "--graph-file", graph, "--output", wasm];
  await must("wasm-metadce", reduce, "wasm-metadce failed, see above.");
  await must("wasm-opt", [...FEATURES, ...OPTIMIZE, wasm, "--output", wasm], "wasm-opt failed, see above.");
}

/**
 * Builds something, unless it has been built from exactly the same crate, files and tools before.
 * @param {string} what its name in the line that is printed
 * @param {string} stamp a file beside what is built
 * @param {Name} name the crate's
 * @param {string[]} files files and folders that it is built from, relative to the project's root
 * @param {() => Promise<unknown>} build
 */
export async function whenChanged(what, stamp, name, files, build) {
  const hash = createHash("sha256").update(readFileSync(compiled(name)));
  const tools = ["scripts/wasm.mjs", "src/xtask", "Cargo.lock", "package-lock.json"];
  for (const file of [...files, ...tools].flatMap(filesIn))
    hash.update(`\0${file}\0`).update(readFileSync(path(file)));
  const now = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return false;
  rmSync(stamp, { force: true });
  const started = Date.now();
  await build();
  writeFileSync(stamp, now);
  console.log(`Built ${what} in ${seconds(started)}.`);
  return true;
}

/** A file, or the files in a folder. @param {string} name @returns {string[]} */
function filesIn(name) {
  if (!statSync(path(name)).isDirectory()) return [name];
  return readdirSync(path(name)).flatMap((file) => filesIn(join(name, file)));
}

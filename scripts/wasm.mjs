// @ts-check
// From Rust to WebAssembly, for the worker and for the npm package: cargo compiles, src/xtask binds, wasm-metadce drops what no
// JavaScript uses, wasm-opt optimizes. And from the package's crate to JavaScript, for where there is no WebAssembly: that is
// wasm2js, which knows no SIMD. The results are in build/glue, for the bundles of build.mjs and build-npm.mjs.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { attempt, must, path, Stop, seconds } from "./run.mjs";

export const TARGET = "wasm32-unknown-unknown";
const TARGETS = process.env.CARGO_TARGET_DIR ?? path("target");

/** @typedef {"worker" | "npm" | "plain" | "glance"} Name of what is compiled; `plain` is the crate of `npm` without SIMD */

const COMPILED = path("build/compiled");

/** What cargo makes of a crate. @param {Name} name */
const compiled = (name) => join(COMPILED, `${name}.wasm`);

/** What there is of a crate after `bind`. @param {Name} name */
export const bound = (name) => ({
  js: path("build/glue", name, `${COMPILE[name].crate}.js`),
  wasm: path("build/glue", name, `${COMPILE[name].crate}_bg.wasm`),
});

/** Keeps this machine's paths out of what is built: a panic's message names its file. */
function remap() {
  const crates = join(process.env.CARGO_HOME || join(homedir(), ".cargo"), "registry", "src");
  const toolchains = join(process.env.RUSTUP_HOME || join(homedir(), ".rustup"), "toolchains");
  return [crates, toolchains].map((folder) => `--remap-path-prefix=${folder}=`);
}

/** How each is compiled. @type {Record<Name, { crate: string, profile: string, flags: string[] }>} */
const COMPILE = {
  worker: { crate: "worker", profile: "release", flags: [] },
  npm: { crate: "npm", profile: "npm", flags: [] },
  glance: { crate: "glance", profile: "npm", flags: [] },
  plain: {
    crate: "npm",
    profile: "plain",
    flags: ["-Ctarget-feature=-simd128", '--cfg=sha2_backend_soft="compact"'],
  },
};

/** Compiles everything, and the tool that binds it; cargo knows what has changed. */
export async function compile() {
  const built = await Promise.all([
    compileAll(),
    // At the same time: linking keeps one processor core busy, and another can compile xtask.
    attempt("cargo", ["build", "--quiet", "-p", "keyward-xtask"]),
  ]);
  if (built.includes(false)) throw new Stop("The Rust does not compile, see above.");
}

async function compileAll() {
  mkdirSync(COMPILED, { recursive: true });
  for (const [name, { crate, profile, flags }] of Object.entries(COMPILE)) {
    const config = `target.${TARGET}.rustflags=${JSON.stringify([...remap(), ...flags])}`;
    const args = ["--profile", profile, "--target", TARGET, "-p", `keyward-${crate}`, "--config", config];
    if (!(await attempt("cargo", ["build", ...args]))) return false;
    const made = join(TARGETS, TARGET, profile, `keyward_${crate}.wasm`);
    copyFileSync(made, compiled(/** @type {Name} */ (name)));
  }
  return true;
}

const OPTIMIZE = ["-O3", "--strip-debug", "--strip-producers", "--strip-target-features"];
// The module itself names the features that rustc uses; wasm-bindgen adds this one to the worker's module.
const FEATURES = ["--enable-exception-handling"];
// Of the package's own, whose names are lost on the way.
const NPM_FEATURES = [
  ...["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int"],
  ...["--enable-mutable-globals", "--enable-multivalue", "--enable-reference-types", "--enable-simd"],
];
/** What the package needs of its crate, see src/npm/lib.rs. */
const NEEDED = [
  ...["memory", "buffer", "capacity", "facts", "facts_len"],
  ...["check", "digest", "explain", "find", "undecided"],
];

/** @param {Name} name */
const bindgen = (name) =>
  must(
    "cargo",
    ["xtask", "bind", `--${COMPILE[name].crate}`, compiled(name), path("build/glue", name)],
    "wasm-bindgen failed, see above.",
  );

/** @param {string} command @param {string[]} args */
const tool = (command, args) => must(command, args, `${command} failed, see above.`);

/** Makes the worker's glue. */
export const bindWorker = () => bindgen("worker");

/**
 * Optimizes the worker's WebAssembly, of which only that remains which its JavaScript uses. Crates bring classes that nobody
 * asks for.
 * @param {string} script what a bundler has made of the glue
 */
export async function optimizeWorker(script) {
  const { js, wasm } = bound("worker");
  /** @param {string} file @param {RegExp} pattern */
  const names = (file, pattern) =>
    new Set([...readFileSync(file, "utf8").matchAll(pattern)].map(([, found = ""]) => found));
  const used = names(script, /\.(\w+)/g);
  const exported = [...names(js, /\bwasm\.(\w+)/g)].filter((name) => used.has(name));
  await reduce(wasm, exported, ["-g", ...FEATURES]);
  // Of functions that are beside each other, those with similar names compress best.
  await tool("wasm-opt", [...FEATURES, "--reorder-functions-by-name", ...OPTIMIZE, wasm, "--output", wasm]);
}

/** Leaves of a module what these exports need. @param {string} wasm @param {string[]} exports @param {string[]} options */
async function reduce(wasm, exports, options) {
  const graph = `${wasm}.graph.json`;
  const nodes = exports.map((name) => ({ name, export: name }));
  writeFileSync(graph, JSON.stringify([{ name: "JavaScript", root: true, reaches: exports }, ...nodes]));
  await tool("wasm-metadce", [...options, wasm, "--graph-file", graph, "--output", wasm]);
}

/**
 * Makes the package's WebAssembly, or what becomes its JavaScript. It takes and gives integers only and calls nothing, so of
 * wasm-bindgen's work only the names are needed: `wasm-metadce` drops the rest, and no glue is left.
 * @param {"npm" | "plain"} name
 */
async function bindPackage(name) {
  await bindgen(name);
  const { wasm } = bound(name);
  await reduce(wasm, NEEDED, NPM_FEATURES);
  const lowered = name === "plain" ? ["--signext-lowering", "--llvm-nontrapping-fptoint-lowering"] : [];
  await tool("wasm-opt", [...NPM_FEATURES, ...lowered, ...OPTIMIZE, wasm, "--output", wasm]);
}

/** Makes the WebAssembly of the command's glance, which takes and gives integers and calls nothing: it needs no glue. */
export async function optimizeGlance() {
  const { wasm } = bound("glance");
  mkdirSync(dirname(wasm), { recursive: true });
  await tool("wasm-opt", [...NPM_FEATURES, ...OPTIMIZE, compiled("glance"), "--output", wasm]);
}

/** Makes the package's WebAssembly, and the JavaScript: a module that exports a function, which starts it. */
export async function bindNpm() {
  await bindPackage("npm");
  await bindPackage("plain");
  const { wasm, js } = bound("plain");
  await tool("wasm2js", [...NPM_FEATURES, "-O3", wasm, "--output", js]);
  const [body, rest] = readFileSync(js, "utf8").split("\nvar retasmFunc = asmFunc({");
  if (rest === undefined) throw new Stop("wasm2js writes something else than it did: see scripts/wasm.mjs.");
  writeFileSync(js, `export default function () {\n${body}\nreturn asmFunc({});\n}\n`);
}

/**
 * Builds something, unless it has been built from exactly the same crates, files and tools before.
 * @param {string} what its name in the line that is printed
 * @param {string} stamp a file beside what is built
 * @param {Name[]} names the crates'
 * @param {string[]} files files and folders that it is built from, relative to the project's root
 * @param {() => Promise<unknown>} build
 */
export async function whenChanged(what, stamp, names, files, build) {
  const hash = createHash("sha256");
  for (const name of names) hash.update(readFileSync(compiled(name)));
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

// @ts-check
// The build tools that are not npm packages. They live in a cache outside the checkout, because installing them takes minutes:
//   ${KEYWARD_CACHE:-${XDG_CACHE_HOME:-~/.cache}/keyward}/<tool>-<version>/bin/<tool>
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AGAIN, attempt, must, path, run, Stop } from "./run.mjs";

export const cache =
  process.env.KEYWARD_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "keyward");

/** The version of a crate in Cargo.lock. @param {string} crate */
function locked(crate) {
  const found = readFileSync(path("Cargo.lock"), "utf8").match(`name = "${crate}"\nversion = "([^"]+)"`);
  if (!found) throw new Stop(`Cargo.lock names no ${crate}: restore it with \`git checkout Cargo.lock\`.`);
  return found[1];
}

/** @typedef {{ crate: string, tool: string, version: string, folder: string, bin: string }} Tool */

/** @param {string} crate @param {string} tool @param {string} version @returns {Tool} */
function tool(crate, tool, version) {
  const folder = join(cache, `${tool}-${version}`);
  return { crate, tool, version, folder, bin: join(folder, "bin", tool) };
}

// wasm-bindgen's command refuses a library of another version, and worker-build is released together with `worker`.
export const wasmBindgen = tool("wasm-bindgen-cli", "wasm-bindgen", locked("wasm-bindgen"));
export const workerBuild = tool("worker-build", "worker-build", locked("worker"));

/** The tools that are not in the cache yet. */
export const missingTools = () => [wasmBindgen, workerBuild].filter(({ bin }) => !existsSync(bin));

/**
 * Builds a tool beside its place and moves it there when it is whole, so an interrupted install is never believed.
 * What was compiled until then stays, and the next try goes on from it.
 * @param {Tool} tool
 */
export async function installTool({ crate, tool, version, folder }) {
  const compiled = join(cache, `${tool}-${version}.compiling`);
  const whole = join(compiled, "whole");
  mkdirSync(compiled, { recursive: true });
  // Unoptimized, because that compiles three times as fast and the tools still take a fraction of a second to run.
  const install = ["install", crate, "--version", version, "--bin", tool, "--debug"];
  install.push("--root", whole, "--target-dir", compiled);
  const env = { ...process.env, CARGO_PROFILE_DEV_DEBUG: "0" };
  // Some registries lack a version that the tool's own lock file asks for; then the newest ones that fit have to do.
  if (!(await attempt("cargo", [...install, "--locked"], { env }))) {
    console.log(
      "      That did not work with the versions it was released with; trying the newest that fit…",
    );
    await must("cargo", install, `Installing ${tool} ${version} failed, see above. ${AGAIN}`, { env });
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(whole, folder);
  rmSync(compiled, { recursive: true, force: true });
}

/** The compilers, Rust 1.x, that the unstable options below were tried with. */
const TRIED = [95, 99];

/** What the compiler has said of itself; it is asked once. @type {Promise<{ output: string }[]> | undefined} */
let said;

/**
 * The compiler. With one of those that were tried, and its component rust-src, the standard library is built along;
 * otherwise the ready-made one has to do, and what is built is larger than we promise.
 */
export async function rustc() {
  said ??= Promise.all([["--version"], ["--print", "sysroot"]].map((args) => run("rustc", args)));
  const [version, sysroot] = (await said).map(({ output }) => output.trim());
  const found = /^rustc 1\.(\d+)\.\d+/.exec(version);
  const minor = found ? Number(found[1]) : undefined;
  const isTried = minor !== undefined && TRIED.includes(minor);
  const hasSource = existsSync(join(sysroot, "lib/rustlib/src/rust/library/Cargo.lock"));
  return { version, minor, isTried, hasSource, buildsStd: isTried && hasSource };
}

/** SHA-256 as a loop instead of sixty-four steps written out. */
const SHORT_SHA2 = '--cfg=sha2_backend_soft="compact"';

/**
 * The caller's flags, those given here, and what keeps this machine's paths out of the binary: panics name the files they
 * stand in.
 * @param {string[]} more
 */
function rustFlags(more) {
  const { CARGO_ENCODED_RUSTFLAGS: encoded, RUSTFLAGS: plain, CARGO_HOME, RUSTUP_HOME } = process.env;
  const given = encoded?.split("\x1f") ?? plain?.split(" ") ?? [];
  const crates = join(CARGO_HOME || join(homedir(), ".cargo"), "registry", "src");
  const toolchains = join(RUSTUP_HOME || join(homedir(), ".rustup"), "toolchains");
  const hidden = [crates, toolchains].map((folder) => `--remap-path-prefix=${folder}=`);
  return [...given.filter(Boolean), SHORT_SHA2, ...more, ...hidden].join("\x1f");
}

/**
 * How the standard library is built along. A panic ends the instance without a message, so the code that would write one
 * is not there. Cargo takes its unstable options from the environment, and RUSTC_BOOTSTRAP allows them.
 */
export const STD = {
  env: { RUSTC_BOOTSTRAP: "1", CARGO_UNSTABLE_BUILD_STD: "std,panic_abort" },
  flags: ["-Zunstable-options", "-Cpanic=immediate-abort"],
};

/** What worker-build needs to know so that it downloads nothing. @param {boolean} buildsStd */
export const buildEnvironment = (buildsStd) => ({
  ...process.env,
  ...(buildsStd ? { ...STD.env, CARGO_UNSTABLE_BUILD_STD_FEATURES: "optimize_for_size" } : {}),
  CARGO_ENCODED_RUSTFLAGS: rustFlags(buildsStd ? STD.flags : []),
  WASM_BINDGEN_BIN: wasmBindgen.bin,
  ESBUILD_BIN: path("node_modules/.bin/esbuild"),
});

/** Quiet and offline: wrangler reports nothing, asks for nothing, and keeps its logs in the checkout. */
export const quietly = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG_PATH: path(".wrangler", "logs"),
  WRANGLER_REGISTRY_PATH: path(".wrangler", "registry"),
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

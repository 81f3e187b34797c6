// @ts-check
// A clone of the project in a folder of its own, for scripts that write files or call programs which a test replaces. It shares
// what is built and installed.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { path, run } from "../../scripts/run.mjs";

const COPIED = ["scripts", "www", "build", "wrangler.toml", "package.json", "package-lock.json"];
const SHARED = [
  "src",
  "pkg",
  "target",
  "tests",
  "Cargo.lock",
  "rust-toolchain.toml",
  "LICENSE-MIT",
  "LICENSE-APACHE",
];

/**
 * @param {import("node:test").TestContext} t
 * @param {Record<string, string>} [programs] shell scripts by name, which the scripts find before all others
 */
export function clone(t, programs = {}) {
  const folder = mkdtempSync(join(tmpdir(), "keyward-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of COPIED)
    if (existsSync(path(name))) cpSync(path(name), join(folder, name), { recursive: true });
  for (const name of SHARED) symlinkSync(path(name), join(folder, name));
  mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
  const installed = readdirSync(path("node_modules")).filter((name) => name !== ".bin");
  const commands = readdirSync(path("node_modules/.bin")).filter((name) => !(name in programs));
  for (const name of [...installed, ...commands.map((command) => `.bin/${command}`)])
    symlinkSync(path("node_modules", name), join(folder, "node_modules", name));
  for (const [name, script] of Object.entries(programs)) {
    const file = join(folder, "node_modules", ".bin", name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
  const at = (/** @type {string} */ name) => join(folder, name);
  return {
    folder,
    at,
    read: (/** @type {string} */ name) => (existsSync(at(name)) ? readFileSync(at(name), "utf8") : undefined),
    write: (/** @type {string} */ name, /** @type {string} */ text) => writeFileSync(at(name), text),
    append: (/** @type {string} */ name, /** @type {string} */ text) =>
      writeFileSync(at(name), text, { flag: "a" }),
    /** Runs one of its scripts. @param {string} script @param {string[]} [args] @param {string} [input] */
    run: (script, args = [], input = "") =>
      run(process.execPath, [at(`scripts/${script}.mjs`), ...args], { cwd: folder, env: clean(), input }),
  };
}

/** The environment without what would choose for the scripts. */
export function clean() {
  const { CLOUDFLARE_ENV: _, PORT: __, ...rest } = process.env;
  return rest;
}

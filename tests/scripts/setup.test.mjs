// @ts-check
// Set-up fails with a sentence that says what to do, before it has done anything.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";

/** Runs the build with no other programs than Node and these. @param {import("node:test").TestContext} t @param {Record<string, string>} programs shell scripts by name */
async function buildWith(t, programs) {
  const bin = mkdtempSync(join(tmpdir(), "keyward-"));
  t.after(() => rmSync(bin, { recursive: true, force: true }));
  symlinkSync(process.execPath, join(bin, "node"));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = { ...process.env, PATH: bin };
  return run(process.execPath, [path("scripts/build.mjs")], { env });
}

test("without Rust it says where Rust is to be had", async (t) => {
  const { code, output } = await buildWith(t, {});
  assert.equal(code, 1);
  assert.equal(
    output.trim(),
    "There is no Rust here: install it from https://rustup.rs, then run the same command again.",
  );
});

test("a toolchain that is missing and cannot be had is told apart from a build that fails", async (t) => {
  const { code, output } = await buildWith(t, { rustc: "exit 1", rustup: "exit 1" });
  assert.equal(code, 1);
  assert.match(output.trim(), /The Rust of rust-toolchain\.toml could not be installed .*\.$/);
});

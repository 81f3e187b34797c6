// @ts-check
// What is installed is what was locked: each package has its digest, and no lock file sends anybody elsewhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";

/** @param {string} pattern what git pathspecs are */
async function tracked(pattern) {
  const { stdout } = await run("git", ["ls-files", "-z", "--", pattern]);
  const files = stdout.split("\0").filter(Boolean);
  assert.ok(files.length > 0, `git knows no ${pattern}`);
  return files;
}

/** @typedef {{ link?: boolean, integrity?: string, resolved?: string }} Entry */

test("every package in a lock file of npm has a digest and no address", async () => {
  for (const file of await tracked("**package-lock.json")) {
    const { packages } = JSON.parse(readFileSync(path(file), "utf8"));
    for (const [folder, entry] of Object.entries(packages)) {
      const { link, integrity = "", resolved } = /** @type {Entry} */ (entry);
      // Ours are no downloads: the root, and the folders of workspaces.
      if (link || !folder.includes("node_modules/")) continue;
      assert.match(
        integrity,
        /^sha512-/,
        `${folder} in ${file} has no integrity: \`npm view\` tells its dist.integrity`,
      );
      assert.equal(resolved, undefined, `${folder} in ${file}`);
    }
  }
});

test("every crate in Cargo.lock is ours or has a checksum", () => {
  const crates = readFileSync(path("Cargo.lock"), "utf8").split("[[package]]\n").slice(1);
  assert.ok(crates.length > 0);
  for (const crate of crates) {
    const [, name = ""] = crate.match(/^name = "(.+)"/) ?? [];
    if (!name.startsWith("keyward-")) assert.match(crate, /^checksum = "[0-9a-f]{64}"$/m, name);
  }
});

test("every line in a list of Python packages has a version and digests", async () => {
  for (const file of await tracked("**requirements.txt")) {
    const text = readFileSync(path(file), "utf8").replaceAll("\\\n", " ");
    const lines = text.split("\n").filter((line) => line.trim() && !line.trim().startsWith("#"));
    for (const line of lines) assert.match(line, /^[\w.[\]-]+==\S+.* --hash=sha256:[0-9a-f]{64}/, file);
  }
});

test("no script installs what is not locked", async () => {
  const forbidden =
    /"npm", \[\s*"(?:install|i|add)"|npm install(?! (?:keyward|\.\/))|"npx", \[\s*"(?!--no-install)/;
  for (const file of [...(await tracked("scripts/*.mjs")), ...(await tracked(".ci/*"))]) {
    const text = readFileSync(path(file), "utf8");
    assert.doesNotMatch(text, forbidden, file);
    for (const [install] of text.matchAll(/\["install", [^\]]*--root[^\]]*\]/g))
      assert.match(install, /--locked/, file);
    for (const [install] of text.matchAll(/"pip", "install"[^\]]*\]/g))
      assert.match(install, /--require-hashes/, file);
  }
});

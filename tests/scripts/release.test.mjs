// @ts-check
// `npm run release`: files that can be deployed and installed, and the truth about what is in them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { path, quietly, run } from "../../scripts/run.mjs";

const FOLDER = mkdtempSync(join(tmpdir(), "keyward-release-"));
after(() => rmSync(FOLDER, { recursive: true, force: true }));
const { code, output } = await run(process.execPath, [path("scripts/release.mjs"), "--folder", FOLDER]);
const file = (/** @type {string} */ name) => readFileSync(join(FOLDER, name));
/** @param {RegExp} name how it begins @param {string} ending */
const named = (name, ending) =>
  readdirSync(FOLDER).find((found) => name.test(found) && found.endsWith(ending)) ?? "";
/** @param {RegExp} name */
const sbom = (name) => JSON.parse(file(named(name, ".cdx.json")).toString());

/** The folder of a package. @param {import("node:test").TestContext} t @param {RegExp} name */
async function unpacked(t, name) {
  const folder = mkdtempSync(join(tmpdir(), "keyward-unpacked-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  assert.equal((await run("tar", ["-xzf", join(FOLDER, named(name, ".tgz")), "-C", folder])).code, 0);
  return join(folder, "package");
}

/** @typedef {{ name: string, version: string, hashes?: { content: string }[], licenses: { expression: string }[] }} Component */

test("each file of a release has its digest beside it", () => {
  assert.equal(code, 0, output);
  const lines = file("SHA256SUMS").toString().trim().split("\n");
  const names = readdirSync(FOLDER).filter((name) => name !== "SHA256SUMS");
  assert.deepEqual(lines.map((line) => line.split("  ")[1]).toSorted(), names.toSorted());
  for (const line of lines) {
    const [sum, name = ""] = line.split("  ");
    assert.equal(createHash("sha256").update(file(name)).digest("hex"), sum, name);
  }
});

test("beside each file is a valid list of what it is made of", async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const packed = readdirSync(FOLDER).filter((name) => name.endsWith(".tgz"));
  assert.equal(packed.length, 2);
  for (const name of packed) {
    const list = name.replace(/\.tgz$/, ".cdx.json");
    assert.equal(await validator.validate(file(list).toString()), null, list);
    /** @type {{ components: Component[] }} */
    const { components } = JSON.parse(file(list).toString());
    for (const { name: component, version, licenses } of components)
      assert.ok(version && licenses[0]?.expression, `${component} in ${list}`);
  }
});

test("the lists name the crates in the WebAssembly and the packages in the bundles, with the digests of the lock files", () => {
  /** @param {RegExp} list */
  const components = (list) =>
    new Map(sbom(list).components.map((/** @type {Component} */ component) => [component.name, component]));
  const worker = components(/^keyward-worker-/);
  const reader = components(/^keyward-\d/);
  const lock = readFileSync(path("Cargo.lock"), "utf8");
  for (const name of ["keyward-core", "serde_json", "sha2", "wasm-bindgen", "worker", "lit-element", "std"])
    assert.ok(worker.has(name), `${name} is in the worker`);
  for (const name of ["keyward-core", "keyward-glance", "sha2", "ignore", "std"])
    assert.ok(reader.has(name), `${name} is in the package`);
  for (const name of ["rusqlite", "proptest", "schemars", "esbuild", "typescript"])
    assert.ok(!worker.has(name) && !reader.has(name), `${name} is in neither`);
  for (const { name, version, hashes } of [...worker.values(), ...reader.values()])
    if (lock.includes(`name = "${name}"\nversion = "${version}"\nsource`))
      assert.match(
        lock,
        new RegExp(`name = "${name}"\nversion = "${version}"\n.*\nchecksum = "${hashes?.[0]?.content}"`),
      );
});

test("each file of a release brings the licences of all that others have written of it", async (t) => {
  for (const [which, notices] of /** @type {const} */ ([
    [/^keyward-\d/, "dist/NOTICES.txt"],
    [/^keyward-worker-/, "NOTICES.txt"],
  ])) {
    const text = readFileSync(join(await unpacked(t, which), notices), "utf8");
    /** @type {Component[]} */
    const components = sbom(which).components;
    const theirs = components.filter(({ hashes }) => hashes);
    assert.ok(theirs.length > 0);
    for (const { name, version } of theirs) assert.ok(text.includes(`${name} ${version}`), name);
  }
});

test("the worker of a release is deployed by wrangler, without the project", async (t) => {
  const folder = await unpacked(t, /^keyward-worker-/);
  const wrangler = await run("wrangler", ["deploy", "--dry-run", "--outdir", "out"], {
    cwd: folder,
    env: quietly,
  });
  assert.equal(wrangler.code, 0, wrangler.output);
  assert.match(wrangler.output, /env\.LEDGER \(Ledger\) +Durable Object/);
  // What other workers are bound to.
  assert.match(readFileSync(join(folder, "out/index.js"), "utf8"), /export *\{[^}]*\bVerifier\b[^}]*\}/);
  for (const name of ["index.html", "vendor/lit.js", "vendor/keyward.wasm"])
    assert.ok(existsSync(join(folder, "www", name)), name);
});

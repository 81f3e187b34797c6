// @ts-check
// The operator's secrets: made once, and never told where nobody asked.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digest, localRootKey } from "../../scripts/keys.mjs";
import { path, run } from "../../scripts/run.mjs";

/** @param {import("node:test").TestContext} t */
function folder(t) {
  const made = mkdtempSync(join(tmpdir(), "keyward-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("the secrets of a clone are made once, for their owner's eyes only, and the root key opens the worker", (t) => {
  const clone = folder(t);
  const rootKey = localRootKey(clone);
  assert.match(rootKey ?? "", /^kwroot_[0-9a-f]{64}$/);
  const vars = readFileSync(join(clone, ".dev.vars"), "utf8");
  assert.match(vars, /^SEAL_KEYS="[0-9a-f]{64}"$/m);
  assert.ok(vars.includes(`ROOT_KEY_DIGESTS="${digest(rootKey ?? "")}"`));
  assert.ok(!vars.includes(rootKey ?? ""));
  for (const file of [".dev.vars", ".keyward/root-key"]) {
    assert.equal(statSync(join(clone, file)).mode & 0o077, 0, file);
  }
  assert.equal(localRootKey(clone), rootKey);
  assert.equal(readFileSync(join(clone, ".dev.vars"), "utf8"), vars);
});

test("where the .dev.vars is somebody's own, no root key is shown that it does not accept", (t) => {
  const clone = folder(t);
  writeFileSync(join(clone, ".dev.vars"), `ROOT_KEY_DIGESTS="${digest("kwroot_mine")}"\n`);
  assert.equal(localRootKey(clone), undefined);
  assert.throws(() => statSync(join(clone, ".keyward")), "and none is made");

  const other = folder(t);
  localRootKey(other);
  writeFileSync(join(other, ".dev.vars"), `ROOT_KEY_DIGESTS="${digest("kwroot_mine")}"\n`);
  assert.equal(localRootKey(other), undefined);
});

test("npm run secrets makes what a deployment needs, and puts new keys before those in use", async () => {
  const secrets = (/** @type {string[]} */ args, input = "") =>
    run(process.execPath, [path("scripts/secrets.mjs"), "--print", ...args], { input });
  const made = await secrets([]);
  assert.equal(made.code, 0, made.output);
  const [, rootKey] = made.output.match(/^Root key: (kwroot_[0-9a-f]{64})$/m) ?? [];
  assert.ok(made.output.includes(`ROOT_KEY_DIGESTS="${digest(rootKey)}"`), made.output);
  assert.match(made.output, /^SEAL_KEYS="[0-9a-f]{64}"$/m);

  const old = "5e".repeat(32);
  const rotated = await secrets(["--rotate-seal"], `${old}\n`);
  assert.match(rotated.output, new RegExp(`^SEAL_KEYS="[0-9a-f]{64},${old}"$`, "m"));
  assert.doesNotMatch(rotated.output, /Root key|ROOT_KEY/);
  const added = await secrets(["--add-root"], old);
  assert.match(added.output, new RegExp(`^ROOT_KEY_DIGESTS="[0-9a-f]{64},${old}"$`, "m"));
  const refused = await secrets(["--add-root"], "kwroot_x");
  assert.equal(refused.code, 1);
  assert.match(refused.output, /nothing was changed/);
});

// @ts-check
// The README's commands work as they are written, given the server's address and root key.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { path } from "../../scripts/run.mjs";
import { start } from "./harness.mjs";

const keyward = await start();
after(() => keyward.stop());

test("the README's commands create, list, verify, revoke and refuse a key", async () => {
  const blocks = [...readFileSync(path("README.md"), "utf8").matchAll(/```sh\n(.*?)```/gs)].map(
    ([, text]) => text,
  );
  assert.equal(blocks.length, 2);
  const folder = mkdtempSync(join(tmpdir(), "keyward-readme-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", blocks[1]], {
    cwd: folder,
    env: { ...process.env, KEYWARD: keyward.url, ROOT: keyward.rootKey },
  });
  const answers = stdout.split(/(?<=\})(?=\{)/).map((text) => JSON.parse(text));
  const [organization, key, list, valid, revoked, refused] = answers;
  assert.equal(organization.id, "acme");
  assert.match(key.token, /^kw_sk_test_1/);
  assert.deepEqual(
    list.keys.map((/** @type {any} */ item) => item.id),
    [key.id],
  );
  assert.deepEqual([valid.valid, valid.key.title], [true, "CI deploys"]);
  assert.equal(revoked.status, "revoked");
  const named = { id: key.id, owner: { type: "organization", id: "acme" } };
  const { as_of, ...told } = refused;
  assert.deepEqual(told, { valid: false, code: "revoked", key: named, max_staleness_seconds: 0 });
  assert.ok(as_of >= revoked.revoked_at);
});

// @ts-check
// last_used_at is recorded in the background, never by the request that uses the key. How often, the native tests and
// time.test.mjs prove.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";

const { root, as, key, orgKey, verdict } = await serve();
/** @param {string} path */
const lastUse = async (path) => (await ok(root.get(path))).last_used_at;
/** @param {string} path @returns {Promise<string>} */
const recorded = (path) =>
  eventually(
    () => lastUse(path),
    (at) => at !== null,
  );

const uses = {
  "a fast verification": (/** @type {string} */ token) => verdict(token),
  "a strong verification": (/** @type {string} */ token) => verdict(token, { consistency: "strong" }),
  "a request made with the key": (/** @type {string} */ token) => as(token).get("/v1/whoami"),
};
for (const [name, use] of Object.entries(uses)) {
  test(`${name} is recorded as a use`, async () => {
    const { path, token, updated_at } = await orgKey();
    assert.equal(await lastUse(path), null);
    const before = Date.now();
    await use(token);
    const at = Date.parse(await recorded(path));
    assert.ok(at >= before && at <= Date.now());
    assert.equal((await ok(root.get(path))).updated_at, updated_at, "a use is not a change");
  });
}

test("the last use is kept through a change, a revocation and in lists", async () => {
  const { org, path, token } = await orgKey();
  await verdict(token);
  const at = await recorded(path);
  assert.equal((await ok(root.patch(path, { title: "t" }))).last_used_at, at);
  assert.equal((await ok(root.post(`${path}/revoke`))).last_used_at, at);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).keys[0].last_used_at, at);
});

test("a refused verification is not recorded as a use", async () => {
  const { org, path, token } = await orgKey();
  assert.equal(await verdict(token, { scopes: ["b"] }), "insufficient_scope");
  assert.equal(await verdict(token, { organization: "another" }), "not_a_member");
  // A later use of another key of the same ledger has been recorded, so an earlier one would have been as well.
  const later = await key(`organizations/${org}`);
  assert.equal(await verdict(later.token), "valid");
  await recorded(later.path);
  assert.equal(await lastUse(path), null);
});

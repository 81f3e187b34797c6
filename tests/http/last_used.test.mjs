// @ts-check
// last_used_at is told in the background: never by the request that uses the key, and at most once in five minutes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, ok, serve } from "./client.mjs";
import { placeOf } from "./mint.mjs";

const { root, as, kv, orgKey, verdict } = await serve();
/** @param {string} path */
const lastUse = async (path) => (await ok(root.get(path))).last_used_at;
/** @param {string} path @returns {Promise<string>} */
const noted = (path) =>
  eventually(
    () => lastUse(path),
    (at) => at !== null,
  );

const uses = {
  "a fast verification": (/** @type {string} */ token) => verdict(token),
  "a strong verification": (/** @type {string} */ token) => verdict(token, { consistency: "strong" }),
  "acting by the key": (/** @type {string} */ token) => as(token).get("/v1/whoami"),
};
for (const [name, use] of Object.entries(uses)) {
  test(`${name} is noted`, async () => {
    const { path, token, updated_at } = await orgKey();
    assert.equal(await lastUse(path), null);
    const before = Date.now();
    await use(token);
    const at = Date.parse(await noted(path));
    assert.ok(at >= before && at <= Date.now());
    assert.equal((await ok(root.get(path))).updated_at, updated_at, "a use is no change");
  });
}

test("further uses within five minutes are not written", async () => {
  const { path, token } = await orgKey();
  await verdict(token);
  const first = await noted(path);
  for (const use of Object.values(uses)) await use(token);
  await sleep(500);
  assert.equal(await lastUse(path), first);
});

test("a use writes nothing to KV", async () => {
  const { path, token } = await orgKey();
  const copy = await eventually(
    () => kv.get(placeOf(token)),
    (found) => found !== null,
  );
  await verdict(token);
  await noted(path);
  await sleep(1500);
  assert.equal(await kv.get(placeOf(token)), copy);
});

test("a use survives a change, a revocation and a list", async () => {
  const { org, path, token } = await orgKey();
  await verdict(token);
  const at = await noted(path);
  assert.equal((await ok(root.patch(path, { title: "t" }))).last_used_at, at);
  assert.equal((await ok(root.post(`${path}/revoke`))).last_used_at, at);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).keys[0].last_used_at, at);
});

test("a refused use is no use", async () => {
  const refusedUses = [
    async (/** @type {{ path: string, token: string }} */ { path, token }) => {
      await ok(root.post(`${path}/revoke`));
      return verdict(token, { consistency: "strong" });
    },
    (/** @type {{ token: string }} */ { token }) => verdict(token, { scopes: ["b"] }),
    (/** @type {{ token: string }} */ { token }) => verdict(token, { organization: "another" }),
  ];
  for (const use of refusedUses) {
    const key = await orgKey();
    assert.notEqual(await use(key), "valid");
    await sleep(400);
    assert.equal(await lastUse(key.path), null);
  }
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, pointers, refused, serve } from "../client.mjs";
import { kvKeyOf, unstamped } from "../mint.mjs";

const { root, kv, key, orgKey, verdict } = await serve();

test("only a revoked key can be deleted", async () => {
  const { path } = await orgKey();
  await refused(root.delete(path), "key.not_revoked");
  await refused(root.delete(`${path}?revoke=false`), "key.not_revoked");
  await ok(root.post(`${path}/revoke`, { revoke_in: 60 }));
  await refused(root.delete(path), "key.not_revoked");
  await ok(root.post(`${path}/revoke`));
  await ok(root.delete(path));
  await refused(root.get(path), "key.not_found");
});

test("revoke=true revokes and deletes in one step, whatever the status", async () => {
  const revoked = await orgKey();
  await ok(root.post(`${revoked.path}/revoke`));
  const retiring = await orgKey();
  await ok(root.post(`${retiring.path}/revoke`, { revoke_in: 60 }));
  for (const { path, token } of [await orgKey(), await key("users/ada"), retiring, revoked]) {
    await ok(root.delete(`${path}?revoke=true`));
    await refused(root.get(path), "key.not_found");
    assert.equal(await verdict(token, { consistency: "strong" }), "unknown");
  }
});

test("a deleted key is unknown to the fast path, by a tombstone in KV that expires", async () => {
  const { path, token } = await orgKey();
  await eventually(
    () => kv.get(kvKeyOf(token)),
    (stored) => stored !== null,
  );
  await ok(root.delete(`${path}?revoke=true`));
  await eventually(
    () => verdict(token),
    (code) => code === "unknown",
  );
  const tombstone = await eventually(
    async () => unstamped(await kv.get(kvKeyOf(token))),
    ({ record }) => record === null,
  );
  const { at, ...rest } = tombstone;
  assert.deepEqual(rest, { v: 1, record: null });
  assert.ok(Date.parse(at) > 0);
  const { keys } = await kv.list({ prefix: kvKeyOf(token) });
  const days = ((keys[0].expiration ?? 0) - Date.now() / 1000) / 86_400;
  assert.ok(days > 29 && days <= 30, `${days} days`);
});

test("revoke is true or false, and the only parameter", async () => {
  const { path } = await orgKey();
  for (const value of ["", "1", "yes", "TRUE"]) {
    const problem = await refused(root.delete(`${path}?revoke=${value}`), "request.bad_parameter");
    assert.deepEqual(pointers(problem), ["?revoke"], value);
  }
  await refused(root.delete(`${path}?revoke=true&revoke=true`), "request.bad_parameter");
  await refused(root.delete(`${path}?force=true`), "request.bad_parameter");
  await refused(root.call("DELETE", path, { revoke: true }), "request.bad_field");
  assert.equal((await ok(root.get(path))).status, "active");
});

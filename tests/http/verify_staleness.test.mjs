// @ts-check
// KV is a copy that may be late, lost or spoilt. What that may change, and what it may not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";
import { digestOf, placeOf, secretOf } from "./mint.mjs";

const { root, kv, sealKeys, key, orgKey, organization, verdict } = await serve();
const strong = { consistency: "strong" };
/** What KV holds of a key, once it holds it. @param {string} token @returns {Promise<string>} */
const copyOf = async (token) =>
  /** @type {string} */ (
    await eventually(
      () => kv.get(placeOf(token)),
      (copy) => copy !== null,
    )
  );
/** @param {string} token */
const found = async (token) => (await ok(root.post("/v1/verify", { key: token }))).consistency;

test("revoked_key_is_refused_even_when_kv_is_stale", async () => {
  const { path, token } = await orgKey();
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  await kv.put(placeOf(token), old);
  assert.equal(await verdict(token), "valid", "fast believes KV, as documented");
  assert.equal(await verdict(token, strong), "revoked");
  assert.equal((await root.post(`${path}/revoke`)).body.code, "key.already_revoked");
});

test("a deleted key is refused strongly even when KV is stale", async () => {
  const { path, token } = await orgKey();
  const old = await copyOf(token);
  await ok(root.delete(`${path}?revoke=true`), 204);
  await eventually(
    () => verdict(token),
    (code) => code === "unknown",
  );
  await kv.put(placeOf(token), old);
  assert.equal(await verdict(token, strong), "unknown");
});

test("a key that wants to be verified strongly is refused though KV is stale and the caller asks for fast", async () => {
  const { path, token } = await orgKey({ consistency: "strong" });
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await kv.put(placeOf(token), old);
  assert.equal(await verdict(token, { consistency: "fast" }), "revoked");
});

test("a stale key cannot act either: whatever shows or changes keys asks the ledger", async () => {
  const { org, path, token } = await orgKey({ scopes: ["*"] });
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await kv.put(placeOf(token), old);
  const headers = { authorization: `Bearer ${token}` };
  for (const place of ["/v1/whoami", `/v1/organizations/${org}/keys`]) {
    assert.equal((await root.call("GET", place, undefined, { headers })).body.code, "auth.invalid", place);
  }
});

test("a new key verifies at once, whether KV has it or not", async () => {
  for (let n = 0; n < 10; n += 1) {
    const { token } = await orgKey();
    assert.equal(await verdict(token), "valid");
    assert.equal(await verdict(token, strong), "valid");
  }
});

test("a new key verifies though KV was asked for it before and had nothing", async () => {
  const { token } = await orgKey();
  await copyOf(token);
  await kv.delete(placeOf(token));
  assert.equal(await kv.get(placeOf(token)), null);
  assert.deepEqual([await verdict(token), await found(token)], ["valid", "strong"], "a miss is not believed");
});

test("what KV has lost, the ledger still refuses", async () => {
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  await kv.delete(placeOf(token));
  assert.equal(await verdict(token), "revoked");
});

test("what stands in KV and cannot be read is not believed", async () => {
  for (const spoilt of ["", "{", "null", "[]", '{"v":2,"record":{}}', '{"v":1,"record":{"id":"x"}}']) {
    const { token } = await orgKey();
    await copyOf(token);
    await kv.put(placeOf(token), spoilt);
    assert.deepEqual([await verdict(token), await found(token)], ["valid", "strong"], spoilt);
  }
});

test("a copy that has lost its record is no tombstone", async () => {
  const { token } = await orgKey();
  await copyOf(token);
  await kv.put(placeOf(token), '{"v":1}');
  assert.equal(await verdict(token), "valid");
});

test("another key's record in KV does not make a key valid", async () => {
  const [victim, good] = [await orgKey(), await orgKey({ scopes: ["*"] })];
  await ok(root.post(`${victim.path}/revoke`));
  await eventually(
    () => verdict(victim.token),
    (code) => code === "revoked",
  );
  await kv.put(placeOf(victim.token), await copyOf(good.token));
  assert.equal(await verdict(victim.token), "unknown");
});

test("KV catches up with a change that comes right after another, and the newest wins", async () => {
  const { path, token } = await orgKey({ title: "0" });
  for (const title of ["1", "2", "3"]) await ok(root.patch(path, { title }));
  await ok(root.post(`${path}/revoke`));
  const seen = await eventually(
    async () => JSON.parse(await copyOf(token)).record,
    ({ revocation }) => revocation !== null,
  );
  assert.equal(seen.settings.title, "3");
});

test("a membership that ends is gone from KV too", async () => {
  const org = await organization();
  const { token } = await key("users/ada");
  const member = `/v1/organizations/${org}/members/ada`;
  await ok(root.put(member, { role: "member" }), 201);
  await eventually(
    () => kv.get(`member/${org}/ada`),
    (copy) => copy !== null,
  );
  assert.equal(await verdict(token, { organization: org }), "valid");
  await ok(root.delete(member), 204);
  await eventually(
    () => verdict(token, { organization: org }),
    (code) => code === "not_a_member",
  );
});

test("KV holds no secret key and no seal key", async () => {
  const tokens = [(await orgKey()).token, (await key("users/ada")).token];
  for (const token of tokens) {
    const copy = await copyOf(token);
    for (const secret of [token, secretOf(token), sealKeys]) assert.ok(!copy.includes(secret));
    assert.equal(JSON.parse(copy).record.digest, digestOf(token));
  }
  const { keys } = await kv.list();
  for (const { name } of keys) assert.match(name, /^(?:key\/[0-9a-f]{64}|member\/[\w-]+\/[\w-]+)$/);
});

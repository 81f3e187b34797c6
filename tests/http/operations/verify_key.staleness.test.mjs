// @ts-check
// KV is a copy that may be late, lost or corrupt: what that may change, and what it may not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serveWithClock } from "../client.mjs";
import { digestOf, kvKeyOf, secretOf, stamped, unstamped } from "../mint.mjs";

const { root, kv, sealKeys, key, orgKey, verdict, pass } = await serveWithClock();
const strong = { consistency: "strong" };
/** What KV holds of a key, once it holds it. @param {string} token @returns {Promise<string>} */
const copyOf = async (token) =>
  /** @type {string} */ (
    await eventually(
      () => kv.get(kvKeyOf(token)),
      (copy) => copy !== null,
    )
  );

test("a revoked key is refused even when KV is stale", async () => {
  const { path, token } = await orgKey();
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  await kv.put(kvKeyOf(token), old);
  assert.equal(await verdict(token), "revoked", "its ledger has told that it has changed");
  assert.equal(await verdict(token, strong), "revoked");
  assert.equal((await root.post(`${path}/revoke`)).body.code, "key.already_revoked");
});

test("a revoked key that is always verified strongly is refused even when KV is stale and the caller asks for fast", async () => {
  const { path, token } = await orgKey({ consistency: "strong" });
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await kv.put(kvKeyOf(token), old);
  assert.equal(await verdict(token, { consistency: "fast" }), "revoked");
});

test("a revoked key can manage nothing even when KV is stale", async () => {
  const { org, path, token } = await orgKey({ scopes: ["*"] });
  const old = await copyOf(token);
  await ok(root.post(`${path}/revoke`));
  await kv.put(kvKeyOf(token), old);
  const headers = { authorization: `Bearer ${token}` };
  for (const place of ["/v1/whoami", `/v1/organizations/${org}/keys`]) {
    assert.equal((await root.call("GET", place, undefined, { headers })).body.code, "auth.invalid", place);
  }
});

test("a copy is believed with the stamp of its place, and otherwise asked of the ledger and mended", async () => {
  const { path, token } = await orgKey();
  const value = JSON.stringify({ ...unstamped(await copyOf(token)), at: "2099-01-01T00:00:00.000Z" });
  await ok(root.post(`${path}/revoke`));
  await eventually(
    async () => unstamped(await copyOf(token)).record,
    ({ revocation }) => revocation !== null,
  );
  const [place, revoked] = [kvKeyOf(token), await kv.get(kvKeyOf(token))];
  // Before its ledger was heard, no copy is looked at.
  await verdict(token);
  await kv.put(place, stamped(sealKeys, place, value));
  assert.equal(await verdict(token), "valid", "it is as docs/STORAGE.md says");
  for (const forged of [value, stamped(sealKeys, "key/00", value), stamped("00".repeat(32), place, value)]) {
    // A copy is written anew at most once a minute.
    await pass(60_000);
    await verdict(token);
    await kv.put(place, forged);
    assert.equal(await verdict(token), "revoked", forged);
    await eventually(
      () => kv.get(place),
      (copy) => copy === revoked,
    );
  }
});

test("a new key is valid at once, whether or not KV has it yet", async () => {
  for (let n = 0; n < 5; n += 1) {
    const { token } = await orgKey();
    assert.equal(await verdict(token), "valid");
    assert.equal(await verdict(token, strong), "valid");
  }
});

test("a key that KV has lost is still valid", async () => {
  const { token } = await orgKey();
  await copyOf(token);
  await kv.delete(kvKeyOf(token));
  assert.equal(await kv.get(kvKeyOf(token)), null);
  assert.equal(await verdict(token), "valid", "a miss is not believed");
});

test("a revoked key that KV has lost is still refused", async () => {
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  await kv.delete(kvKeyOf(token));
  assert.equal(await verdict(token), "revoked");
});

test("of changes in quick succession KV ends up with the newest", async () => {
  const { path, token } = await orgKey({ title: "0" });
  for (const title of ["1", "2", "3"]) await ok(root.patch(path, { title }));
  await ok(root.post(`${path}/revoke`));
  const seen = await eventually(
    async () => unstamped(await copyOf(token)).record,
    ({ revocation }) => revocation !== null,
  );
  assert.equal(seen.settings.title, "3");
});

test("KV holds neither the text of a secret key nor a seal key", async () => {
  const tokens = [(await orgKey()).token, (await key("users/ada")).token];
  for (const token of tokens) {
    const copy = await copyOf(token);
    for (const secret of [token, secretOf(token), sealKeys]) assert.ok(!copy.includes(secret));
    assert.equal(unstamped(copy).record.digest, digestOf(token));
  }
  const { keys } = await kv.list();
  for (const { name } of keys) assert.match(name, /^(?:key\/[0-9a-f]{64}|member\/[\w-]+\/[\w-]+)$/);
});

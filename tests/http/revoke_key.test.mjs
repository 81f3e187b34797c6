// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ahead, eventually, ok, pointers, refused, serve } from "./client.mjs";

const { root, orgKey, verdict } = await serve();
/** @param {{ path: string }} key @param {object} [body] */
const revoke = (key, body) => root.post(`${key.path}/revoke`, body);

test("a key is revoked now, and the answer says what that means", async () => {
  const key = await orgKey();
  const { effective, ...after } = await ok(revoke(key, { reason: "  The laptop was lost. " }));
  assert.deepEqual(effective, { strong: "now", fast_within_seconds: 60 });
  assert.equal(after.status, "revoked");
  assert.equal(after.revoked_at, after.updated_at);
  assert.deepEqual(after.revoked_by, { type: "root", id: null });
  assert.equal(after.revocation_reason, "The laptop was lost.");
  assert.deepEqual(await ok(root.get(key.path)), after);
});

test("a revocation that has been answered is refused by every later strong verification", async () => {
  for (let n = 0; n < 5; n += 1) {
    const key = await orgKey();
    assert.equal(await verdict(key.token), "valid");
    await ok(revoke(key));
    assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
  }
});

test("the fast path learns of a revocation by itself", async () => {
  const key = await orgKey();
  await ok(revoke(key));
  await eventually(() => verdict(key.token), (code) => code === "revoked");
});

test("a body is not needed, nor a content type", async () => {
  assert.equal((await ok(revoke(await orgKey()))).status, "revoked");
  assert.equal((await ok(revoke(await orgKey(), {}))).status, "revoked");
  assert.equal((await ok(revoke(await orgKey(), { revoke_in: 0, reason: null }))).status, "revoked");
});

test("a key that is revoked later works until then, and not after", async () => {
  const key = await orgKey();
  const { status, revoked_at, updated_at } = await ok(revoke(key, { revoke_in: 1 }));
  assert.deepEqual([status, Date.parse(revoked_at) - Date.parse(updated_at)], ["retiring", 1000]);
  for (const consistency of ["fast", "strong"]) assert.equal(await verdict(key.token, { consistency }), "valid");
  await sleep(1100);
  assert.equal((await ok(root.get(key.path))).status, "revoked");
  assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
  assert.equal(await verdict(key.token), "revoked", "KV knows the time as well");
  await refused(revoke(key), "key.already_revoked");
});

test("a revocation can be brought forward, and keeps its reason", async () => {
  const key = await orgKey();
  await ok(revoke(key, { revoke_in: 3600, reason: "rotation" }));
  const sooner = await ok(revoke(key, { revoke_in: 60 }));
  assert.deepEqual([sooner.status, sooner.revocation_reason], ["retiring", "rotation"]);
  const now = await ok(revoke(key, { reason: "leaked" }));
  assert.deepEqual([now.status, now.revocation_reason], ["revoked", "leaked"]);
  assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
});

test("a revocation cannot be put off", async () => {
  const key = await orgKey();
  const { revoked_at } = await ok(revoke(key, { revoke_in: 60 }));
  await refused(revoke(key, { revoke_in: 120 }), "key.revocation_put_off");
  assert.equal((await ok(root.get(key.path))).revoked_at, revoked_at);
});

test("a revoked key cannot be revoked again, whatever is asked", async () => {
  const key = await orgKey();
  const { revoked_at } = await ok(revoke(key));
  for (const body of [undefined, { revoke_in: 60 }, { reason: "again" }]) {
    await refused(revoke(key, body), "key.already_revoked");
  }
  assert.equal((await ok(root.get(key.path))).revoked_at, revoked_at);
});

test("an expired key can be revoked, and is revoked from then on", async () => {
  const key = await orgKey({ expires_at: ahead(500) });
  await sleep(700);
  assert.equal((await ok(root.get(key.path))).status, "expired");
  assert.equal((await ok(revoke(key))).status, "revoked");
  assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
});

test("revoke_in is whole seconds up to a year, a reason 1 to 500 characters", async () => {
  const key = await orgKey();
  for (const revoke_in of [-1, 1.5, 31_536_001, 1e300, "1", null, true, [], {}]) {
    assert.deepEqual(pointers(await refused(revoke(key, { revoke_in }), "request.bad_field")), ["/revoke_in"]);
  }
  for (const reason of ["", " ", "x".repeat(501), "a\nb", 1, {}]) {
    assert.deepEqual(pointers(await refused(revoke(key, { reason }), "request.bad_field")), ["/reason"]);
  }
  await refused(revoke(key, { grace: 1 }), "request.bad_field");
  await refused(root.post(`${key.path}/revoke?revoke_in=1`), "request.bad_parameter");
  assert.equal((await ok(root.get(key.path))).status, "active");
  await ok(revoke(key, { revoke_in: 31_536_000, reason: "🔑".repeat(500) }));
});

test("a key that is not there cannot be revoked", async () => {
  const { org } = await orgKey();
  await refused(root.post(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z/revoke`), "key.not_found");
});

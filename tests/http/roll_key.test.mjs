// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ahead, ok, pointers, refused, serve } from "./client.mjs";
import { secretOf } from "./mint.mjs";

const { root, key, orgKey, verdict } = await serve();
const strong = { consistency: "strong" };
/** @param {{ path: string }} key @param {object} [body] */
const roll = (key, body) => root.post(`${key.path}/roll`, body);

test("a roll makes a new key that is like the old one, and revokes that at once", async () => {
  const old = await orgKey({ scopes: ["a"], metadata: { n: 1 }, consistency: "strong", expires_at: ahead(60_000) });
  const answer = await roll(old);
  const { rolled, ...made } = await ok(answer, 201);
  for (const name of ["type", "owner", "title", "scopes", "metadata", "consistency", "expires_at"]) {
    assert.deepEqual(made[name], old[name], name);
  }
  assert.notEqual(made.id, old.id);
  assert.notEqual(secretOf(made.token), secretOf(old.token));
  assert.equal(made.status, "active");
  assert.deepEqual([rolled.id, rolled.status, rolled.token], [old.id, "revoked", null]);
  assert.deepEqual(rolled.revoked_by, { type: "root", id: null });
  assert.equal(answer.headers.get("location"), old.path.replace(old.id, made.id));
  assert.equal(await verdict(made.token, strong), "valid");
  assert.equal(await verdict(old.token, strong), "revoked");
});

test("both keys work for as long as the grace lasts", async () => {
  const old = await orgKey();
  const { token, rolled } = await ok(roll(old, { grace: 1 }), 201);
  assert.equal(rolled.status, "retiring");
  for (const each of [token, old.token]) {
    assert.equal(await verdict(each), "valid");
    assert.equal(await verdict(each, strong), "valid");
  }
  await sleep(1100);
  assert.equal(await verdict(old.token, strong), "revoked");
  assert.equal(await verdict(token, strong), "valid");
});

test("a retiring key can be rolled, and never lives longer for it", async () => {
  const old = await orgKey();
  const { revoked_at } = await ok(root.post(`${old.path}/revoke`, { revoke_in: 60, reason: "rotation" }));
  const { rolled } = await ok(roll(old, { grace: 3600 }), 201);
  assert.deepEqual([rolled.revoked_at, rolled.revocation_reason], [revoked_at, "rotation"]);
  const again = await ok(roll(old, { grace: 1 }), 201);
  assert.ok(again.rolled.revoked_at < revoked_at);
  assert.equal(again.rolled.revocation_reason, "rotation");
});

test("a revoked or expired key cannot be rolled", async () => {
  const revoked = await orgKey();
  await ok(root.post(`${revoked.path}/revoke`));
  const expired = await orgKey({ expires_at: ahead(500) });
  await sleep(700);
  for (const key of [revoked, expired]) await refused(roll(key), "key.not_active");
  const { count } = await ok(root.get(`/v1/organizations/${revoked.org}/keys`));
  assert.equal(count, 1, "a refused roll makes no key");
});

test("publishable and personal keys are rolled to keys of their kind", async () => {
  const publishable = await ok(roll(await orgKey({ type: "publishable" })), 201);
  assert.match(publishable.token, /^kw_pk_test_/);
  assert.match(publishable.rolled.token, /^kw_pk_test_/, "a publishable key's text is always shown");
  assert.match((await ok(roll(await key("users/ada")), 201)).token, /^kw_pat_test_/);
});

test("grace is whole seconds up to a year", async () => {
  const old = await orgKey();
  for (const grace of [-1, 0.5, 31_536_001, "1", null]) {
    assert.deepEqual(pointers(await refused(roll(old, { grace }), "request.bad_field")), ["/grace"]);
  }
  await refused(roll(old, { title: "x" }), "request.bad_field");
  await refused(root.post(`${old.path}/roll?grace=1`), "request.bad_parameter");
  await ok(roll(old, { grace: 31_536_000 }), 201);
});

test("a key that is not there cannot be rolled", async () => {
  const { org } = await orgKey();
  await refused(root.post(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z/roll`), "key.not_found");
});

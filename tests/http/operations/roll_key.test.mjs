// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serveWithClock } from "../client.mjs";
import { secretOf } from "../mint.mjs";

const { root, operator, key, orgKey, verdict, ahead, reach } = await serveWithClock();
const strong = { consistency: "strong" };
/** @param {{ path: string }} key @param {object} [body] */
const roll = (key, body) => root.post(`${key.path}/roll`, body);

test("rolling makes a new key with the same settings and revokes the old one at once", async () => {
  const old = await orgKey({
    scopes: ["a"],
    metadata: { n: 1 },
    consistency: "strong",
    expires_at: ahead(60_000),
  });
  const answer = await roll(old);
  const { rolled, ...made } = await ok(answer, 201);
  for (const name of ["type", "owner", "title", "scopes", "metadata", "consistency", "expires_at"]) {
    assert.deepEqual(made[name], old[name], name);
  }
  assert.notEqual(made.id, old.id);
  assert.notEqual(secretOf(made.token), secretOf(old.token));
  assert.equal(made.status, "active");
  assert.deepEqual([rolled.id, rolled.status, rolled.token], [old.id, "revoked", null]);
  assert.deepEqual(rolled.revoked_by, operator);
  assert.equal(answer.headers.get("location"), old.path.replace(old.id, made.id));
  assert.equal(await verdict(made.token, strong), "valid");
  assert.equal(await verdict(old.token, strong), "revoked");
});

test("both keys work until the grace period ends", async () => {
  const old = await orgKey();
  const { token, rolled } = await ok(roll(old, { grace: 60 }), 201);
  assert.equal(rolled.status, "retiring");
  for (const each of [token, old.token]) {
    assert.equal(await verdict(each), "valid");
    assert.equal(await verdict(each, strong), "valid");
  }
  await reach(rolled.revoked_at);
  assert.equal(await verdict(old.token, strong), "revoked");
  assert.equal(await verdict(token, strong), "valid");
});

test("a publishable key is rolled to a publishable one, a personal key to a personal one", async () => {
  const publishable = await ok(roll(await orgKey({ type: "publishable" })), 201);
  assert.match(publishable.token, /^kw_pk_test_/);
  assert.match(publishable.rolled.token, /^kw_pk_test_/, "a publishable key's text is always shown");
  assert.match((await ok(roll(await key("users/ada")), 201)).token, /^kw_pat_test_/);
});

test("a key has one successor, and a second roll names it", async () => {
  const old = await orgKey();
  const [first, ...others] = (await Promise.all([roll(old), roll(old), roll(old)])).sort(
    (a, b) => a.status - b.status,
  );
  const { id, rolled_from, rolled } = await ok(Promise.resolve(first), 201);
  assert.deepEqual([rolled_from, rolled.rolled_to], [old.id, id]);
  for (const other of others) {
    const { detail } = await refused(Promise.resolve(other), "key.already_rolled");
    assert.ok(detail.includes(id));
  }
});

test("a roll that is sent again with its idempotency key gives the same key again", async () => {
  const old = await orgKey();
  const send = (/** @type {object} */ body) =>
    root.call("POST", `${old.path}/roll`, body, { headers: { "idempotency-key": "0123456789abcdef" } });
  const [first, again] = [await send({ grace: 60 }), await send({ grace: 60 })];
  assert.deepEqual([again.status, again.text], [201, first.text]);
  assert.equal(again.headers.get("location"), first.headers.get("location"));
  assert.equal(await verdict(again.body.token, strong), "valid");
  await refused(send({ grace: 61 }), "idempotency.mismatch");
});

test("a scheduled revocation is inherited unless it is not kept", async () => {
  for (const keep_revocation of [true, false]) {
    const old = await orgKey();
    const { revoked_at } = await ok(root.post(`${old.path}/revoke`, { revoke_in: 60 }));
    const made = await ok(roll(old, { keep_revocation }), 201);
    assert.equal(made.revoked_at, keep_revocation ? revoked_at : null);
  }
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

test("a key that does not exist cannot be rolled", async () => {
  const { org } = await orgKey();
  await refused(
    root.post(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z/roll`),
    "key.not_found",
  );
});

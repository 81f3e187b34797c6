// @ts-check
// What a key may give away: no scope that it does not hold, by whatever way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, ok, refused, serve } from "./client.mjs";

const { root, as, key, orgKey } = await serve();

test("for a personal key, me is its user", async () => {
  const { id, token } = await key("users/ada", { scopes: ["keys:read", "keys:write"] });
  const { keys } = await ok(as(token).get("/v1/users/me/keys"));
  assert.ok(keys.some((/** @type {any} */ key) => key.id === id));
  const made = await as(token).post("/v1/users/me/keys", { title: "k" });
  assert.match(made.headers.get("location") ?? "", /^\/v1\/users\/ada\/keys\/apk_/);
  await refused(as((await orgKey({ scopes: ["*"] })).token).get("/v1/users/me/keys"), "owner.not_found");
});

test("a key never grants a scope that it does not hold: to no new key, to no existing one, by no roll", async () => {
  const { org, token } = await orgKey({ scopes: ["keys:write", "orders:read"] });
  const caller = as(token);
  const keys = `/v1/organizations/${org}/keys`;
  const stronger = await key(`organizations/${org}`, { scopes: ["orders:write"] });
  const weaker = await key(`organizations/${org}`, { scopes: ["orders:read"] });
  for (const scopes of [["orders:write"], ["*"], ["orders:read", "keys:read"], ["orders:*"]]) {
    await refused(caller.post(keys, { title: "k", scopes }), "auth.grant_exceeds_own");
    await refused(caller.patch(weaker.path, { scopes }), "auth.grant_exceeds_own");
  }
  await refused(caller.post(`${stronger.path}/roll`), "auth.grant_exceeds_own");
  assert.equal((await ok(root.get(stronger.path))).status, "active", "a refused roll revokes nothing");
  assert.deepEqual((await ok(root.get(weaker.path))).scopes, ["orders:read"]);
  for (const scopes of [[], ["orders:read"], ["keys:write", "orders:read"]]) {
    await ok(caller.post(keys, { title: "k", scopes }), 201);
    await ok(caller.patch(weaker.path, { scopes }));
  }
  await ok(caller.post(`${weaker.path}/roll`), 201);
  await ok(caller.patch(stronger.path, { title: "renamed" }));
  await ok(caller.post(`${stronger.path}/revoke`));
});

test("a key cannot prolong a more powerful key, nor have it checked less strictly", async () => {
  const { org, path, token } = await orgKey({ scopes: ["keys:write"], expires_at: ahead(3_600_000) });
  const caller = as(token);
  const expiring = { scopes: ["*"], consistency: "strong", expires_at: ahead(60_000) };
  const stronger = await key(`organizations/${org}`, expiring);
  for (const looser of [
    { expires_at: null },
    { expires_at: ahead(120_000) },
    { consistency: "fast" },
    { title: "t", consistency: "fast", expires_at: ahead(30_000) },
  ]) {
    await refused(caller.patch(stronger.path, looser), "auth.grant_exceeds_own");
  }
  const { title, consistency, expires_at } = await ok(root.get(stronger.path));
  assert.deepEqual([title, consistency, expires_at], [stronger.title, "strong", expiring.expires_at]);
  // It may be made to end sooner, to be checked more strictly, or to hold what the caller holds.
  await ok(caller.patch(stronger.path, { expires_at: ahead(30_000), consistency: "strong" }));
  await ok(caller.patch(stronger.path, { scopes: [], expires_at: null, consistency: "fast" }));
  await ok(caller.patch(path, { expires_at: null }));
});

test("a key that holds * may grant every scope", async () => {
  const { org, token } = await orgKey({ scopes: ["*"] });
  await ok(
    as(token).post(`/v1/organizations/${org}/keys`, { title: "k", scopes: ["*", "orders:read"] }),
    201,
  );
});

test("a scope that is taken from a key is gone at once", async () => {
  const { org, path, token } = await orgKey({ scopes: ["keys:read"] });
  await ok(as(token).get(`/v1/organizations/${org}/keys`));
  await ok(root.patch(path, { scopes: [] }));
  await refused(as(token).get(`/v1/organizations/${org}/keys`), "auth.insufficient_scope");
});

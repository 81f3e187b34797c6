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
  await refused(caller.patch(stronger.path, { title: "renamed" }), "auth.grant_exceeds_own");
  await ok(caller.post(`${stronger.path}/revoke`));
});

test("a key makes nothing, itself included, that works for longer or is checked less strictly than itself", async () => {
  const expires_at = ahead(3_600_000);
  const { org, path, token } = await orgKey({ scopes: ["keys:write"], expires_at, consistency: "strong" });
  const caller = as(token);
  const endless = await key(`organizations/${org}`, { consistency: "strong" });
  for (const [looser, code] of /** @type {[object, string][]} */ ([
    [{ expires_at: null }, "auth.grant_exceeds_own_end"],
    [{ expires_at: ahead(7_200_000) }, "auth.grant_exceeds_own_end"],
    [{ consistency: "fast" }, "auth.grant_looser_than_own"],
  ])) {
    await refused(caller.patch(path, looser), code);
    const fields = { title: "k", consistency: "strong", expires_at, ...looser };
    await refused(caller.post(`/v1/organizations/${org}/keys`, fields), code);
  }
  await refused(caller.post(`${endless.path}/roll`), "auth.grant_exceeds_own_end");
  await ok(caller.patch(endless.path, { expires_at }));
  const rolled = await ok(caller.post(`${path}/roll`, { grace: 60 }), 201);
  assert.deepEqual([rolled.expires_at, rolled.consistency], [expires_at, "strong"]);
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

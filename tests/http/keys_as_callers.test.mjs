// @ts-check
// What a key may do as a caller, cell by cell: the due part of the contract's table, over the vectors that the core's
// tests share, and through the running worker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { acts, ahead, ok, refused, serve } from "./client.mjs";

const { root, as, key, orgKey, organization } = await serve();
const vectors = JSON.parse(readFileSync(path("tests/vectors/policy.v1.json"), "utf8"));
/** @typedef {import("./client.mjs").Caller} Caller */

/**
 * Every action that a key may want, as a request on an owner's things. Each attempt finds a key of its own.
 * @type {Record<string, { scope: string | null, on?: string, ask: (as: Caller, owner: string) => ReturnType<Caller["get"]> }>}
 */
const actions = {
  "read the organization": { scope: null, on: "organizations", ask: (as, owner) => as.get(`/v1/${owner}`) },
  "rename the organization": {
    scope: "never",
    on: "organizations",
    ask: (as, owner) => as.put(`/v1/${owner}`, { name: "x" }),
  },
  "read the members": {
    scope: "members:read",
    on: "organizations",
    ask: (as, owner) => as.get(`/v1/${owner}/members`),
  },
  "add a member": {
    scope: "never",
    on: "organizations",
    ask: (as, owner) => as.put(`/v1/${owner}/members/eve`, { role: "member" }),
  },
  "list the user's organizations": {
    scope: null,
    on: "users",
    ask: (as, owner) => as.get(`/v1/${owner}/organizations`),
  },
  "list keys": { scope: "keys:read", ask: (as, owner) => as.get(`/v1/${owner}/keys`) },
  "read a key": { scope: "keys:read", ask: async (as, owner) => as.get((await key(owner)).path) },
  "create a key": { scope: "keys:write", ask: (as, owner) => as.post(`/v1/${owner}/keys`, { title: "k" }) },
  "change a key": {
    scope: "keys:write",
    ask: async (as, owner) => as.patch((await key(owner)).path, { title: "t" }),
  },
  "revoke a key": {
    scope: "keys:write",
    ask: async (as, owner) => as.post(`${(await key(owner)).path}/revoke`),
  },
  "roll a key": { scope: "keys:write", ask: async (as, owner) => as.post(`${(await key(owner)).path}/roll`) },
  "delete a key": {
    scope: "keys:write",
    ask: async (as, owner) => as.delete(`${(await key(owner)).path}?revoke=true`),
  },
  "read the audit trail": { scope: "events:read", ask: (as, owner) => as.get(`/v1/${owner}/events`) },
};
/** The actions that make sense on an owner. @param {string} owner */
const on = (owner) =>
  Object.entries(actions).filter(([, { on }]) => on === undefined || owner.startsWith(on));

/** Everything on an owner, and what is expected of each. @param {Caller} as @param {string} owner @param {(scope: string | null) => string} expected */
async function everything(as, owner, expected) {
  for (const [name, { scope, ask }] of on(owner)) {
    const { status, body } = await ask(as, owner);
    assert.equal(status < 300 ? "granted" : body.code, expected(scope), `${name} of ${owner}`);
  }
}

for (const held of vectors.scopes) {
  const scopes = held === "none" ? [] : [held];
  const may = (/** @type {string | null} */ scope) =>
    scope === "never"
      ? "auth.forbidden"
      : scope === null || held === "*" || held === scope
        ? "granted"
        : "auth.insufficient_scope";

  test(`an organization's key that holds ${held} does what that scope is for, in its organization alone`, async () => {
    const { org, token } = await orgKey({ scopes });
    await everything(as(token), `organizations/${org}`, may);
    await everything(as(token), `organizations/${await organization()}`, () => "owner.not_found");
    await everything(as(token), "users/ada", () => "owner.not_found");
  });

  test(`a personal key that holds ${held} does what that scope is for on its user's own account`, async () => {
    const { token } = await key("users/ada", { scopes });
    await everything(as(token), "users/ada", may);
    await everything(as(token), "users/eve", () => "owner.not_found");
    await everything(as(token), `organizations/${await organization()}`, () => "owner.not_found");
  });

  test(`a publishable key that holds ${held} manages nothing`, async () => {
    const { org, token } = await orgKey({ type: "publishable", scopes });
    await everything(as(token), `organizations/${org}`, () => "auth.forbidden");
    await everything(as(token), `organizations/${await organization()}`, () => "owner.not_found");
  });
}

test("me is the user of a personal key", async () => {
  const { id, token } = await key("users/ada", { scopes: ["keys:read", "keys:write"] });
  const { keys } = await ok(as(token).get("/v1/users/me/keys"));
  assert.ok(keys.some((/** @type {any} */ key) => key.id === id));
  const made = await as(token).post("/v1/users/me/keys", { title: "k" });
  assert.match(made.headers.get("location") ?? "", /^\/v1\/users\/ada\/keys\/apk_/);
  await refused(as((await orgKey({ scopes: ["*"] })).token).get("/v1/users/me/keys"), "owner.not_found");
});

test("a key never gives scopes that it does not hold: not to a new key, not to an old one, not by a roll", async () => {
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

test("a key does not make another one that holds more last longer, or be checked less strictly", async () => {
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

test("* gives every scope, and the operator any", async () => {
  const { org, token } = await orgKey({ scopes: ["*"] });
  await ok(
    as(token).post(`/v1/organizations/${org}/keys`, { title: "k", scopes: ["*", "orders:read"] }),
    201,
  );
});

test("a key that revokes itself is nobody from then on", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:write"] });
  await ok(as(token).post(`${path}/revoke`));
  await refused(as(token).post(`${path}/revoke`), "auth.invalid");
});

test("a key's lost scopes are lost at once", async () => {
  const { org, path, token } = await orgKey({ scopes: ["keys:read"] });
  await ok(as(token).get(`/v1/organizations/${org}/keys`));
  await ok(root.patch(path, { scopes: [] }));
  await refused(as(token).get(`/v1/organizations/${org}/keys`), "auth.insufficient_scope");
});

test("whoever acts by a key is recorded as that key", async () => {
  const { org, id, token } = await orgKey({ scopes: ["keys:write"] });
  const { path } = await acts(as(token)).key(`organizations/${org}`);
  await ok(as(token).post(`${path}/revoke`));
  assert.deepEqual((await ok(root.get(path))).revoked_by, { type: "key", id });
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newSealKey } from "../../scripts/keys.mjs";
import { ahead, ok, pointers, refused, serve } from "./client.mjs";
import { mint } from "./mint.mjs";

const { root, sealKeys, key, orgKey, organization, verdict } = await serve();
const strong = { consistency: "strong" };
/** @param {string} token @param {object} [question] */
const verify = (token, question = {}) => root.post("/v1/verify", { key: token, ...question });

test("a valid key is described, without its text and without what verification does not know", async () => {
  const { org, path, token, last_used_at, ...shown } = await orgKey({ scopes: ["a"], metadata: { n: 1 } });
  const fast = { valid: true, code: "valid", key: shown, consistency: "fast", max_staleness_seconds: 60 };
  const now = { ...fast, consistency: "strong", max_staleness_seconds: 0 };
  assert.deepEqual(await ok(verify(token, strong)), now);
  // Until KV has it, the ledger answers: then the answer says that it is strong.
  assert.ok([JSON.stringify(fast), JSON.stringify(now)].includes(JSON.stringify(sorted(await ok(verify(token)), fast))));
});

/** The fields of one object in the order of another. @param {any} body @param {any} like */
const sorted = (body, like) => {
  const order = (/** @type {any} */ a, /** @type {any} */ b) => Object.fromEntries(Object.keys(b).map((name) => [name, a[name]]));
  return order({ ...body, key: order(body.key, like.key) }, like);
};

test("a refused key is not described at all", async () => {
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  assert.deepEqual(await ok(verify(token, strong)), { valid: false, code: "revoked" });
});

test("text that is no key is malformed, whatever it is", async () => {
  const { token } = await orgKey();
  const texts = ["", " ", "x", ` ${token}`, `${token} `, `${token}\n`, `secret-token:${token}`, token.toUpperCase(), token.slice(0, -1), `${token}0`, "🔑".repeat(20), "\u0000", "x".repeat(60_000), `${token.slice(0, -1)}${token.at(-1) === "0" ? "1" : "0"}`];
  for (const text of texts) assert.equal(await verdict(text), "malformed", text.slice(0, 20));
});

test("a key of another brand or environment is not from here", async () => {
  const owner = "organization:acme";
  for (const parts of [{ brand: "acme" }, { environment: "live" }, { brand: "acme", environment: "live" }]) {
    assert.equal(await verdict(mint({ owner, ...parts })), "wrong_environment");
    assert.equal(await verdict(mint({ owner, ...parts, sealKey: sealKeys })), "wrong_environment");
  }
});

test("a well-formed key that this deployment did not make is forged", async () => {
  const { org, token } = await orgKey();
  const owner = `organization:${org}`;
  for (const sealKey of [undefined, newSealKey(), "00".repeat(32)]) assert.equal(await verdict(mint({ owner, sealKey })), "forged");
  const swapped = mint({ owner, kind: "pk" });
  assert.equal(await verdict(swapped), "forged");
  assert.equal(await verdict(token), "valid");
});

test("an authentic key that no ledger knows is unknown", async () => {
  const org = await organization();
  const lost = mint({ owner: `organization:${org}`, sealKey: sealKeys });
  for (const question of [{}, strong, {}]) assert.equal(await verdict(lost, question), "unknown");
  assert.equal(await verdict(mint({ owner: "organization:never-existed", sealKey: sealKeys }), strong), "unknown");
});

test("an expired key is expired, on both paths, from its instant on", async () => {
  const { token } = await orgKey({ expires_at: ahead(1200) });
  for (const question of [{}, strong]) assert.equal(await verdict(token, question), "valid");
  await sleep(1400);
  for (const question of [{}, strong]) assert.equal(await verdict(token, question), "expired");
});

test("a revoked and expired key is revoked", async () => {
  const { path, token } = await orgKey({ expires_at: ahead(500) });
  await ok(root.post(`${path}/revoke`));
  await sleep(700);
  assert.equal(await verdict(token, strong), "revoked");
});

test("all scopes that are asked for have to be held; * alone holds every one", async () => {
  const { token } = await orgKey({ scopes: ["orders:read", "orders:*"] });
  const all = await orgKey({ scopes: ["*"] });
  const cases = /** @type {const} */ ([[[], "valid"], [["orders:read"], "valid"], [["orders:*"], "valid"], [["orders:read", "orders:write"], "insufficient_scope"], [["orders"], "insufficient_scope"], [["*"], "insufficient_scope"]]);
  for (const [scopes, expected] of cases) {
    assert.equal(await verdict(token, { scopes }), expected, scopes.join());
    assert.equal(await verdict(all.token, { scopes }), "valid", scopes.join());
  }
});

test("an organization's key reaches its own organization and no other", async () => {
  const { org, token } = await orgKey({ scopes: ["a"] });
  for (const question of [{}, strong]) {
    assert.equal(await verdict(token, { organization: org, ...question }), "valid");
    assert.equal(await verdict(token, { organization: "another", ...question }), "not_a_member");
    assert.equal(await verdict(token, { organization: "another", scopes: ["b"], ...question }), "not_a_member");
    assert.equal(await verdict(token, { organization: null, ...question }), "valid");
  }
});

test("a personal key reaches the organizations of its user, until the membership ends", async () => {
  const org = await organization();
  const { token } = await key("users/ada");
  assert.equal(await verdict(token), "valid");
  assert.equal(await verdict(token, { organization: org, ...strong }), "not_a_member");
  await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "member" }), 201);
  assert.equal(await verdict(token, { organization: org, ...strong }), "valid");
  await ok(root.delete(`/v1/organizations/${org}/members/ada`), 204);
  assert.equal(await verdict(token, { organization: org, ...strong }), "not_a_member");
  assert.equal(await verdict(token, { organization: "nobody", ...strong }), "not_a_member");
});

test("a key that wants to be verified strongly is, whatever the caller asks", async () => {
  const { path, token } = await orgKey({ consistency: "strong" });
  for (let n = 0; n < 3; n += 1) {
    const { consistency, max_staleness_seconds } = await ok(verify(token, { consistency: "fast" }));
    assert.deepEqual([consistency, max_staleness_seconds], ["strong", 0]);
    await sleep(200);
  }
  await ok(root.post(`${path}/revoke`));
  assert.equal(await verdict(token), "revoked", "at once, on the fast path");
});

test("publishable and personal keys can be verified as secret ones can", async () => {
  for (const { token } of [await orgKey({ type: "publishable" }), await key("users/ada")]) {
    assert.equal((await ok(verify(token))).valid, true);
  }
});

test("a question is read strictly", async () => {
  const bad = { "/key": [{}, { key: null }, { key: 1 }, { key: ["x"] }], "/scopes": [{ key: "x", scopes: "a" }, { key: "x", scopes: ["A"] }], "/organization": [{ key: "x", organization: "a b" }, { key: "x", organization: 1 }], "/consistency": [{ key: "x", consistency: "eventual" }, { key: "x", consistency: null }], "": [{ key: "x", scope: "a" }] };
  for (const [pointer, bodies] of Object.entries(bad)) {
    for (const body of bodies) {
      assert.deepEqual(pointers(await refused(root.post("/v1/verify", body), "request.bad_field")), [pointer], JSON.stringify(body));
    }
  }
  await refused(root.post("/v1/verify?consistency=strong", { key: "x" }), "request.bad_parameter");
  await refused(root.post("/v1/verify"), "request.bad_field");
});

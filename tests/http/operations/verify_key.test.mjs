// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { newSealKey } from "../../../scripts/keys.mjs";
import { acts, eventually, ok, pointers, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

const { root, as, sealKeys, key, orgKey, organization, verdict } = await serve();
const strong = { consistency: "strong" };
/** @param {string} token @param {object} [question] */
const verify = (token, question = {}) => root.post("/v1/verify", { key: token, ...question });

test("a valid key is described, but for its text and its last use", async () => {
  const { org, path, token, foreign_creator, last_used_at, permissions, ...shown } = await orgKey({
    scopes: ["a"],
    metadata: { n: 1 },
  });
  const fast = { valid: true, code: "valid", key: shown, consistency: "fast", max_staleness_seconds: 30 };
  const now = { ...fast, consistency: "strong", max_staleness_seconds: 0 };
  /** @param {any} verdict */
  const timeless = ({ as_of, ...told }) => {
    assert.ok(as_of >= shown.created_at);
    return told;
  };
  assert.deepEqual(timeless(await ok(verify(token, strong))), now);
  // Until KV has the key, the ledger answers.
  const soon = await eventually(
    () => ok(verify(token)),
    ({ consistency }) => consistency === "fast",
  );
  assert.deepEqual(timeless(soon), fast);
  assert.deepEqual(timeless(await ok(verify(token, { organization: null }))), fast);
});

test("a refused key is named, and not described", async () => {
  const { id, owner, path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  const { as_of, ...told } = await ok(verify(token, strong));
  assert.deepEqual(told, { valid: false, code: "revoked", key: { id, owner }, max_staleness_seconds: 0 });
  const { as_of: now, ...malformed } = await ok(verify("x", { max_staleness_seconds: 7 }));
  assert.deepEqual(malformed, { valid: false, code: "malformed", key: null, max_staleness_seconds: 7 });
  for (const instant of [as_of, now]) assert.ok(Math.abs(Date.parse(instant) - Date.now()) < 60_000);
});

test("publishable and personal keys can be verified as secret ones can", async () => {
  for (const { token } of [await orgKey({ type: "publishable" }), await key("users/ada")]) {
    assert.equal((await ok(verify(token))).valid, true);
  }
});

test("a well-formed key that this deployment did not issue is forged", async () => {
  const { org, token } = await orgKey();
  const owner = `organization:${org}`;
  for (const sealKey of [undefined, newSealKey(), "00".repeat(32)])
    assert.equal(await verdict(mint({ owner, sealKey })), "forged");
  const swapped = mint({ owner, kind: "pk" });
  assert.equal(await verdict(swapped), "forged");
  assert.equal(await verdict(token), "valid");
});

test("an authentic key that no ledger knows is unknown", async () => {
  const org = await organization();
  const lost = mint({ owner: `organization:${org}`, sealKey: sealKeys });
  for (const question of [{}, strong, {}]) assert.equal(await verdict(lost, question), "unknown");
  assert.equal(
    await verdict(mint({ owner: "organization:never-existed", sealKey: sealKeys }), strong),
    "unknown",
  );
});

for (const consistency of ["fast", "strong"]) {
  test(`an organization's key with keys:verify verifies the organization's keys, ${consistency}`, async () => {
    const caller = await orgKey({ scopes: ["keys:verify"] });
    const { verdict } = acts(as(caller.token));
    const { token } = await key(`organizations/${caller.org}`, { scopes: ["a"] });
    const foreign = await orgKey();
    const ask = (/** @type {object} */ question) => verdict(token, { consistency, ...question });
    assert.equal(await ask({}), "valid");
    assert.equal(await ask({ organization: caller.org, scopes: ["a"] }), "valid");
    assert.equal(await ask({ scopes: ["b"] }), "insufficient_scope");
    assert.equal(await ask({ organization: "another" }), "not_a_member");
    assert.equal(await verdict(foreign.token, { consistency }), "unknown");
  });
}

test("a caller's key that is always verified strongly is refused as soon as it is revoked", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:verify"], consistency: "strong" });
  await ok(as(token).post("/v1/verify", { key: token }));
  await ok(root.post(`${path}/revoke`));
  await refused(as(token).post("/v1/verify", { key: token }), "auth.invalid");
});

test("a question is read strictly", async () => {
  const bad = {
    "/key": [{}, { key: null }, { key: 1 }, { key: ["x"] }],
    "/scopes": [
      { key: "x", scopes: "a" },
      { key: "x", scopes: ["A"] },
    ],
    "/organization": [
      { key: "x", organization: "a b" },
      { key: "x", organization: 1 },
    ],
    "/consistency": [
      { key: "x", consistency: "eventual" },
      { key: "x", consistency: null },
    ],
    "/max_staleness_seconds": [
      { key: "x", max_staleness_seconds: 3601 },
      { key: "x", max_staleness_seconds: 30, consistency: "strong" },
    ],
    "/on_outage": [{ key: "x", on_outage: "guess" }],
    "/scope": [{ key: "x", scope: "a" }],
  };
  for (const [pointer, bodies] of Object.entries(bad)) {
    for (const body of bodies) {
      assert.deepEqual(
        pointers(await refused(root.post("/v1/verify", body), "request.bad_field")),
        [pointer],
        JSON.stringify(body),
      );
    }
  }
  await refused(root.post("/v1/verify?consistency=strong", { key: "x" }), "request.bad_parameter");
  await refused(root.post("/v1/verify"), "request.bad_field");
});

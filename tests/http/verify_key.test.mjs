// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, ok, pointers, refused, serve } from "./client.mjs";

const { root, key, orgKey, verdict } = await serve();
const strong = { consistency: "strong" };
/** @param {string} token @param {object} [question] */
const verify = (token, question = {}) => root.post("/v1/verify", { key: token, ...question });

test("a valid key is described, without its text and without what verification does not know", async () => {
  const { org, path, token, last_used_at, permissions, ...shown } = await orgKey({
    scopes: ["a"],
    metadata: { n: 1 },
  });
  const fast = { valid: true, code: "valid", key: shown, consistency: "fast", max_staleness_seconds: 60 };
  const now = { ...fast, consistency: "strong", max_staleness_seconds: 0 };
  assert.deepEqual(await ok(verify(token, strong)), now);
  // Until KV has it, the ledger answers.
  const soon = await eventually(
    () => ok(verify(token)),
    ({ consistency }) => consistency === "fast",
  );
  assert.deepEqual(soon, fast);
});

test("a refused key is not described at all", async () => {
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  assert.deepEqual(await ok(verify(token, strong)), { valid: false, code: "revoked" });
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
    "": [{ key: "x", scope: "a" }],
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

// @ts-check
// The application of src/client/README.md, which is its example `orders`, before the real worker: axum behind `RequireKey`, each
// verdict, each fault. What the crate guarantees by itself, src/client/tests proves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { orders } from "../../scripts/clients.mjs";
import { started } from "./application.mjs";
import {
  basic,
  bearer,
  between,
  FAULTS,
  good,
  org,
  outages,
  REFUSED,
  refusal,
  restarts,
  SURROUNDINGS,
  scopeless,
} from "./guarded.mjs";

const { url } = await started([await orders()], { ...SURROUNDINGS, LISTEN: "127.0.0.1:0" });
const ask = (/** @type {RequestInit} */ init) => fetch(`${url}/orders/mine`, init);

test("axum: the application of the README lets valid keys pass, and says right why others do not", async () => {
  between.answer();
  for (const headers of [bearer(good), basic(good, ""), basic("me", good), { "x-api-key": good }]) {
    const response = await ask({ headers });
    assert.equal(response.status, 200, JSON.stringify(Object.keys(headers)));
    assert.equal(await response.text(), `The orders of organization:${org}`);
  }
  assert.deepEqual(await refusal(await ask({})), [401, "auth.missing", 'Bearer realm="keyward"']);
  const malformed = [400, "auth.malformed", 'Bearer realm="keyward", error="invalid_request"'];
  const both = { ...bearer(good), "x-api-key": scopeless.token };
  assert.deepEqual(await refusal(await ask({ headers: both })), malformed);
  for (const [what, token, refused] of REFUSED)
    assert.deepEqual(await refusal(await ask({ headers: bearer(token) })), refused, what);
  const without = await ask({ method: "HEAD" });
  assert.deepEqual([without.status, await without.text()], [401, ""]);
});

test("axum: while the deployment cannot be asked, no key passes and 503 says so", async () => {
  for (const [what, fault] of Object.entries(FAULTS)) {
    between.answer(fault);
    const response = await ask({ headers: bearer(good) });
    assert.equal(response.headers.get("retry-after"), what === "says later" ? "90" : "1", what);
    assert.deepEqual(await refusal(response), [503, "server.unavailable", null], what);
  }
});

test("axum: whatever fails inside of the deployment, no revoked key passes beyond its bound, and no failure is a yes", () =>
  outages(async (token) => (await ask({ headers: bearer(token) })).status, {
    refused: 401,
    unavailable: 503,
  }));

test("axum: while the worker starts again no key passes, and then those that did before", (t) =>
  restarts(
    t,
    async (env) => {
      const app = await started([await orders()], { ...env, LISTEN: "127.0.0.1:0" });
      return async (token) => (await fetch(`${app.url}/orders/mine`, { headers: bearer(token) })).status;
    },
    { refused: 401, unavailable: 503 },
  ));

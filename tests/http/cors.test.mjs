// @ts-check
// What pages of other origins may do: those that are configured, with a key that is for everybody.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, ok, refused, serve } from "./client.mjs";

const SHOP = "https://shop.example";
const { root, rootKey, nobody, as, fetch, url, orgKey } = await serve({
  bindings: { CORS_ORIGINS: `${SHOP}, http://localhost:3000` },
});
const names = [
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-credentials",
];
const shared = (/** @type {Headers} */ headers) => names.map((name) => headers.get(name));
const preflight = (/** @type {string} */ path, /** @type {string} */ origin) => {
  const headers = { origin, "access-control-request-method": "POST" };
  return nobody.call("OPTIONS", path, undefined, { headers });
};

test("a page of a configured origin verifies and describes its publishable key", async () => {
  const { id, token } = await orgKey({ type: "publishable" });
  for (const [method, path, body] of /** @type {const} */ ([
    ["POST", "/v1/verify", { key: token }],
    ["GET", "/v1/whoami", undefined],
  ])) {
    const answer = await as(token).call(method, path, body, { headers: { origin: SHOP } });
    assert.equal((await ok(answer)).key.id, id);
    assert.deepEqual(shared(answer.headers), [SHOP, null, null]);
    assert.equal(answer.headers.get("vary"), "Origin");
    assert.match(answer.headers.get("access-control-expose-headers") ?? "", /x-request-id/);
  }
  const { headers } = await nobody.call("GET", "/v1/whoami", undefined, { headers: { origin: SHOP } });
  assert.deepEqual(shared(headers), [SHOP, null, null], "a page may read why it is refused");
});

test("a browser that asks first is answered without a credential", async () => {
  for (const [path, methods] of [
    ["/v1/verify", "POST"],
    ["/v1/whoami", "GET, HEAD"],
    ["/v1/revoke", "POST"],
  ]) {
    const { status, headers } = await preflight(path, SHOP);
    assert.deepEqual([status, ...shared(headers)], [204, SHOP, methods, null]);
    assert.equal(
      headers.get("access-control-allow-headers"),
      "authorization, content-type, x-api-key, keyward-organization, traceparent, tracestate, x-medusa-locale, x-publishable-api-key",
    );
  }
});

test("nothing else is open, and nothing to another origin", async () => {
  for (const [path, origin] of [
    ["/v1/verify", "https://evil.example"],
    ["/v1/verify", "null"],
    ["/v1/session", SHOP],
    ["/v1/lookup", SHOP],
    ["/v1/revoke/found", SHOP],
    ["/v1/organizations/acme/keys", SHOP],
  ]) {
    const { status, headers } = await preflight(path, origin);
    assert.deepEqual([status, ...shared(headers)], [405, null, null, null], `${path} ${origin}`);
  }
  const { token } = await orgKey({ type: "publishable" });
  for (const origin of [undefined, "https://evil.example"]) {
    const { headers } = await as(token).call(
      "POST",
      "/v1/verify",
      { key: token },
      { headers: origin ? { origin } : {} },
    );
    assert.deepEqual([headers.get("vary"), ...shared(headers)], ["Origin", null, null, null]);
  }
});

test("a session cannot be used by another page, configured or not", async () => {
  const started = await root.call("POST", "/v1/session");
  const [cookie] = (started.headers.get("set-cookie") ?? "").split("; ");
  const page = browser({ fetch, url }, cookie, SHOP);
  const answer = await page.post("/v1/verify", { key: rootKey });
  await refused(answer, "auth.foreign_origin");
  assert.equal(answer.headers.get("access-control-allow-credentials"), null);
});

// @ts-check
// tests/gateways has the same with real gateways.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { root, nobody, as, fetch, key, organization } = await serve();
const org = await organization();
const gateway = (await key(`organizations/${org}`, { scopes: ["keys:verify"] })).token;

/** @param {import("../client.mjs").Caller} visitor @param {string} [query] @param {{ method?: string, own?: string }} [more] */
const authorize = (visitor, query = "", { method = "GET", own = gateway } = {}) =>
  visitor.call(method, `/v1/authorize${query}`, undefined, { headers: { "x-keyward-gateway": own } });

test("a visitor who may pass is told of in headers, with an empty body, for GET and HEAD", async () => {
  const { id, token } = await key(`organizations/${org}`, { scopes: ["b", "a"] });
  for (const method of ["GET", "HEAD"]) {
    const { status, text, headers } = await authorize(as(token), "?scope=a%20b", { method });
    assert.deepEqual([status, text], [200, ""]);
    const told = ["key-id", "owner", "scopes"].map((name) => headers.get(`x-keyward-${name}`));
    assert.deepEqual(told, [id, `organization:${org}`, "a b"]);
    assert.match(headers.get("x-keyward-as-of") ?? "", /^\d{4}-.*Z$/);
    assert.deepEqual(
      ["keyward-caller", "content-type"].map((name) => headers.get(name)),
      [null, null],
    );
    assert.equal(headers.get("cache-control"), "no-store");
  }
});

test("a visitor who may not is challenged as RFC 6750 has it", async () => {
  const { token } = await key(`organizations/${org}`, { scopes: ["a"] });
  const realm = 'Bearer realm="keyward"';
  assert.equal((await refused(authorize(nobody), "auth.missing")).challenge, realm);
  assert.equal(
    (await refused(authorize(as("x")), "auth.invalid")).challenge,
    `${realm}, error="invalid_token"`,
  );
  assert.equal(
    (await refused(authorize(as(token), "?scope=c%20b"), "auth.insufficient_scope")).challenge,
    `${realm}, error="insufficient_scope", scope="b c"`,
  );
  assert.equal(
    (await refused(authorize(as(token), "?organization=other"), "auth.forbidden")).challenge,
    null,
  );
  for (const answer of [await authorize(nobody), await authorize(as("x"))])
    assert.ok(![...answer.headers.keys()].some((name) => name.startsWith("x-keyward-")));
});

test("what is wrong with the gateway's own key is no fault of the visitor's", async () => {
  const { token } = await key(`organizations/${org}`);
  for (const own of ["", "x", token, "Bearer x"])
    for (const visitor of [as(token), nobody])
      assert.equal(
        (await refused(authorize(visitor, "", { own }), "gateway.not_accepted")).challenge,
        null,
        own,
      );
  await refused(as(gateway).get("/v1/authorize"), "gateway.not_accepted");
});

test("the method and the body of the visitor's request do not matter", async () => {
  const { token } = await key(`organizations/${org}`);
  const headers = {
    authorization: `Bearer ${token}`,
    "x-keyward-gateway": gateway,
    origin: "https://evil.example",
  };
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    const body = method === "OPTIONS" ? undefined : "x".repeat(70_000);
    const { status } = await fetch("/v1/authorize", { method, headers, body });
    assert.equal(status, 200, method);
  }
});

test("parameters are read strictly", async () => {
  for (const query of [
    "?scope=",
    "?scope=a&scope=b",
    "?scopes=a",
    "?max_staleness_seconds=x",
    "?on_outage=x",
  ])
    await refused(authorize(as("x"), query), "request.bad_parameter");
  await refused(authorize(as("x"), `?scope=${gateway}`), "request.key_in_url");
  await ok(root.get("/v1/whoami"));
});

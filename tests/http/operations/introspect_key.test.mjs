// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

const { root, nobody, as, url, key, orgKey, organization } = await serve();
const headers = { "content-type": "application/x-www-form-urlencoded" };

/** @param {Record<string, string> | string[][]} form @param {import("../client.mjs").Caller} [who] @param {Record<string, string>} [more] */
const introspect = (form, who = root, more = {}) =>
  who.call("POST", "/v1/introspect", new URLSearchParams(form).toString(), {
    headers: { ...headers, ...more },
  });

test("an active key is described as RFC 7662 has it, with its issuer and the whole verdict", async () => {
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const { org, id, token, created_at } = await orgKey({ scopes: ["b", "a"], expires_at });
  const answer = await introspect({ token, token_type_hint: "access_token" });
  const { keyward, ...told } = await ok(answer);
  assert.deepEqual(told, {
    active: true,
    scope: "a b",
    client_id: id,
    sub: `organization:${org}`,
    token_type: "Bearer",
    iat: Math.floor(Date.parse(created_at) / 1000),
    exp: Math.floor(Date.parse(expires_at) / 1000),
    iss: url,
    organization: org,
  });
  assert.deepEqual([keyward.code, keyward.key.id, keyward.max_staleness_seconds], ["valid", id, 30]);
  assert.deepEqual(
    ["cache-control", "content-type"].map((name) => answer.headers.get(name)),
    ["no-store", "application/json"],
  );
});

test("whatever the reason, an inactive key is answered with the same bytes", async () => {
  const { org, path, token } = await orgKey({ scopes: ["a"] });
  const caller = as((await key(`organizations/${org}`, { scopes: ["keys:verify"] })).token);
  const foreign = await orgKey();
  assert.equal((await ok(introspect({ token }, caller))).active, true);
  const texts = ["x", "\0", mint({ owner: `organization:${org}` }), foreign.token, "x".repeat(60_000)];
  const inactive = texts.map((token) => introspect({ token }, caller));
  inactive.push(
    introspect({ token, scope: "a b" }, caller),
    introspect({ token, organization: "other" }, caller),
  );
  await ok(root.post(`${path}/revoke`));
  inactive.push(introspect({ token, max_staleness_seconds: "0" }, caller));
  for (const answer of await Promise.all(inactive))
    assert.deepEqual([answer.status, answer.text], [200, '{"active":false}']);
});

test("a client of OAuth authenticates by Basic with a key and its id, and nothing else will do", async () => {
  const org = await organization();
  const { token, id } = await key(`organizations/${org}`, { scopes: ["keys:verify"] });
  const basic = (/** @type {string} */ name, /** @type {string} */ password) =>
    introspect({ token }, nobody, { authorization: `Basic ${btoa(`${name}:${password}`)}` });
  assert.equal((await ok(basic(id, token))).active, true);
  const { challenge } = await refused(basic("client", token), "auth.invalid");
  assert.equal(challenge, 'Bearer realm="keyward", error="invalid_token"');
  await refused(introspect({ token, client_id: id, client_secret: token }, nobody), "auth.missing");
});

test("a form without a token, or that is none, is refused", async () => {
  assert.deepEqual(pointers(await refused(introspect({}), "request.bad_field")), ["/token"]);
  await refused(root.post("/v1/introspect", { token: "x" }), "request.not_form");
  await refused(introspect({ token: "x".repeat(70_000) }), "request.too_large");
  const query = root.call("POST", "/v1/introspect?token=x", "token=x", { headers });
  await refused(query, "request.bad_parameter");
});

// @ts-check
// Which credentials are accepted, and what a refusal says (RFC 6750).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { newRootKey } from "../../scripts/keys.mjs";
import { path } from "../../scripts/run.mjs";
import { ok, refused, serve } from "./client.mjs";
import { mint } from "./mint.mjs";
import { operations } from "./openapi.mjs";

const { rootKey, sealKeys, as, nobody, orgKey, key } = await serve();
/** @param {string} authorization */
const whoami = (authorization) => nobody.call("GET", "/v1/whoami", undefined, { headers: { authorization } });

// What gateways ask has a credential of theirs, and one of the visitor: see authorize_request.test.mjs.
const closed = operations.filter(({ operation }) => operation.security === undefined);
for (const { method, template, operation } of closed) {
  test(`${operation.operationId} is refused without a credential`, async () => {
    const address = template
      .replace("{key}", "apk_01KAHQ0000000000000000000Z")
      .replaceAll(/\{\w+\}/g, "acme");
    const { challenge } = await refused(nobody.call(method, address), "auth.missing");
    assert.equal(challenge, 'Bearer realm="keyward"', "no error attribute where no credential was given");
  });
}

test("a credential that is not accepted is answered with invalid_token and nothing more", async () => {
  const owner = "organization:acme";
  const vectors = JSON.parse(readFileSync(path("tests/vectors/issue.v1.json"), "utf8"));
  const tokens = [
    newRootKey(),
    rootKey.toUpperCase(),
    rootKey.slice(0, -1),
    `${rootKey}0`,
    "x",
    "kw_sk_test_",
    mint({ owner }),
    mint({ owner, sealKey: sealKeys }),
    mint({ owner, sealKey: sealKeys, environment: "live" }),
    vectors.cases[3].key,
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.",
    "a".repeat(8000),
  ];
  for (const token of tokens) {
    const { challenge, title, detail, errors } = await refused(as(token).get("/v1/whoami"), "auth.invalid");
    assert.equal(challenge, 'Bearer realm="keyward", error="invalid_token"');
    assert.deepEqual([detail, errors], [title, undefined]);
  }
});

test("an Authorization header that holds no credential is malformed", async () => {
  for (const authorization of [
    "Bearer",
    "Bearer ",
    `Basic ${btoa("root")}`,
    rootKey,
    `Bearer ${rootKey} x`,
    "Bearer a, Bearer b",
    `Digest ${rootKey}`,
    `Token ${rootKey}`,
  ]) {
    const { challenge } = await refused(whoami(authorization), "auth.malformed");
    assert.equal(challenge, 'Bearer realm="keyward", error="invalid_request"', authorization.slice(0, 8));
  }
});

test("two Authorization headers are malformed", async () => {
  const headers = /** @type {[string, string][]} */ ([
    ["authorization", `Bearer ${rootKey}`],
    ["authorization", `Bearer ${rootKey}`],
  ]);
  await refused(nobody.call("GET", "/v1/whoami", undefined, { headers }), "auth.malformed");
});

test("Bearer is read in any case, and the prefix secret-token: is ignored", async () => {
  for (const authorization of [`bearer ${rootKey}`, `BEARER  ${rootKey}`, `Bearer secret-token:${rootKey}`]) {
    assert.equal((await ok(whoami(authorization))).type, "root");
  }
});

test("a credential in another header or cookie, or the body is ignored", async () => {
  const headers = { cookie: `session=${rootKey}; token=${rootKey}`, "x-auth-token": rootKey };
  await refused(nobody.call("GET", "/v1/whoami", undefined, { headers }), "auth.missing");
  await refused(nobody.post("/v1/verify", { key: "x", access_token: rootKey }), "auth.missing");
});

test("a credential in the URL is refused, whoever calls and whatever is asked for", async () => {
  const { token } = await orgKey();
  for (const text of [rootKey, token, token.slice(0, -9), encodeURIComponent(token.replaceAll("_", "%5f"))]) {
    for (const path of [
      `/v1/whoami?token=${text}`,
      `/v1/whoami?${text}`,
      `/v1/${text}`,
      `/health?k=${text}`,
    ]) {
      for (const caller of [nobody, as(rootKey)]) {
        const { detail } = await refused(caller.get(path), "request.key_in_url");
        assert.match(detail, /^URLs are logged and kept/);
      }
    }
  }
});

test("a key in X-Api-Key or Basic is read as one in Bearer is, for verifying too", async () => {
  const { id, token } = await orgKey({ scopes: ["keys:verify"] });
  const all = /** @type {Record<string, string>[]} */ ([
    { "x-api-key": token },
    { authorization: `Basic ${btoa(`${token}:`)}` },
    { authorization: `Basic ${btoa(`:${token}`)}` },
    { authorization: `Basic ${btoa(`anything:${token}`)}` },
    { authorization: `Bearer ${token}`, "x-api-key": token },
  ]);
  for (const headers of all) {
    assert.equal((await ok(nobody.call("GET", "/v1/whoami", undefined, { headers }))).id, id);
    const verdict = await ok(nobody.call("POST", "/v1/verify", { key: token }, { headers }));
    assert.equal(verdict.code, "valid");
  }
  const headers = { authorization: `Bearer ${token}`, "x-api-key": rootKey };
  for (const [method, path, body] of /** @type {const} */ ([
    ["GET", "/v1/whoami", undefined],
    ["POST", "/v1/verify", { key: token }],
  ])) {
    const { detail } = await refused(nobody.call(method, path, body, { headers }), "auth.malformed");
    assert.match(detail, /different credentials/);
  }
});

test("a missing scope is named", async () => {
  const { org, token } = await orgKey({ scopes: ["orders:read"] });
  const cases = /** @type {const} */ ([
    ["GET", "/keys", "keys:read"],
    ["POST", "/keys", "keys:write"],
    ["GET", "/events", "events:read"],
    ["GET", "/members", "members:read"],
  ]);
  for (const [method, place, scope] of cases) {
    const body = method === "POST" ? { title: "k" } : undefined;
    const { challenge } = await refused(
      as(token).call(method, `/v1/organizations/${org}${place}`, body),
      "auth.insufficient_scope",
    );
    assert.equal(challenge, `Bearer realm="keyward", error="insufficient_scope", scope="${scope}"`);
  }
  const { challenge } = await refused(
    as(token).post("/v1/verify", { key: token }),
    "auth.insufficient_scope",
  );
  assert.equal(challenge, 'Bearer realm="keyward", error="insufficient_scope", scope="keys:verify"');
});

test("a refusal that no scope would change carries no challenge", async () => {
  const { org, token } = await orgKey({ type: "publishable", scopes: ["*"] });
  assert.equal(
    (await refused(as(token).get(`/v1/organizations/${org}/keys`), "auth.forbidden")).challenge,
    null,
  );
  const personal = await key("users/ada", { scopes: ["*"] });
  assert.equal(
    (await refused(as(personal.token).post("/v1/verify", { key: token }), "auth.forbidden")).challenge,
    null,
  );
});

test("the credential is checked before the rest of the request", async () => {
  await refused(nobody.post("/v1/verify", "{"), "auth.missing");
  await refused(as("x").get("/v1/organizations/a%20b/keys?limit=0"), "auth.invalid");
  await refused(nobody.get("/v1/nothing"), "route.not_found");
});

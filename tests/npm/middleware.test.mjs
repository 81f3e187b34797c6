// @ts-check
// `requireKey`: what all frameworks share, by `keyward/fetch` from the tarball. The frameworks are in environments/.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { serve } from "../http/client.mjs";
import { Keyward, middleware, told } from "./called.mjs";

const { url, rootKey, key, organization } = await serve();
const { requireKey } = await middleware("fetch");

const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
const OTHER = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk000000";
const VALID = {
  valid: true,
  code: "valid",
  key: { id: "apk_1", owner: { type: "organization", id: "acme" } },
};

/** A client that finds every key valid, and what it was asked. */
function content() {
  /** @type {any[]} */
  const asked = [];
  const verify = async (/** @type {any[]} */ ...question) => {
    asked.push(question);
    return VALID;
  };
  const client = { verify };
  return { client, asked };
}

/** @param {Record<string, string>} headers @param {string} [method] @param {string} [address] */
const request = (headers, method = "GET", address = "https://app.example/") =>
  new Request(address, { method, headers });

/** What a request is refused with. @param {any} checked */
async function refused({ key, response }) {
  assert.equal(key, null);
  const { code } = await response.json();
  return [response.status, code, response.headers.get("www-authenticate")];
}

const MISSING = [401, "auth.missing", 'Bearer realm="keyward"'];
const MALFORMED = [400, "auth.malformed", 'Bearer realm="keyward", error="invalid_request"'];

test("a key is read from wherever the server reads those of its callers, and one that nobody can mean is refused", async () => {
  const { client, asked } = content();
  const check = requireKey({ client });
  const basic = (/** @type {string} */ pair) => `Basic ${btoa(pair)}`;
  for (const headers of [
    ...["Bearer", "bearer", "BEARER"].map((scheme) => ({ authorization: `${scheme} ${KEY}` })),
    ...[`Bearer   ${KEY}`, `Bearer secret-token:${KEY}`].map((authorization) => ({ authorization })),
    ...[`${KEY}:`, `${KEY}:x`, `:${KEY}`, `me:${KEY}`, `${KEY}:${KEY}`].map((pair) => ({
      authorization: basic(pair),
    })),
    ...[`Basic ${KEY}`, `basic ${KEY}:`, basic(KEY), basic(`?>?:${KEY}`).replaceAll("/", "_")].map(
      (authorization) => ({ authorization }),
    ),
    ...[
      { "x-api-key": KEY },
      { "X-API-Key": ` ${KEY} ` },
      { authorization: `Bearer ${KEY}`, "x-api-key": KEY },
    ],
    ...[{ authorization: "Digest x", "x-api-key": KEY }],
  ]) {
    assert.equal(
      (await check(request(/** @type {any} */ (headers)))).key,
      VALID.key,
      JSON.stringify(headers),
    );
    assert.equal(asked.pop()[0], KEY);
  }
  for (const headers of [
    ...["Bearer", "Bearer ", `Bearer ${KEY} ${KEY}`, `Bearer Bearer ${KEY}`, `Bearer ${KEY},${KEY}`],
    ...["Basic", "Basic !", basic("me"), basic(":"), `Basic ${KEY}::`],
    ...[`Bearer ${KEY}, Bearer ${OTHER}`],
  ].map((authorization) => ({ authorization })))
    assert.deepEqual(
      await refused(await check(request(/** @type {any} */ (headers)))),
      MALFORMED,
      JSON.stringify(headers),
    );
  const two = { authorization: `Bearer ${KEY}`, "x-api-key": OTHER };
  assert.deepEqual(await refused(await check(request(two))), MALFORMED);
  assert.deepEqual(await refused(await check(request({ "x-api-key": "" }))), MALFORMED);
  for (const headers of [{}, { authorization: "Digest x" }, { cookie: `key=${KEY}` }])
    assert.deepEqual(await refused(await check(request(/** @type {any} */ (headers)))), MISSING);
  assert.deepEqual(
    await refused(await check(request({}, "GET", `https://app.example/?key=${KEY}`))),
    MISSING,
  );
  assert.equal(asked.length, 0);
});

test("places that are not named are not read", async () => {
  const { client } = content();
  const check = requireKey({ client, from: ["X-Acme-Key"] });
  assert.equal((await check(request({ "x-acme-key": KEY }))).key, VALID.key);
  for (const headers of [{ authorization: `Bearer ${KEY}` }, { "x-api-key": KEY }])
    assert.deepEqual(await refused(await check(request(/** @type {any} */ (headers)))), MISSING);
});

test("what is required is asked, and the organization may depend on the request", async () => {
  const { client, asked } = content();
  const bearer = { authorization: `Bearer ${KEY}` };
  await requireKey({ client, scopes: ["a", "b"], organization: "acme", consistency: "strong" })(
    request(bearer),
  );
  assert.deepEqual(asked.pop(), [KEY, { scopes: ["a", "b"], organization: "acme", consistency: "strong" }]);
  const organization = (/** @type {Request} */ { url }) => new URL(url).searchParams.get("org");
  const check = requireKey({ client, organization });
  await check(request(bearer, "GET", "https://app.example/?org=other"));
  assert.equal(asked.pop()[1].organization, "other");
  // Nothing is required less because it could not be found out.
  await assert.rejects(check(request(bearer)), TypeError);
  assert.equal(asked.length, 0);
  const which = requireKey({ client: () => client });
  assert.equal((await which(request(bearer))).key, VALID.key);
});

test("a key that does not reach the organization is forbidden, whatever the request calls it", async () => {
  const [org, other] = [await organization(), await organization()];
  const { token } = await key(`organizations/${org}`);
  const client = new Keyward({ url, key: rootKey });
  const organization_ = (/** @type {Request} */ { url }) => decodeURIComponent(new URL(url).hash.slice(1));
  const check = requireKey({ client, organization: organization_ });
  const of = (/** @type {string} */ id) =>
    check(request({ "x-api-key": token }, "GET", `https://app.example/#${encodeURIComponent(id)}`));
  assert.equal((await of(org)).key.owner.id, org);
  for (const id of [other, "never-existed", "no id", "../x", "é".repeat(100)])
    assert.deepEqual(await refused(await of(id)), [403, "auth.forbidden", null], id);
});

test("only a browser's preflight passes without a key, and only if it may", async () => {
  const { client } = content();
  const check = requireKey({ client });
  const preflight = { origin: "https://page.example", "access-control-request-method": "PUT" };
  assert.deepEqual(await check(request(preflight, "OPTIONS")), { key: null, response: null });
  assert.deepEqual(await refused(await check(request(preflight, "GET"))), MISSING);
  assert.deepEqual(await refused(await check(request({}, "OPTIONS"))), MISSING);
  assert.deepEqual(
    await refused(await check(request({ origin: "https://page.example" }, "OPTIONS"))),
    MISSING,
  );
  const strict = requireKey({ client, preflights: "refuse" });
  assert.deepEqual(await refused(await strict(request(preflight, "OPTIONS"))), MISSING);
});

test("whatever goes wrong with asking is a 503 that says when to come back, and `onError` is told why", async () => {
  /** @type {any[]} */
  const errors = [];
  const ask = async (
    /** @type {any} */ client,
    onError = (/** @type {any} */ error) => void errors.push(error),
  ) => {
    const { key, response } = await requireKey({ client, onError })(request({ "x-api-key": KEY }));
    assert.equal(key, null);
    assert.equal(response.status, 503);
    return response.headers.get("retry-after");
  };
  const silent = told(() => undefined, { timeout: 20 });
  assert.equal(await ask(silent.client), "1");
  assert.equal(errors.pop().code, "client.timeout");
  const busy = told(() => ({ status: 429, headers: { "retry-after": "17" }, body: { code: "x.y" } }));
  assert.equal(await ask(busy.client), "17");
  assert.equal(errors.pop().status, 429);
  const broken = { verify: () => Promise.reject(undefined) };
  assert.equal(await ask(broken), "1");
  const none = () => {
    throw new Error("no binding");
  };
  assert.equal(await ask(none), "1");
  assert.equal(await ask(none, none), "1");
});

test("nothing but a verdict that says so lets a request pass", async () => {
  for (const verdict of [
    undefined,
    null,
    {},
    { valid: "true", key: VALID.key },
    { valid: 1 },
    { code: "valid" },
    "valid",
  ]) {
    const check = requireKey({ client: { verify: async () => verdict } });
    const [status] = await refused(await check(request({ "x-api-key": KEY })));
    assert.equal(status, 401);
  }
});

test("the challenge calls the application as it wants to be called", async () => {
  const { client } = content();
  const check = requireKey({ client, realm: "Acme's orders" });
  assert.equal((await refused(await check(request({}))))[2], `Bearer realm="Acme's orders"`);
});

test("options that cannot be meant throw at the start", () => {
  const { client } = content();
  for (const options of [
    ...[
      undefined,
      {},
      { client: {} },
      { client, scope: ["a"] },
      { client, scopes: "a" },
      { client, scopes: [1] },
    ],
    ...[
      { client, scopes: ['a"b'] },
      { client, scopes: ["a b"] },
      { client, scopes: ["Orders:read"] },
      { client, scopes: ["a".repeat(65)] },
      { client, preflights: "yes" },
      { client, from: [] },
    ],
    ...[
      { client, from: ["a b"] },
      { client, realm: 'a"b' },
      { client, realm: "a\nb" },
      { client, realm: "" },
    ],
  ])
    assert.throws(() => requireKey(options), TypeError, JSON.stringify(options));
});

test("what can be a scope is what the contract says", () => {
  const { pattern } = JSON.parse(readFileSync(path("www/openapi.json"), "utf8")).components.schemas.Scope;
  assert.ok(readFileSync(path("pkg/client/gate.mjs"), "utf8").includes(`const SCOPE = /${pattern}/;`));
});

test("problems are called as the API calls them", () => {
  const source = readFileSync(path("pkg/client/gate.mjs"), "utf8");
  const named = [...source.matchAll(/"(auth\.\w+)": \{ status: (\d+), title: "(.+)" \}/g)];
  assert.equal(named.length, 5);
  /** @type {{ code: string, status: number, title: string }[]} */
  const problems = JSON.parse(readFileSync(path("tests/vectors/problems.v1.json"), "utf8"));
  for (const [, code, status, title] of named)
    assert.deepEqual(
      problems.find((each) => each.code === code),
      { code, status: Number(status), title },
    );
});

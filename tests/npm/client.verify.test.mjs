// @ts-check
// `verify` of `keyward/client`: what needs no request, what is asked once, and for how long an answer may be kept.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mock, test } from "node:test";
import { newSealKey } from "../../scripts/keys.mjs";
import { serve } from "../http/client.mjs";
import { mint } from "../http/mint.mjs";
import { Keyward, middleware, problem, told } from "./called.mjs";

const { url, rootKey, key, organization, orgKey } = await serve();

const { requireKey } = await middleware("fetch");

const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
const owner = { type: "organization", id: "acme" };
const VALID = { valid: true, code: "valid", key: { id: "apk_1", owner, status: "active", scopes: ["a"] } };
const REVOKED = { valid: false, code: "revoked", key: { id: "apk_1", owner } };

/** A clock that only the test moves. */
function clock() {
  let now = 1_000_000;
  const mocked = mock.method(performance, "now", () => now);
  return {
    pass: (/** @type {number} */ seconds) => {
      now += seconds * 1000;
    },
    stop: () => mocked.mock.restore(),
  };
}

test("what cannot be a key of the deployment is refused as the server would, without a request", async () => {
  const org = await organization();
  const caller = await key(`organizations/${org}`, { scopes: ["keys:verify"] });
  const of = `organization:${org}`;
  const texts = {
    malformed: [
      "",
      "x",
      "a".repeat(5000),
      `${caller.token}x`,
      caller.token.slice(0, -1),
      caller.redacted,
      "kw_sk_test_ü",
    ],
    wrong_environment: [mint({ owner: of, environment: "live" }), mint({ owner: of, brand: "acme" })],
  };
  const plain = new Keyward({ url, key: caller.token });
  let count = 0;
  const counting = (/** @type {string} */ input, /** @type {any} */ init) => {
    count += 1;
    return fetch(input, init);
  };
  const counted = new Keyward({ url, key: caller.token, fetch: counting });
  for (const [code, each] of Object.entries(texts))
    for (const text of each) {
      const before = Date.now();
      const { as_of, ...verdict } = await counted.verify(text, { max_staleness_seconds: 7 });
      assert.deepEqual(verdict, { valid: false, code, key: null, max_staleness_seconds: 7 }, text);
      assert.ok(Date.parse(as_of) >= before && Date.parse(as_of) <= Date.now(), as_of);
      const { as_of: its, ...said } = await plain.verifyKey({ key: text, max_staleness_seconds: 7 });
      assert.deepEqual(said, verdict, text);
      assert.equal(new Date(its).toISOString(), its);
    }
  assert.equal(count, 0);
  assert.equal((await counted.verify(mint({ owner: of, sealKey: newSealKey() }))).code, "forged");
  assert.equal(count, 1);
});

test("an operator's root key says nothing of brand and environment, so options do", async () => {
  const live = mint({ owner: "organization:acme", environment: "live" });
  const { client, asked } = told(() => ({ body: REVOKED }), { key: rootKey });
  await client.verify(live);
  assert.equal(asked.length, 1);
  const pinned = told(() => ({ body: REVOKED }), { key: rootKey, environment: "test", brand: "kw" });
  assert.equal((await pinned.client.verify(live)).code, "wrong_environment");
  assert.equal(
    (await pinned.client.verify(mint({ owner: "organization:acme", brand: "acme" }))).code,
    "wrong_environment",
  );
  assert.equal(pinned.asked.length, 0);
});

test("a key of a version that is not known yet, and every text where foreign keys are, is for the server to judge", async () => {
  const later = KEY.replace("_1", "_2");
  const { client, asked } = told(() => ({ body: REVOKED }), { key: KEY });
  assert.equal((await client.verify(later)).code, "revoked");
  const foreign = told(() => ({ body: VALID }), { key: KEY, foreign: true, cache: { maxAge: 60 } });
  for (const _ of [1, 2]) assert.equal((await foreign.client.verify("sk_other_system")).valid, true);
  assert.deepEqual([asked.length, foreign.asked.length], [1, 1]);
});

test("a foreign key is verified where the client is told that there are such, and is no key of ours elsewhere", async () => {
  const org = await organization();
  const text = "a-key-of-another-system";
  const value = createHash("sha256").update(text).digest("hex");
  const client = new Keyward({ url, key: rootKey });
  const row = /** @type {any} */ ({
    hash: { algorithm: "sha256", encoding: "hex", value },
    title: "Foreign",
  });
  assert.equal((await client.importKeys(org, [row])).imported, 1);
  const question = { organization: org };
  assert.equal(
    (await new Keyward({ url, key: rootKey, foreign: true }).verify(text, question)).code,
    "valid",
  );
  assert.equal((await client.verify(text, question)).code, "malformed");
  const foreign = new Keyward({ url, key: rootKey, foreign: true });
  const ask = requireKey({ client: foreign, organization: org });
  const { key } = await ask(new Request("https://app.example/", { headers: { "x-api-key": text } }));
  assert.equal(key.title, "Foreign");
});

test("equal questions under way share one request, and different ones do not", async () => {
  const { client, asked } = told(() => ({ body: VALID }));
  const same = [{ scopes: ["a", "b"] }, { scopes: ["b", "a"] }, { scopes: ["a", "b"] }];
  const answers = await Promise.all(same.map((question) => client.verify(KEY, question)));
  assert.equal(asked.length, 1);
  assert.ok(answers.every((answer) => answer === answers[0]));
  const others = [{}, { scopes: ["a"] }, { organization: "acme" }, { organization: "acme", scopes: ["a"] }];
  await Promise.all(others.map((question) => client.verify(KEY, question)));
  assert.equal(asked.length, 5);
  await client.verify(KEY, { scopes: ["a", "b"] });
  assert.equal(asked.length, 6);
});

test("a strong question is always one of its own, since what is under way may have been read before a revocation", async () => {
  const { client, asked } = told(() => ({ body: VALID }), { cache: { maxAge: 60 } });
  const strong = { consistency: /** @type {const} */ ("strong") };
  await Promise.all([client.verify(KEY, strong), client.verify(KEY, strong), client.verify(KEY)]);
  await client.verify(KEY, strong);
  assert.equal(asked.length, 4);
  await client.verify(KEY);
  assert.equal(asked.length, 4);
});

test("who no longer waits ends the request for nobody else", async () => {
  let answer = (/** @type {object} */ _) => {};
  const { client, asked } = told(() => new Promise((resolve) => (answer = resolve)));
  const stop = new AbortController();
  const gone = client.verify(KEY, {}, { signal: stop.signal });
  const waiting = client.verify(KEY);
  stop.abort(new Error("gone"));
  await assert.rejects(gone, /gone/);
  answer({ body: VALID });
  assert.equal((await waiting).valid, true);
  assert.equal(asked.length, 1);
});

test("who joins a question under way gets no answer that is older than its bound", async (t) => {
  const { pass, stop } = clock();
  t.after(stop);
  const answers = /** @type {((said: object) => void)[]} */ ([]);
  const { client, asked } = told(() => new Promise((resolve) => answers.push(resolve)));
  const first = client.verify(KEY);
  await new Promise((resolve) => setImmediate(resolve));
  pass(8);
  const second = client.verify(KEY);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.length, 1);
  const body = { ...VALID, as_of: "2030-01-01T00:00:00.000Z", max_staleness_seconds: 10 };
  answers[0]({ body, headers: { date: "Tue, 01 Jan 2030 00:00:05 GMT" } });
  assert.equal((await first).valid, true);
  // It was true six seconds before it was asked for, at worst: fourteen seconds ago.
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked.length, 2);
  answers[1]({ body: REVOKED });
  assert.equal((await second).code, "revoked");
});

test("a question that would be asked as less than it means is refused", async () => {
  const { client, asked } = told(() => assert.fail());
  for (const question of [{ scopes: () => ["a"] }, { organization: Symbol("acme") }, null, "strong"])
    await assert.rejects(client.verify(KEY, /** @type {any} */ (question)), TypeError);
  assert.equal(asked.length, 0);
});

test("a failure is everybody's who waits, and is not kept", async () => {
  const { client, asked } = told((_, count) => (count === 1 ? { status: 500 } : { body: VALID }), {
    cache: { maxAge: 60 },
  });
  const both = await Promise.allSettled([client.verify(KEY), client.verify(KEY)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.equal((await client.verify(KEY)).valid, true);
  assert.equal(asked.length, 2);
});

test("without being asked to, a client keeps no answer", async () => {
  const { client, asked } = told(() => ({ body: VALID }));
  for (const _ of [1, 2]) await client.verify(KEY);
  assert.equal(asked.length, 2);
});

test("a valid answer is kept for as long as was asked from when the request was sent, a refusal for five seconds", async (t) => {
  const { pass, stop } = clock();
  t.after(stop);
  let said = VALID;
  const { client, asked } = told(
    () => {
      pass(2);
      return { body: said };
    },
    { cache: { maxAge: 30 } },
  );
  const isAsked = async (/** @type {number} */ seconds, question = {}) => {
    pass(seconds);
    const before = asked.length;
    await client.verify(KEY, question);
    return asked.length > before;
  };
  assert.equal(await isAsked(0), true);
  assert.equal(await isAsked(27), false);
  assert.equal(await isAsked(1), true);
  assert.equal(await isAsked(0, { scopes: ["a"] }), true);
  said = /** @type {any} */ (REVOKED);
  assert.equal(await isAsked(30), true);
  assert.equal(await isAsked(2), false);
  assert.equal(await isAsked(1), true);
});

test("an answer's age counts from when it was true, by the server's own clock, and no answer is older than its bound", async (t) => {
  const { pass, stop } = clock();
  t.after(stop);
  // This machine's clock is years from the server's.
  const date = "Tue, 01 Jan 2030 00:00:20 GMT";
  const body = { ...VALID, as_of: "2030-01-01T00:00:11.000Z", max_staleness_seconds: 15 };
  const ages = async (/** @type {object} */ said, question = {}, maxAge = 30) => {
    const { client, asked } = told(() => said, { cache: { maxAge } });
    let seconds = 0;
    for (await client.verify(KEY, question); asked.length === 1; seconds += 1) {
      pass(1);
      await client.verify(KEY, question);
    }
    return seconds;
  };
  const headers = { date };
  // It was ten seconds old, at worst: the header counts whole seconds.
  assert.equal(await ages({ body: { ...body, max_staleness_seconds: 60 }, headers }), 20);
  assert.equal(await ages({ body, headers }), 5);
  assert.equal(
    await ages({ body: { ...body, max_staleness_seconds: 60 }, headers }, { max_staleness_seconds: 12 }),
    3,
  );
  // Without the header it was as old as the server allows.
  assert.equal(await ages({ body }), 1);
  assert.equal(await ages({ body: { ...body, as_of: "nonsense" }, headers }), 1);
  assert.equal(await ages({ body: { ...VALID, as_of: body.as_of } }), 1);
  assert.equal(await ages({ body: { ...body, max_staleness_seconds: 3600 }, headers }, {}, 3600), 3590);
});

test("an answer about a key that wants strong ones is nobody else's, and is not kept", async () => {
  const { token } = await orgKey({ consistency: "strong" });
  let count = 0;
  const counting = (/** @type {string} */ input, /** @type {any} */ init) => {
    count += 1;
    return fetch(input, init);
  };
  const client = new Keyward({ url, key: rootKey, fetch: counting, cache: { maxAge: 60 } });
  for (const answer of await Promise.all([client.verify(token), client.verify(token)]))
    assert.equal(answer.valid && "consistency" in answer && answer.consistency, "strong");
  assert.equal(count, 2);
  await client.verify(token);
  assert.equal(count, 3);
});

test("no answer outlives its key", async (t) => {
  const { pass, stop } = clock();
  t.after(stop);
  const headers = { date: "Tue, 01 Jan 2030 00:00:00 GMT" };
  for (const ends of [
    { expires_at: "2030-01-01T00:00:11.000Z", revoked_at: null },
    { expires_at: "2031-01-01T00:00:11.000Z", revoked_at: "2030-01-01T00:00:11.000Z", status: "retiring" },
  ]) {
    const body = { ...VALID, key: { ...VALID.key, ...ends } };
    const { client, asked } = told(() => ({ body, headers }), { cache: { maxAge: 3600 } });
    await client.verify(KEY);
    pass(9.9);
    await client.verify(KEY);
    assert.equal(asked.length, 1);
    pass(0.1);
    await client.verify(KEY);
    assert.equal(asked.length, 2);
  }
  for (const ends of [{ status: "retiring" }, { expires_at: "nonsense" }]) {
    const body = { ...VALID, key: { ...VALID.key, ...ends } };
    const { client, asked } = told(() => ({ body, headers }), { cache: { maxAge: 3600 } });
    for (const _ of [1, 2]) await client.verify(KEY);
    assert.equal(asked.length, 2, JSON.stringify(ends));
  }
});

test("what the client itself changes ends every answer of before, also one that is under way", async () => {
  const org = await organization();
  const { token, id } = await key(`organizations/${org}`);
  const client = new Keyward({ url, key: rootKey, cache: { maxAge: 3600 } });
  assert.equal((await client.verify(token)).valid, true);
  await client.revokeKey(org, id);
  // KV may not know it yet, and what it said before is kept no longer.
  assert.equal((await client.verify(token, { consistency: "strong" })).code, "revoked");

  let answer = (/** @type {object} */ _) => {};
  const slow = told(
    ({ path }, count) =>
      path.endsWith("/revoke")
        ? {}
        : count === 1
          ? new Promise((resolve) => (answer = resolve))
          : { body: REVOKED },
    { cache: { maxAge: 60 } },
  );
  const before = slow.client.verify(KEY);
  await new Promise((resolve) => setImmediate(resolve));
  await slow.client.revokeKey("acme", "apk_1");
  answer({ body: VALID });
  assert.equal((await before).valid, true);
  assert.equal((await slow.client.verify(KEY)).code, "revoked");
});

test("so many answers are kept as was said, the oldest going first", async () => {
  const { client, asked } = told(() => ({ body: VALID }), { cache: { maxAge: 60, size: 2 } });
  for (const scope of ["a", "b", "c"]) await client.verify(KEY, { scopes: [scope] });
  await client.verify(KEY, { scopes: ["c"] });
  await client.verify(KEY, { scopes: ["b"] });
  assert.equal(asked.length, 3);
  await client.verify(KEY, { scopes: ["a"] });
  assert.equal(asked.length, 4);
});

test("nothing but a whole verdict is ever taken for one", async () => {
  const wrong = [
    ...[{}, [], null, "", "ok", "<html>", { valid: true }, { valid: "true", code: "valid", key: VALID.key }],
    ...[
      { valid: true, code: "valid", key: null },
      { valid: true, code: "revoked", key: VALID.key },
    ],
    ...[
      { valid: 1, code: "valid", key: VALID.key },
      { valid: false },
      { valid: false, code: "valid", key: null },
    ],
  ];
  for (const body of wrong) {
    const { client } = told(() => ({ body }), { cache: { maxAge: 60 } });
    assert.equal((await problem(client.verify(KEY))).code, "client.unexpected", JSON.stringify(body));
  }
  for (const status of [201, 204, 301, 401, 404, 500, 503]) {
    const { client } = told(() => ({ status, body: VALID }), { retries: 0 });
    if (status === 201) continue;
    await problem(client.verify(KEY));
  }
});

test("an answer that several may hold cannot be changed", async () => {
  const { client } = told(() => ({ body: VALID }), { cache: { maxAge: 60 } });
  const { key } = /** @type {any} */ (await client.verify(KEY));
  assert.throws(() => key.scopes.push("*"), TypeError);
  assert.throws(() => Object.assign(key, { status: "revoked" }), TypeError);
});

test("a binding without a key is asked as the entrypoint `Verifier`, with one it is sent requests", async () => {
  const asked = /** @type {any[]} */ ([]);
  /** @type {any} */
  let said = VALID;
  const binding = {
    async verify(/** @type {any} */ question) {
      asked.push(question);
      if (said instanceof Error) throw said;
      return said;
    },
    async fetch(/** @type {string} */ input, /** @type {any} */ init) {
      asked.push([this === binding, new URL(input).protocol, init.headers.get("authorization")]);
      return Response.json(VALID);
    },
  };
  const entrypoint = new Keyward({ binding, retries: 1, wait: async () => {} });
  assert.equal((await entrypoint.verify(KEY, { scopes: ["a"] })).valid, true);
  assert.deepEqual(asked, [{ key: KEY, scopes: ["a"] }]);
  said = { status: 403, code: "auth.forbidden", detail: `no ${KEY}`, title: "no" };
  const refused = await problem(entrypoint.verify(KEY));
  assert.deepEqual([refused.code, refused.status, refused.detail], ["auth.forbidden", 403, "no ***"]);
  for (said of [new Error(KEY), undefined, {}, { valid: true }]) {
    const error = await problem(entrypoint.verify(KEY));
    assert.match(error.code, /^client\./);
    assert.ok(!error.stack?.includes(KEY));
  }
  asked.length = 0;
  said = { ...VALID, as_of: new Date().toISOString(), max_staleness_seconds: 30 };
  const keeping = new Keyward({ binding, cache: { maxAge: 30 } });
  for (const _ of [1, 2]) await keeping.verify(KEY);
  assert.equal(asked.length, 1);
  asked.length = 0;
  assert.equal((await new Keyward({ binding, key: rootKey }).verify(KEY)).valid, true);
  assert.deepEqual(asked, [[true, "https:", `Bearer ${rootKey}`]]);
});

test("what is verified again and again is the deployment's answer each time", async () => {
  const { token, path } = await orgKey();
  const client = new Keyward({ url, key: rootKey });
  assert.equal((await client.verify(token)).valid, true);
  const revoked = await fetch(`${url}${path}/revoke`, {
    method: "POST",
    headers: { authorization: `Bearer ${rootKey}` },
  });
  assert.equal(revoked.status, 200);
  assert.equal((await client.verify(token, { consistency: "strong" })).code, "revoked");
});

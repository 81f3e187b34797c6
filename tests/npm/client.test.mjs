// @ts-check
// `keyward/client` from the tarball: every operation, over the real worker; and what becomes of requests that fail.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import { methodOf } from "../../scripts/client.mjs";
import { path } from "../../scripts/run.mjs";
import { serve } from "../http/client.mjs";
import { front, Keyward, KeywardError, problem, told } from "./called.mjs";

const { url, rootKey, organization, orgKey } = await serve();
const client = new Keyward({ url, key: rootKey });

const document = JSON.parse(readFileSync(path("www/openapi.json"), "utf8"));
/** @type {{ id: string, route: string, method: string, item: any, operation: any }[]} */
const operations = Object.entries(document.paths).flatMap(([route, item]) =>
  Object.entries(item)
    .filter(([, { operationId }]) => operationId)
    .map(([method, operation]) => ({ id: operation.operationId, route, method, item, operation })),
);

const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

test("every operation of the document is a method under its id, and nothing else is", () => {
  const methods = Object.getOwnPropertyNames(Keyward.prototype).filter(
    (name) => !["constructor", "verify"].includes(name),
  );
  assert.deepEqual(methods.sort(), operations.map(({ id }) => methodOf(id)).sort());
});

test("every method sends what the document says, and the worker knows all of them", async () => {
  for (const { id, route, method, operation } of operations) {
    const ids = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => (name === "user" ? "ada" : `no-${name}`));
    const [[type, content] = []] = Object.entries(operation.requestBody?.content ?? {});
    const hasQuery = operation.parameters?.some((/** @type {any} */ { in: place }) => place === "query");
    const isForm = type === "application/x-www-form-urlencoded";
    const args = [
      ...ids,
      ...(type ? [content.example ?? {}] : []),
      ...(hasQuery ? [{}] : []),
      { retries: 0 },
    ];
    /** @type {[string, any][]} */
    const sent = [];
    const watched = new Keyward({
      url,
      key: rootKey,
      fetch: (input, init) => {
        sent.push([input, init]);
        return fetch(input, init);
      },
    });
    const done = /** @type {any} */ (watched)[methodOf(id)](...args);
    const error = await Promise.resolve(done).then(
      () => undefined,
      (/** @type {any} */ error) => error,
    );
    const [[address, init]] = sent;
    const [filled] = [ids.reduce((path, each) => path.replace(/\{\w+\}/, each), route)];
    assert.equal(address.slice(url.length).split("?")[0], filled, id);
    assert.equal(init.method, method.toUpperCase(), id);
    assert.equal(init.headers.get("content-type"), type ?? null, id);
    assert.ok(isForm || !type || JSON.parse(init.body), id);
    assert.ok(error === undefined || error instanceof KeywardError, `${id}: ${error}`);
    assert.doesNotMatch(error?.code ?? "", /^(route|client)\.|^request\.(media_type|not_form|bad_json)/, id);
  }
});

test("a key lives its life through the client", async () => {
  const org = await organization();
  const made = await client.createKey(org, { title: "CI deploys", scopes: ["orders:read"] });
  assert.equal((await client.getKey(org, made.id)).title, "CI deploys");
  assert.equal((await client.updateKey(org, made.id, { title: "Deploys" })).title, "Deploys");
  const verdict = await client.verify(made.token, { scopes: ["orders:read"] });
  assert.equal(verdict.valid && verdict.key.id, made.id);
  const { token, rolled } = await client.rollKey(org, made.id, { grace: 0 });
  assert.equal(rolled.id, made.id);
  await client.deleteKey(org, made.id);
  const { revoked_by } = (await client.revokePresentedKey({ token })) && (await client.lookupKey({ token }));
  assert.equal(revoked_by?.type, "key");
  assert.equal((await client.verify(token, { consistency: "strong" })).code, "revoked");
});

test("a list is walked through from page to page, and its first page is asked for once", async () => {
  const org = await organization();
  for (const title of ["a", "b", "c", "d", "e"]) await client.createKey(org, { title });
  const wanted = { order: /** @type {const} */ ("title"), limit: 2 };
  const titles = [];
  for await (const { title } of client.listKeys(org, wanted)) titles.push(title);
  assert.deepEqual(titles, ["a", "b", "c", "d", "e"]);
  const list = client.listKeys(org, wanted);
  assert.equal((await list).count, 5);
  const sizes = [];
  for await (const page of list.pages()) sizes.push(page.keys.length);
  assert.deepEqual(sizes, [2, 2, 1]);
  assert.equal(await list, await list);
});

test("an export is walked through row by row, from page to page", async () => {
  const org = await organization();
  const made = await client.createKey(org, { title: "a" });
  const found = [];
  // The second page has the events.
  for await (const row of client.exportOrganization(org)) found.push(JSON.stringify(row));
  assert.ok(found.some((row) => row.includes(made.redacted)));
  assert.ok(found.some((row) => row.includes("evt_") && row.includes("key.created")));
  const link = '<https://keys.example.com/v1/organizations/acme/export?after=aa>; rel="next"';
  const { client: paged, asked } = told((_, count) =>
    count === 1 ? { body: '{"id":1}\n{"id":2}\n', headers: { link } } : { body: '{"id":3}\n' },
  );
  const rows = [];
  for await (const row of paged.exportOrganization("acme")) rows.push(row);
  assert.deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }]);
  assert.equal(new URLSearchParams(asked[1].path.split("?")[1]).get("after"), "aa");
  const cut = told(() => ({ body: '{"id":1}\n{"id' }));
  assert.equal((await problem(cut.client.exportOrganization("acme"))).code, "client.unexpected");
});

test("a list that never ends because a page leads to itself is an error", async () => {
  const { client } = told(() => ({ body: { keys: [{}], after: "aa" } }));
  const walk = async () => {
    for await (const _ of client.listKeys("acme"));
  };
  assert.equal((await problem(walk())).code, "client.unexpected");
});

test("an error says what was wrong, where, and in which request", async () => {
  const org = await organization();
  const error = await problem(client.createKey(org, { title: "", scopes: ["a b"] }));
  const { name, status, code, pointer, requestId } = error;
  assert.deepEqual(
    { name, status, code, pointer },
    { name: "KeywardError", status: 400, code: "request.bad_field", pointer: error.errors[0].pointer },
  );
  assert.deepEqual(error.errors.map(({ pointer }) => pointer).sort(), ["/scopes", "/title"]);
  assert.match(requestId ?? "", /^req_[0-9a-f]{32}$/);
  assert.ok(error.detail && error.title);
  assert.match(error.message, /\(request\.bad_field\)$/);
});

test("a creation whose answer was lost is sent again and makes one key", async () => {
  const between = await front(url);
  let count = 0;
  between.answer(async (request, response, pass) => {
    count += 1;
    if (count > 1) return pass();
    const end = response.end;
    // The server has carried it out, and the connection is cut.
    response.writeHead = () => response;
    response.end = /** @type {any} */ (() => request.socket.destroy());
    await pass();
    response.end = end;
  });
  const org = await organization();
  const waits = /** @type {number[]} */ ([]);
  const patient = new Keyward({ url: between.url, key: rootKey, wait: async (ms) => void waits.push(ms) });
  const { id } = await patient.createKey(org, { title: "once" });
  assert.equal(count, 2);
  assert.equal(waits.length, 1);
  const { keys } = await client.listKeys(org);
  assert.deepEqual(
    keys.map((key) => key.id),
    [id],
  );
});

test("questions, revocations, imports and creations with an Idempotency-Key are sent again, and nothing else", async () => {
  const unavailable = () => ({ status: 503, body: { code: "server.unavailable" } });
  const tries = async (/** @type {(client: any) => PromiseLike<unknown>} */ call) => {
    const { client, asked } = told(unavailable);
    assert.equal((await problem(call(client))).code, "server.unavailable");
    assert.equal(new Set(asked.map(({ headers }) => headers.get("idempotency-key"))).size, 1);
    return asked.length;
  };
  assert.equal(await tries((client) => client.getKey("acme", "apk_1")), 3);
  assert.equal(await tries((client) => client.verify(KEY)), 3);
  assert.equal(await tries((client) => client.lookupKey({ token: KEY })), 3);
  assert.equal(await tries((client) => client.revokePresentedKey({ token: KEY })), 3);
  assert.equal(await tries((client) => client.importKeys("acme", [])), 3);
  assert.equal(await tries((client) => client.createKey("acme", { title: "x" })), 3);
  assert.equal(await tries((client) => client.createOrganization({ id: "a", name: "a" })), 1);
  assert.equal(await tries((client) => client.deleteKey("acme", "apk_1")), 1);
  assert.equal(await tries((client) => client.updateKey("acme", "apk_1", {})), 1);
  assert.equal(await tries((client) => client.getKey("acme", "apk_1", { retries: 0 })), 1);
});

test("each call that creates has a key of its own, or the one that it is given", async () => {
  const { client, asked } = told(() => ({ status: 201 }));
  await client.createKey("acme", { title: "x" });
  await client.createKey("acme", { title: "x" });
  await client.createKey("acme", { title: "x" }, { idempotencyKey: "0123456789abcdef" });
  const [one, other, given] = asked.map(({ headers }) => headers.get("idempotency-key"));
  assert.match(one ?? "", /^[ -~]{16,255}$/);
  assert.notEqual(one, other);
  assert.equal(given, "0123456789abcdef");
  await assert.rejects(client.createKey("acme", { title: "x" }, { idempotencyKey: "short" }), TypeError);
});

test("tries are further and further apart, by chance, or as the server says", async () => {
  const answers = [{ status: 429, headers: { "retry-after": "3" } }, { status: 502 }, new Error("cut"), {}];
  const { client, waits } = told((_, count) => answers[count - 1], { retries: 3 });
  await client.whoami();
  assert.deepEqual(waits, [3000, 500, 1000]);
  const least = told(() => ({ status: 503 }), { random: () => 0 });
  await problem(least.client.whoami());
  assert.deepEqual(least.waits, [125, 250]);
});

test("a server that wants to be left alone for longer than there is time is not waited for", async () => {
  const said = { status: 503, headers: { "retry-after": "60" }, body: { code: "server.unavailable" } };
  const { client, asked, waits } = told(() => said);
  const error = await problem(client.whoami());
  assert.equal(error.retryAfter, 60);
  assert.deepEqual([asked.length, waits], [1, []]);
});

test("a call ends when its time is up, or its signal says so, whatever `fetch` does", async () => {
  const { client } = told(() => undefined, { timeout: 20 });
  const late = await problem(client.whoami());
  assert.deepEqual([late.code, late.status], ["client.timeout", 0]);
  const stop = new AbortController();
  const call = told(() => undefined).client.whoami({ signal: stop.signal });
  stop.abort(new Error("gone"));
  await assert.rejects(call, /^Error: gone$/);
  await assert.rejects(client.whoami({ signal: AbortSignal.abort(new Error("before")) }), /^Error: before$/);
});

test("a redirect is not followed, so that a key goes to the address that was given", async () => {
  const reached = /** @type {string[]} */ ([]);
  const elsewhere = await front(url);
  elsewhere.answer((_, response) => {
    reached.push("here");
    response.end("{}");
  });
  const between = await front(url);
  between.answer((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
  const error = await problem(new Keyward({ url: between.url, key: rootKey }).whoami());
  assert.deepEqual([error.code, error.status], ["client.unexpected", 307]);
  assert.deepEqual(reached, []);
});

test("no error holds a key, whatever a server or the platform repeats", async () => {
  const foreign = "sk_0123456789abcdef";
  const secrets = [rootKey, KEY, foreign];
  const said = secrets.join(" ");
  const body = {
    ...{ code: "request.bad_field", title: said, detail: said, request_id: said, status: 400 },
    errors: [{ pointer: `/${KEY}`, detail: said }],
  };
  const repeated = Object.assign(new TypeError(said), {
    cause: Object.assign(new Error(said), { code: said }),
  });
  for (const answer of [{ status: 400, body }, repeated, { body: said }, { status: 500, body: said }]) {
    const { client } = told(() => answer, { key: rootKey, foreign: true, retries: 0 });
    for (const call of [
      () => client.verify(KEY),
      () => client.verify(foreign),
      () => client.revokeFoundKeys({ found: [{ token: foreign }, { token: KEY }] }),
    ]) {
      const error = await problem(call());
      const shown = inspect(error, { depth: 9, showHidden: true }) + error.stack + JSON.stringify(error);
      // A body that holds both is no body of these calls.
      const sent = call.toString().includes("foreign") ? secrets : [rootKey, KEY];
      for (const secret of sent) assert.ok(!shown.includes(secret), shown);
    }
  }
  const { client, asked } = told(() => ({}), { key: rootKey });
  for (const call of [
    () => client.getKey("acme", KEY),
    () => client.listKeys("acme", { q: `x${rootKey}` }),
  ]) {
    const error = await problem(call());
    assert.equal(error.code, "request.key_in_url");
    assert.ok(!inspect(error).includes(KEY));
  }
  assert.equal(asked.length, 0);
  assert.ok(!`${inspect(client, { depth: 9, showHidden: true })}${JSON.stringify(client)}`.includes(rootKey));
});

test("what an answer says beside its body is told, and a call's own headers are sent", async () => {
  const org = await organization();
  const said = /** @type {any[]} */ ([]);
  const onResponse = (/** @type {any} */ { status, headers }) =>
    void said.push([
      status,
      /^req_/.test(headers.get("x-request-id")),
      headers.get("link")?.includes("rel="),
    ]);
  await client.createKey(org, { title: "a" }, { onResponse });
  await client.createKey(org, { title: "b" });
  for await (const _ of client.listKeys(org, { limit: 1 }, { onResponse }));
  assert.deepEqual(said, [
    [201, true, undefined],
    [200, true, true],
    [200, true, undefined],
  ]);
  const { client: watched, asked } = told(() => ({}), { key: rootKey });
  await watched.whoami({ headers: { traceparent: "00-1-2-01", Authorization: "Bearer other" } });
  const { headers } = asked[0];
  assert.deepEqual(
    [headers.get("traceparent"), headers.get("authorization")],
    ["00-1-2-01", `Bearer ${rootKey}`],
  );
});

test("what is no id is never a part of an address", async () => {
  const { client, asked } = told(() => ({}));
  for (const wrong of [undefined, "", ".", "..", 7])
    await assert.rejects(Promise.resolve(client.getKey("acme", /** @type {any} */ (wrong))), TypeError);
  await client.getKey("acme", "../../x?y#z");
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["/v1/organizations/acme/keys/..%2F..%2Fx%3Fy%23z"],
  );
});

test("options that cannot be meant are refused, without the key", () => {
  /** @type {any[]} */
  const wrong = [
    ...[undefined, {}, { url: "http://keys.example.com" }, { url: "https://a:b@c" }, { url: "https://c?d" }],
    ...[{ url: `https://c/${KEY}` }, { url, binding: {} }, { url, keys: KEY }, { url, key: "" }],
    ...[
      { url, key: `${KEY}\n${KEY}` },
      { url, key: null },
      { url, timeout: 0 },
      { url, retries: -1 },
    ],
    ...[
      { url, cache: { maxage: 5 } },
      { url, cache: { maxAge: "5" } },
      { url, cache: {} },
    ],
  ];
  for (const options of wrong)
    assert.throws(
      () => new Keyward(options),
      (error) => error instanceof TypeError && !inspect(error).includes(KEY),
      inspect(options),
    );
});

test("options of a call that cannot be meant are refused, and nothing is sent", async () => {
  const { client, asked } = told(() => ({}));
  for (const options of [
    { timeout: Number.POSITIVE_INFINITY },
    { timeout: 0 },
    { retries: -1 },
    { retries: Number.NaN },
  ])
    await assert.rejects(client.whoami(options), TypeError, inspect(options));
  await assert.rejects(
    client.whoami({ headers: { "x-own": "a\nb" } }),
    (error) => !inspect(error).includes("a\nb"),
  );
  await assert.rejects(/** @type {any} */ (client).whoami({}, {}), TypeError);
  assert.equal(asked.length, 0);
});

test("the key's own text may have white space around it, as files have it", async () => {
  const { token, id } = await orgKey();
  const who = await new Keyward({ url: `${url}/`, key: ` ${token}\n` }).whoami();
  assert.equal(/** @type {any} */ (who).key?.id ?? JSON.stringify(who), id);
});

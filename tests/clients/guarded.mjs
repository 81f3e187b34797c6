// @ts-check
// What every application that is protected by Keyward has to do, whatever it is written in: a worker, keys of every kind, what
// each is refused with, and what can go wrong between the application and the worker.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newSealKey } from "../../scripts/keys.mjs";
import { acts, caller as callerOf, eventually, ok, serve } from "../http/client.mjs";
import { clockOf } from "../http/clock.mjs";
import { FAULTY, faultsOf } from "../http/faults.mjs";
import { startServer } from "../http/harness.mjs";
import { mint } from "../http/mint.mjs";
import { front } from "../npm/called.mjs";

const server = await serve({ entry: FAULTY });
const { sealKeys, organization, root } = server;
const { ahead, pass, reach } = clockOf(server.fetch);
const faults = faultsOf(server.fetch);
export const { url, key, verdict } = server;

/** What stands between applications and the worker. */
export const between = await front(url);

export const org = await organization();
const owner = `organization:${org}`;
/** The application's own key. */
export const caller = await key(`organizations/${org}`, { scopes: ["keys:verify"] });
const scopes = ["orders:read"];
/** The text of a key that passes. */
export const good = (await key(`organizations/${org}`, { scopes })).token;

/** How an application is told where the deployment is, and who it is there. */
export const SURROUNDINGS = {
  ...{ KEYWARD_URL: between.url, KEYWARD_API_KEY: caller.token, KEYWARD_KEY_ID: caller.id },
};

/** @param {string} name @param {string} password */
export const basic = (name, password) => ({ authorization: `Basic ${btoa(`${name}:${password}`)}` });
/** @param {string} token */
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** What a request is answered with whose headers stand there several times. @param {string} url @param {Record<string, string[]>} headers */
export const statusOf = (url, headers) =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });

/** The status, the code and the challenge of a refusal. @param {Response} response */
export async function refusal(response) {
  const { status, headers } = response;
  const text = await response.text();
  const body = JSON.parse(text);
  assert.match(headers.get("content-type") ?? "", /^application\/problem\+json(; charset=utf-8)?$/, text);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.deepEqual(Object.keys(body), ["type", "title", "status", "detail", "code"]);
  assert.deepEqual([body.status, body.type], [status, `urn:keyward:problem:${body.code}`]);
  const challenge = headers.get("www-authenticate")?.replace(/, error_description="[^"]+"/, "") ?? null;
  return [status, body.code, challenge];
}

export const revoked = await key(`organizations/${org}`, { scopes });
await ok(root.post(`${revoked.path}/revoke`));
// Fast questions hear of it a little later.
await eventually(
  () => verdict(revoked.token),
  (code) => code === "revoked",
);
const expired = await key(`organizations/${org}`, { scopes, expires_at: ahead(60_000) });
await reach(expired.expires_at);
const foreign = await organization();
const elsewhere = await key(`organizations/${foreign}`, { scopes });
export const scopeless = await key(`organizations/${org}`, { scopes: ["orders:write"] });

const INVALID = [401, "auth.invalid", 'Bearer realm="keyward", error="invalid_token"'];
/** @type {[what: string, token: string, refused: unknown[]][]} */
export const REFUSED = [
  ["malformed", "kw_sk_test_x", INVALID],
  ["wrong_environment", mint({ owner, environment: "live", sealKey: sealKeys }), INVALID],
  ["forged", mint({ owner, sealKey: newSealKey() }), INVALID],
  ["unknown", mint({ owner, sealKey: sealKeys }), INVALID],
  ["of another organization", elsewhere.token, INVALID],
  ["revoked", revoked.token, INVALID],
  ["expired", expired.token, INVALID],
  [
    "insufficient_scope",
    scopeless.token,
    [
      403,
      "auth.insufficient_scope",
      'Bearer realm="keyward", error="insufficient_scope", scope="orders:read"',
    ],
  ],
];

/** What looks like an answer, of verifying and of introspection. */
const YES = {
  valid: true,
  active: true,
  client_id: "apk_1",
  scope: "orders:read",
  code: "valid",
  key: { id: "apk_1", owner: { type: "organization", id: org } },
};
/**
 * What an application may get instead of an answer. None of it is a yes.
 * @type {Record<string, Parameters<typeof between.answer>[0]>}
 */
export const FAULTS = {
  away: (request) => request.socket.destroy(),
  "says later": (_, response) =>
    response.writeHead(503, { "retry-after": "90" }).end(JSON.stringify({ code: "server.unavailable" })),
  "fails, with what looks like a yes": (_, response) => response.writeHead(500).end(JSON.stringify(YES)),
  "refuses the application's own key": (_, response) =>
    response.writeHead(401).end(JSON.stringify({ code: "auth.invalid", detail: "no" })),
  "is another": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  "answers half a yes": (_, response) => response.end('{"valid":true}'),
  "leads elsewhere": (_, response) => response.writeHead(302, { location: url }).end(),
};

/** A little longer than any answer may be old, where nobody says anything else. */
const BOUND = 31_000;

/**
 * What fails inside of the deployment: a valid key passes while anybody knows that it is, a revoked one never beyond its bound.
 * @param {(token: string) => Promise<number>} status what a request with a key is answered with
 * @param {{ refused: number, unavailable: number }} expected
 */
export async function outages(status, { refused, unavailable }) {
  between.answer();
  for (const kv of /** @type {const} */ (["down", "stale"])) {
    const ended = await key(`organizations/${org}`, { scopes });
    await faults({ kv });
    assert.deepEqual([await status(good), await status(ended.token)], [200, 200], kv);
    assert.equal(await status(revoked.token), refused, kv);
    await ok(root.post(`${ended.path}/revoke`));
    await pass(BOUND);
    assert.deepEqual([await status(good), await status(ended.token)], [200, refused], kv);
  }
  await faults({ ledger: true });
  await pass(BOUND);
  for (const token of [good, revoked.token]) assert.equal(await status(token), unavailable);
  await faults({});
  assert.deepEqual([await status(good), await status(revoked.token)], [200, refused]);
}

/**
 * The worker is killed, and starts again: in between no key passes, and then those that did before.
 * @param {import("node:test").TestContext} t
 * @param {(env: Record<string, string>) => Promise<(token: string) => Promise<number>>} start starts the application, and says what a
 * request with a key is answered with
 * @param {{ refused: number, unavailable: number }} expected
 */
export async function restarts(t, start, { refused, unavailable }) {
  const persist = mkdtempSync(join(tmpdir(), "keyward-restarts-"));
  t.after(() => rmSync(persist, { recursive: true, force: true }));
  const first = await startServer({ persist });
  const { rootKey, sealKeys, url: address } = first;
  const operator = callerOf(first.fetch, rootKey);
  const { orgKey, key: keyOf, verdict: verdictOf } = acts(operator);
  const asker = await orgKey({ scopes: ["keys:verify"] });
  const [works, ended] = [
    await keyOf(`organizations/${asker.org}`, { scopes }),
    await keyOf(`organizations/${asker.org}`, { scopes }),
  ];
  await ok(operator.post(`${ended.path}/revoke`));
  await eventually(
    () => verdictOf(ended.token),
    (code) => code === "revoked",
  );
  const env = { KEYWARD_URL: address, KEYWARD_API_KEY: asker.token, KEYWARD_KEY_ID: asker.id };
  const status = await start(env);
  const statuses = async () => [await status(works.token), await status(ended.token)];
  assert.deepEqual(await statuses(), [200, refused]);
  await first.kill();
  assert.deepEqual(await statuses(), [unavailable, unavailable]);
  const second = await startServer({ persist, rootKey, sealKeys, port: Number(new URL(address).port) });
  t.after(() => second.kill());
  assert.deepEqual(await statuses(), [200, refused]);
}

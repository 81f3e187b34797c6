// @ts-check
// Medusa's published client, unchanged, against the built worker; and what HTTP adds to what it is answered.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { launchOptions } from "../../scripts/browsers.mjs";
import { path } from "../../scripts/run.mjs";
import { serve } from "./client.mjs";
import { useMedusa } from "./medusa_client.mjs";

/** A page of another origin, which is configured. */
const site = createServer((_, response) =>
  response.setHeader("content-type", "text/html").end("<!doctype html>"),
);
await new Promise((resolve) => site.listen(0, "127.0.0.1", () => resolve(undefined)));
after(() => site.close());
const { port } = /** @type {import("node:net").AddressInfo} */ (site.address());
const origin = `http://127.0.0.1:${port}`;

const { url, rootKey, fetch, root, orgKey, organization, key } = await serve({
  bindings: { CORS_ORIGINS: origin },
});
const KEYS = "/admin/api-keys";

/** What the client's program needs. */
async function given() {
  const made = await orgKey({ title: "Maker", scopes: ["keys:read", "keys:write"] });
  const weak = await key(`organizations/${made.org}`, { title: "Weak" });
  return { baseUrl: url, apiKey: made.token, weak: weak.token, operator: rootKey, organization: made.org };
}

test("the published client does in Node whatever it can do with API keys", async () => {
  const { checks, wrong } = await useMedusa(await given());
  assert.deepEqual(wrong, []);
  assert.ok(checks > 40);
});

test("the published client does the same in a page of a configured origin", async () => {
  const { outputFiles } = await build({
    entryPoints: [path("tests/http/medusa_client.mjs")],
    bundle: true,
    format: "iife",
    globalName: "client",
    write: false,
    logLevel: "error",
  });
  const browser = await chromium.launch(await launchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.addScriptTag({ content: outputFiles[0].text });
    const run = `client.useMedusa(${JSON.stringify(await given())})`;
    const { checks, wrong } = /** @type {Awaited<ReturnType<typeof useMedusa>>} */ (await page.evaluate(run));
    assert.deepEqual(wrong, []);
    assert.ok(checks > 40);
  } finally {
    await browser.close();
  }
});

test("answers and errors are JSON, a creation is a 200, and no cookie or redirect comes along", async () => {
  const { token } = await orgKey({ scopes: ["keys:read", "keys:write"] });
  const send = async (/** @type {string} */ body) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return fetch(KEYS, { method: "POST", headers, body });
  };
  const created = await send('{"title":"A","type":"secret"}');
  const refusals = await Promise.all([
    send('{"title":"A"}'),
    send("{"),
    send(JSON.stringify({ title: "A".repeat(70_000), type: "secret" })),
    fetch("/admin/products"),
    fetch(KEYS),
  ]);
  assert.equal(created.status, 200);
  assert.deepEqual(
    refusals.map(({ status }) => status),
    [400, 400, 413, 404, 401],
  );
  for (const { headers } of [created, ...refusals]) {
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.match(headers.get("x-request-id") ?? "", /^req_/);
    assert.equal(headers.get("set-cookie"), null);
  }
  for (const refusal of refusals)
    assert.deepEqual(Object.keys(await refusal.json()).sort(), ["message", "type"]);
});

test("a preflight of the published client is answered for configured origins alone", async () => {
  const ask = async (/** @type {string} */ from) => {
    const headers = {
      origin: from,
      "access-control-request-method": "DELETE",
      "access-control-request-headers": "authorization,content-type,x-medusa-locale",
    };
    const { status, headers: answered } = await fetch(`${KEYS}/apk_1`, { method: "OPTIONS", headers });
    const names = ["origin", "methods", "headers", "credentials"];
    return [status, ...names.map((name) => answered.get(`access-control-allow-${name}`))];
  };
  const [status, allowed, methods, headers, credentials] = await ask(origin);
  assert.deepEqual([status, allowed, methods, credentials], [204, origin, "GET, HEAD, POST, DELETE", null]);
  assert.match(String(headers), /authorization.*content-type.*x-medusa-locale/);
  assert.deepEqual(await ask("https://evil.example"), [405, null, null, null, null]);
});

test("a session in the dashboard may use the façade from the deployment's own pages alone", async () => {
  const org = await organization();
  const started = await root.call("POST", "/v1/session");
  const [cookie] = (started.headers.get("set-cookie") ?? "").split("; ");
  const send = (/** @type {string} */ from) => {
    const headers = { cookie, origin: from, "keyward-organization": org, "content-type": "application/json" };
    return fetch("/admin/sales-channels", { method: "POST", headers, body: '{"name":"Web"}' });
  };
  assert.equal((await send(url)).status, 200);
  const foreign = await send(origin);
  assert.deepEqual([foreign.status, foreign.headers.get("access-control-allow-origin")], [403, null]);
});

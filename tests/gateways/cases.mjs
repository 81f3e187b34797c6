// @ts-check
// What has to be so whatever the gateway: each verdict has its status, nobody passes whom Keyward has not let pass, and the
// back end believes nothing that a visitor has written.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { acts, caller, eventually, ok, serve } from "../http/client.mjs";
import { clockOf } from "../http/clock.mjs";
import { FAULTY, faultsOf } from "../http/faults.mjs";
import { startServer } from "../http/harness.mjs";
import { mint } from "../http/mint.mjs";
import { backEnd } from "./gateway.mjs";
import { canEncrypt, encrypted } from "./tls.mjs";

/** The headers that tell the back end of a visitor. */
const TOLD = ["x-keyward-key-id", "x-keyward-owner", "x-keyward-scopes", "x-keyward-as-of"];

const bearer = (/** @type {string} */ key) => ({ authorization: `Bearer ${key}` });

/**
 * @typedef {object} Kind a gateway
 * @property {(setting: import("./gateway.mjs").Setting) => Promise<any>} start
 * @property {(status: number) => number} passes what visitors get where Keyward answers with this status
 * @property {number} away what they get while there is no Keyward
 * @property {boolean} [hidesChallenge] whether there is none beside a 403
 * @property {boolean} [hasOwnSocket] whether upgrades need other words
 */

/** @param {Kind} kind */
export async function guarantees({ start, passes, away, hidesChallenge, hasOwnSocket }) {
  const { root, key, orgKey, organization, sealKeys, fetch, url } = await serve({ entry: FAULTY });
  const clock = clockOf(fetch);
  const { address, passed } = await backEnd();
  const acme = await organization();
  const { token: gatewayKey } = await key(`organizations/${acme}`, { scopes: ["keys:verify"] });
  const setting = { keyward: url, backEnd: address, key: gatewayKey };
  const gateway = await start(setting);
  const strong = await start({ ...setting, query: "?scope=orders:read&max_staleness_seconds=0" });
  /** @param {object} [fields] */
  const visitor = (fields) => key(`organizations/${acme}`, { scopes: ["orders:read", "a"], ...fields });
  const faults = faultsOf(fetch);

  /** Visits, and holds that the back end is asked exactly if the visitor may pass. @param {any} through @param {any[]} visit */
  async function statusOf(through, ...visit) {
    const before = passed.length;
    const { status } = await through.visit(...visit);
    assert.equal(passed.length - before, status === 200 ? 1 : 0);
    return status;
  }

  test("each verdict has its status, and a challenge where RFC 6750 wants one", async () => {
    await ok(root.put(`/v1/organizations/${acme}/members/mia`, { role: "member" }), 201);
    const personal = await key("users/mia", { scopes: ["orders:read"] });
    const revoked = await visitor();
    await ok(root.post(`${revoked.path}/revoke`));
    const retiring = await visitor();
    await ok(root.post(`${retiring.path}/revoke`, { revoke_in: 600 }));
    const expires_at = clock.ahead(60_000);
    const expired = await visitor({ expires_at });
    await clock.reach(expires_at);
    const owner = `organization:${acme}`;
    const challenge = 'Bearer realm="keyward", error="invalid_token"';
    for (const [name, token, status] of /** @type {const} */ ([
      ["valid", (await visitor()).token, 200],
      ["valid, personal", personal.token, 200],
      ["retiring", retiring.token, 200],
      ["malformed", "x", 401],
      ["damaged", (await visitor()).token.slice(0, -1), 401],
      ["forged", mint({ owner }), 401],
      ["wrong environment", mint({ owner, environment: "live", sealKey: sealKeys }), 401],
      ["unknown", mint({ owner, sealKey: sealKeys }), 401],
      ["another organization's", (await orgKey({ scopes: ["orders:read"] })).token, 401],
      ["revoked", revoked.token, 401],
      ["expired", expired.token, 401],
      ["the gateway's own", gatewayKey, 403],
    ])) {
      for (const through of [gateway, strong]) {
        const answer = await through.visit(bearer(token));
        assert.equal(answer.status, status, name);
        if (status === 401) assert.equal(answer.headers["www-authenticate"], challenge, name);
        assert.ok(!JSON.stringify(answer).includes(token) || token === "x", name);
      }
    }
    const { status, headers } = await gateway.visit({});
    assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="keyward"']);
    const lacking = await gateway.visit(bearer((await visitor({ scopes: ["orders:write"] })).token));
    assert.equal(lacking.status, 403);
    if (!hidesChallenge)
      assert.equal(
        lacking.headers["www-authenticate"],
        'Bearer realm="keyward", error="insufficient_scope", scope="orders:read"',
      );
    const elsewhere = await start({ ...setting, query: `?organization=${await organization()}` });
    assert.equal(await statusOf(elsewhere, bearer(personal.token)), 403, "not a member");
  });

  test("the back end learns whose key it is, and nothing that a visitor has written about that", async () => {
    const { token, id } = await visitor();
    const lies = {
      "x-keyward-key-id": "apk_lie",
      "X-KEYWARD-OWNER": "user:root",
      "x-keyward-scopes": "*",
      "X-Keyward-As-Of": "lie",
      "x-keyward-gateway": "lie",
      x_keyward_owner: "user:lie",
      "X-Forwarded-Uri": "/v1/authorize?scope=",
      "X-Original-Method": "DELETE",
      "Keyward-Caller": "user:lie",
      "Idempotency-Key": "lie",
      cookie: "keyward=lie; __Host-keyward=lie; a=b",
    };
    const expected = [id, `organization:${acme}`, "a orders:read"];
    for (const headers of [
      { ...bearer(token), ...lies },
      { "x-api-key": token, ...lies },
      { authorization: `Basic ${btoa(`${token}:`)}` },
      { authorization: `Basic ${btoa(`anybody:${token}`)}` },
      // What is named there is between a visitor and the gateway, and not passed on.
      { ...bearer(token), connection: ["close", TOLD.join(", ").toUpperCase(), "x-keyward-gateway"] },
    ]) {
      assert.equal((await gateway.visit(headers)).text, "the back end");
      const { headers: seen, url } = passed.at(-1) ?? assert.fail();
      assert.deepEqual(
        TOLD.slice(0, 3).map((name) => seen[name]),
        expected,
      );
      assert.ok(Math.abs(Date.parse(String(seen["x-keyward-as-of"])) - Date.parse(clock.ahead(0))) < 60_000);
      assert.equal(url, "/orders?page=2");
      const text = JSON.stringify(seen);
      assert.ok(!text.includes(token) && !text.includes(gatewayKey), "no key is passed on");
      const keyward = Object.keys(seen).filter((name) => /^x[-_]keyward/.test(name));
      assert.deepEqual(keyward.sort(), [...TOLD].sort());
    }
    const scopes = Array.from({ length: 100 }, (_, n) => `${n}`.padStart(64, "a")).sort();
    const able = await start({ ...setting, query: "?max_staleness_seconds=5", readsLargeHeads: true });
    assert.equal(await statusOf(able, bearer((await visitor({ scopes })).token)), 200);
    assert.equal(passed.at(-1)?.headers["x-keyward-scopes"], scopes.join(" "));
    const before = passed.length;
    for (const headers of [lies, { ...lies, ...bearer("x") }])
      assert.equal((await gateway.visit(headers)).status, 401);
    assert.equal(passed.length, before);
    const bare = await start({ ...setting, query: "?max_staleness_seconds=5" });
    await bare.visit({ ...bearer((await visitor({ scopes: [] })).token), ...lies });
    assert.ok(!passed.at(-1)?.headers["x-keyward-scopes"], "a key without scopes has none");
  });

  test("two keys let nobody pass, nor does what browsers and the dashboard add", async () => {
    const [one, two] = [await visitor(), await visitor()];
    const { headers } = await root.call("POST", "/v1/session");
    const cookie = String(headers.get("set-cookie")).split(";")[0];
    for (const sent of [
      { ...bearer(one.token), "x-api-key": two.token },
      { authorization: [`Bearer ${one.token}`, `Bearer ${two.token}`] },
      { "x-api-key": [one.token, two.token] },
      { authorization: `Basic ${btoa(`${one.token}:${two.token}`)}` },
      { authorization: one.token },
      { authorization: "Negotiate x" },
      { cookie },
      { "x-keyward-gateway": gatewayKey },
    ]) {
      // Node joins no headers that are there once; nginx refuses some of those that are there twice.
      assert.match(String(await statusOf(gateway, sent)), /^40[01]$/, JSON.stringify(Object.keys(sent)));
    }
    assert.equal(await statusOf(gateway, { ...bearer(one.token), cookie }), 200);
  });

  test("requests of every kind are passed on as they are, and refused as they are", async () => {
    const { token } = await visitor();
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const body = ["POST", "PUT", "PATCH"].includes(method) ? "x".repeat(100_000) : undefined;
      const more = { method, body };
      assert.equal(
        await statusOf(gateway, { ...bearer(token), "content-type": "application/json" }, more),
        200,
      );
      const { method: passedMethod, body: passedBody } = passed.at(-1) ?? assert.fail();
      assert.deepEqual([passedMethod, passedBody.length], [method, body?.length ?? 0]);
      assert.equal(await statusOf(gateway, bearer("x"), more), 401, method);
    }
    const chunked = { ...bearer(token), "transfer-encoding": "chunked" };
    assert.equal(await statusOf(gateway, chunked, { method: "POST", body: "{" }), 200);
    assert.deepEqual(await gateway.upgrade(bearer(token), hasOwnSocket), { status: 101, echo: "hello" });
    assert.deepEqual(await gateway.upgrade(bearer("x"), hasOwnSocket), { status: 401 });
    // What is sent in there would reach the back end as if the gateway had sent it.
    const tunnel = { upgrade: "h2c", connection: "Upgrade, HTTP2-Settings", "http2-settings": "AAMAAABk" };
    assert.notEqual((await gateway.upgrade({ ...bearer(token), ...tunnel }, hasOwnSocket)).status, 101);
    for (const path of ["/_keyward", "/v1/authorize", "/v1/authorize?scope=", "//_keyward", "/%5fkeyward"])
      assert.match(String((await gateway.visit({}, { path })).status), /^40[14]$/, path);
  });

  test("a gateway that may not ask lets nobody pass, and no visitor is blamed for that", async () => {
    const { token } = await visitor();
    const revoked = await key(`organizations/${acme}`, { scopes: ["keys:verify"] });
    await ok(root.post(`${revoked.path}/revoke`));
    const weak = await key(`organizations/${acme}`, { scopes: ["keys:read"] });
    // Its bound holds for the gateway's key as well.
    await clock.pass(31_000);
    for (const own of [revoked.token, weak.token, "kw_sk_test_x", ""]) {
      const wrong = await start({ ...setting, key: own });
      for (const headers of [
        bearer(token),
        bearer("x"),
        { ...bearer(token), "x-keyward-gateway": gatewayKey },
      ])
        assert.equal(await statusOf(wrong, headers), passes(500));
    }
    const mistaken = await start({ ...setting, query: "?scopes=orders:read" });
    assert.equal(await statusOf(mistaken, bearer(token)), passes(400));
  });

  const skip = !canEncrypt && !process.env.CI && "there is no openssl";
  test("Keyward is asked by TLS under its name, and nobody passes where another answers", {
    skip,
  }, async () => {
    const { token } = await visitor();
    const { port, trusted } = await encrypted(url);
    const another = await encrypted(url);
    const named = { ...setting, keyward: `https://localhost:${port}`, trusted };
    const asked = await start(named);
    assert.equal(await statusOf(asked, bearer(token)), 200);
    assert.equal(await statusOf(asked, bearer("x")), 401);
    for (const wrong of [
      { ...named, keyward: `https://127.0.0.1:${port}` },
      { ...named, trusted: another.trusted },
    ])
      assert.equal(await statusOf(await start(wrong), bearer(token)), away);
  });

  test("while KV is down keys are verified, and while ledgers are nobody passes who would have to be asked about", async () => {
    const { token, path } = await visitor();
    await faults({ kv: "down" });
    for (const through of [gateway, strong]) {
      assert.equal(await statusOf(through, bearer(token)), 200);
      assert.equal(await statusOf(through, bearer("x")), 401);
    }
    await faults({ ledger: true });
    const unavailable = await strong.visit(bearer(token));
    assert.deepEqual([unavailable.status, unavailable.headers["retry-after"]], [503, "1"]);
    assert.equal(await statusOf(strong, bearer("x")), 503, "not even the gateway is known to be one");
    await faults({ ledger: true, kv: "down" });
    await clock.pass(31_000);
    for (const through of [gateway, strong]) assert.equal(await statusOf(through, bearer(token)), 503);
    await faults({});
    for (const through of [gateway, strong]) assert.equal(await statusOf(through, bearer(token)), 200);
    await ok(root.post(`${path}/revoke`));
    assert.equal(await statusOf(strong, bearer(token)), 401);
  });

  test("a revoked key passes for no longer than its bound, though KV gives it for ever", async () => {
    const { token, path } = await visitor();
    await faults({ kv: "stale" });
    const isFast = async () => (await ok(root.post("/v1/verify", { key: token }))).consistency === "fast";
    await eventually(isFast, Boolean);
    assert.equal(await statusOf(gateway, bearer(token)), 200);
    await ok(root.post(`${path}/revoke`));
    assert.equal(await statusOf(strong, bearer(token)), 401, "at once for whoever asks for now");
    await clock.pass(31_000);
    for (let visits = 0; visits < 5; visits += 1) {
      assert.equal(await statusOf(gateway, bearer(token)), 401);
      await clock.pass(20_000);
    }
    await faults({});
  });

  test("nobody passes while there is no Keyward, and everybody again once it is back", async () => {
    const folder = mkdtempSync(join(tmpdir(), "keyward-gateways-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const server = await startServer({ persist: folder });
    let { kill } = server;
    after(() => kill().catch(() => {}));
    const { rootKey, sealKeys: seal, url: keyward } = server;
    const { key: make, organization: found } = acts(caller(server.fetch, rootKey));
    const org = await found();
    const own = await make(`organizations/${org}`, { scopes: ["keys:verify"] });
    const { token } = await make(`organizations/${org}`, { scopes: ["orders:read"] });
    const restarted = await start({ ...setting, keyward, key: own.token });
    assert.equal(await statusOf(restarted, bearer(token)), 200);
    await kill();
    for (const headers of [bearer(token), bearer("x"), {}])
      assert.equal(await statusOf(restarted, headers), away);
    const port = Number(new URL(keyward).port);
    ({ kill } = await startServer({ persist: folder, port, rootKey, sealKeys: seal }));
    assert.equal(await statusOf(restarted, bearer(token)), 200);
    assert.equal(await statusOf(restarted, bearer("x")), 401);
  });
}

// @ts-check
// What only time brings about: a module around the worker lets its clock run ahead.
import assert from "node:assert/strict";
import { test } from "node:test";
import { caller, eventually, ok, refused, serve } from "./client.mjs";
import { placeOf } from "./mint.mjs";

const { root, url, fetch, kv, orgKey, verdict } = await serve({
  entry: `
    import Worker, { Ledger } from "./index.js";
    export { Ledger };
    const now = Date.now;
    let ahead = 0;
    Date.now = () => now() + ahead;
    export default {
      async fetch(request, env, context) {
        if (new URL(request.url).pathname !== "/v1/clock") return Worker.fetch(request, env, context);
        ahead += Number(await request.text());
        return new Response(null, { status: 204 });
      },
    };`,
});

/** @param {number} minutes */
const pass = (minutes) => fetch("/v1/clock", { method: "POST", body: String(minutes * 60_000) });

/** A new session's caller. */
async function session() {
  const answer = await root.call("POST", "/v1/session");
  const [cookie] = (answer.headers.get("set-cookie") ?? "").split("; ");
  return caller((path, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", cookie);
    headers.set("origin", url);
    return fetch(path, { ...init, headers });
  });
}

test("a session ends after half an hour without use", async () => {
  const person = await session();
  for (const minutes of [29, 29, 29]) {
    await pass(minutes);
    assert.equal((await ok(person.get("/v1/whoami"))).type, "root");
  }
  await pass(31);
  const { headers } = await refused(person.get("/v1/whoami"), "auth.invalid");
  assert.match(headers.get("set-cookie") ?? "", /Max-Age=0/, "the browser may forget it");
});

test("a session ends after twelve hours, however much it is used", async () => {
  const person = await session();
  for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
    await pass(20);
    await ok(person.get("/v1/whoami"));
  }
  await pass(20);
  await refused(person.get("/v1/whoami"), "auth.invalid");
});

test("a use is noted again after five minutes", async () => {
  const { path, token } = await orgKey();
  const noted = async () => (await ok(root.get(path))).last_used_at;
  await verdict(token);
  const first = await eventually(noted, (at) => at !== null);
  await pass(4);
  await verdict(token);
  await pass(2);
  assert.equal(await noted(), first);
  await verdict(token);
  const second = await eventually(noted, (at) => at !== first);
  assert.ok(Date.parse(second) - Date.parse(first) >= 6 * 60_000);
});

test("a revocation and an expiry that lie a year ahead come, though nobody does anything", async () => {
  const year = 365 * 24 * 60;
  const expires_at = new Date(Date.now() + 20 * year * 60_000).toISOString();
  const [retiring, expiring] = [await orgKey(), await orgKey({ expires_at })];
  await pass(1); // alarms go by the true time: nothing may be left to them
  await ok(root.post(`${retiring.path}/revoke`, { revoke_in: year * 60 }));
  const strong = { consistency: "strong" };
  const verdicts = async () => [
    await verdict(retiring.token),
    await verdict(retiring.token, strong),
    await verdict(expiring.token),
    await verdict(expiring.token, strong),
  ];
  await eventually(verdicts, (all) => all.every((code) => code === "valid"));
  await eventually(
    () => kv.get(placeOf(retiring.token)),
    (copy) => JSON.parse(copy ?? "{}").record?.revocation,
  );
  await pass(year + 1);
  assert.deepEqual(await verdicts(), ["revoked", "revoked", "valid", "valid"]);
  assert.equal((await ok(root.get(retiring.path))).status, "revoked");
  await pass(20 * year);
  assert.deepEqual(await verdicts(), ["revoked", "revoked", "expired", "expired"]);
});

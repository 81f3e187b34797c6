// @ts-check
// What a verification costs, counted at the bindings of the running worker; native tests count the same in memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";
import { CLOCK, clockOf } from "./clock.mjs";
import { kvKeyOf, mint } from "./mint.mjs";

// `/v1/operations` lists what the bindings were asked for since the last time, and sets how late KV answers.
const { root, as, nobody, kv, fetch, sealKeys, orgKey, key, organization } = await serve({
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    ${CLOCK}
    export { Ledger };
    let [operations, dawdle] = [[], 0];
    export default {
      async fetch(request, env, context) {
        const { pathname } = new URL(request.url);
        if (pathname === "/v1/operations") {
          const before = operations;
          [operations, dawdle] = [[], Number(await request.text())];
          return Response.json(before);
        }
        if (pathname !== "/v1/verify") return (await clock(request)) ?? Worker.fetch(request, env, context);
        const KEYS = {
          async get(place, options) {
            operations.push(["KV read", place.split("/")[0], options]);
            await scheduler.wait(dawdle);
            return env.KEYS.get(place, options);
          },
          async put(place) { operations.push(["KV write", place]); },
        };
        const LEDGER = {
          getByName: (name) => ({
            async fetch(...about) {
              const request = new Request(...about);
              const call = Object.keys(await request.clone().json())[0];
              operations.push(["ledger", call]);
              return env.LEDGER.getByName(name).fetch(request);
            },
          }),
        };
        return Worker.fetch(request, { ...env, KEYS, LEDGER }, context);
      },
    };`,
});

const { freeze, thaw, patience } = clockOf(fetch);
// What a slow machine does is not given up, since that would cost something else.
await patience(10);

/** @param {number} [dawdle] milliseconds by which KV answers late from now on */
const operations = async (dawdle = 0) =>
  (await fetch("/v1/operations", { method: "POST", body: String(dawdle) })).json();

const READ = ["KV read", "key", { cacheTtl: 30 }];
const MEMBER = ["KV read", "member", { cacheTtl: 30 }];
const FIND_KEY = ["ledger", "FindKey"];
const FIND_ROLE = ["ledger", "FindRole"];

/** What a verification costs. @param {import("./client.mjs").Caller} who @param {object} question @param {string} code */
async function cost(who, question, code) {
  await operations();
  assert.equal((await ok(who.post("/v1/verify", question))).code, code);
  // A use is recorded after the answer, at most once in five minutes.
  return (await operations()).filter(
    (/** @type {any[]} */ [, call]) => !["RecordUse", "FindNews"].includes(call),
  );
}

/** A key that KV knows of. @param {() => Promise<{ token: string, path: string, org?: string }>} make */
async function settled(make) {
  const made = await make();
  await eventually(
    () => kv.get(kvKeyOf(made.token)),
    (copy) => copy !== null,
  );
  return made;
}

const strong = { consistency: "strong" };

test("a malformed, foreign or forged key costs nothing", async () => {
  const { token } = await orgKey();
  const owner = "organization:acme";
  for (const [key, code] of [
    ["", "malformed"],
    ["x".repeat(60_000), "malformed"],
    [`${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`, "malformed"],
    [mint({ brand: "other", owner, sealKey: sealKeys }), "wrong_environment"],
    [mint({ environment: "live", owner, sealKey: sealKeys }), "wrong_environment"],
    [mint({ owner }), "forged"],
  ]) {
    for (const consistency of ["fast", "strong"]) {
      assert.deepEqual(await cost(root, { key, consistency }, code), [], code);
    }
  }
});

test("fast costs one read of KV and no ledger, strong one request to a ledger and no KV", async () => {
  const { path, token } = await settled(() => orgKey());
  assert.deepEqual(await cost(root, { key: token }, "valid"), [FIND_KEY], "nothing is known of the ledger");
  assert.deepEqual(await cost(root, { key: token }, "valid"), [READ]);
  assert.deepEqual(await cost(root, { key: token, ...strong }, "valid"), [FIND_KEY]);
  await ok(root.post(`${path}/revoke`));
  assert.deepEqual(await cost(root, { key: token, ...strong }, "revoked"), [FIND_KEY]);
});

test("a miss in KV costs one more request to a ledger, once", async () => {
  const { org } = await settled(() => orgKey());
  const first = await settled(() => key(`organizations/${org}`));
  await cost(root, { key: first.token }, "valid");
  const { token } = await settled(() => key(`organizations/${org}`));
  await kv.delete(kvKeyOf(token));
  assert.deepEqual(await cost(root, { key: token }, "valid"), [READ, FIND_KEY]);
  assert.deepEqual(await cost(root, { key: token }, "valid"), [READ]);
  const lost = mint({ owner: "organization:acme", sealKey: sealKeys });
  await freeze();
  assert.deepEqual(await cost(root, { key: lost }, "unknown"), [FIND_KEY]);
  assert.deepEqual(await cost(root, { key: lost }, "unknown"), [], "it is remembered for some seconds");
  await thaw();
});

test("a key that is always verified strongly costs a read and a request to its ledger", async () => {
  const { token } = await settled(() => orgKey({ consistency: "strong" }));
  assert.deepEqual(await cost(root, { key: token }, "valid"), [FIND_KEY]);
  assert.deepEqual(await cost(root, { key: token }, "valid"), [READ, FIND_KEY]);
});

test("a membership costs one more of the same", async () => {
  const org = await organization();
  await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "member" }), 201);
  const { token } = await settled(() => key("users/ada"));
  await eventually(
    () => kv.get(`member/${org}/ada`),
    (copy) => copy !== null,
  );
  const question = { key: token, organization: org };
  assert.deepEqual(await cost(root, question, "valid"), [FIND_KEY, FIND_ROLE]);
  assert.deepEqual(await cost(root, question, "valid"), [READ, MEMBER]);
  assert.deepEqual(await cost(root, { ...question, ...strong }, "valid"), [FIND_KEY, FIND_ROLE]);
});

test("a caller with a key costs one more read, one without a credential nothing", async () => {
  const gateway = await settled(() => orgKey({ scopes: ["keys:verify"] }));
  const { token } = await settled(() => key(`organizations/${gateway.org}`));
  await freeze();
  assert.deepEqual(await cost(as(gateway.token), { key: token }, "valid"), [FIND_KEY, FIND_KEY]);
  // The caller is remembered as long as the feed proves it.
  assert.deepEqual(await cost(as(gateway.token), { key: token }, "valid"), [READ]);
  assert.deepEqual(await cost(as(gateway.token), { key: token, ...strong }, "valid"), [FIND_KEY, FIND_KEY]);
  await thaw();
  await operations();
  assert.equal((await nobody.post("/v1/verify", { key: token })).status, 401);
  assert.deepEqual(await operations(), []);
});

test("a read that KV does not answer in time is given up, and the ledger is asked", async () => {
  const { org, token: other } = await settled(() => orgKey());
  const { token } = await settled(() => key(`organizations/${org}`));
  await cost(root, { key: other }, "valid");
  await operations(60_000);
  await patience(0.05);
  const { valid, consistency } = await ok(root.post("/v1/verify", { key: token }));
  assert.deepEqual([valid, consistency], [true, "strong"]);
  await patience(10);
  assert.deepEqual((await operations()).slice(0, 2), [READ, FIND_KEY]);
});

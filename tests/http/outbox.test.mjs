// @ts-check
// The outbox: what others have to be told is tried until it has landed, at most once a second to one place, the newest
// alone, and a revocation never waits behind other news. KV and ledgers are real; a module around the worker makes
// them refuse or dawdle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";
import { placeOf } from "./mint.mjs";

// `/v1/faults` sets what goes wrong, for the ledgers alone, and tells what they have tried since.
const { root, fetch, kv, orgKey, organization, key, verdict } = await serve({
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    let faults = { refuse: false, dawdle: 0 };
    let tried = [];
    let land = () => {};
    export default {
      async fetch(request, env, context) {
        if (new URL(request.url).pathname !== "/v1/faults") return Worker.fetch(request, env, context);
        const before = tried;
        [faults, tried] = [await request.json(), []];
        if (faults.land) land();
        return Response.json(before);
      },
    };
    export class Ledger {
      constructor(state, env) {
        const KEYS = {
          get: (...about) => env.KEYS.get(...about),
          async put(place, ...about) {
            tried.push({ place, at: Date.now(), landed: !faults.refuse });
            if (faults.refuse) throw new Error("429");
            if (faults.late === place) {
              faults.late = null;
              await new Promise((resolve) => { land = resolve; });
            }
            return env.KEYS.put(place, ...about);
          },
        };
        const LEDGER = {
          getByName: (name) => ({
            async fetch(request) {
              tried.push({ place: "ledger", at: Date.now(), landed: true });
              await scheduler.wait(faults.dawdle);
              return env.LEDGER.getByName(name).fetch(request);
            },
          }),
        };
        this.inner = new Inner(state, { ...env, KEYS, LEDGER });
      }
      fetch(request) { return this.inner.fetch(request); }
      alarm() { return this.inner.alarm(); }
    }`,
});

/** @param {{ refuse?: boolean, dawdle?: number, late?: string, land?: boolean }} faults @returns {Promise<{ place: string, at: number, landed: boolean }[]>} */
const set = async (faults) =>
  (
    await fetch("/v1/faults", {
      method: "POST",
      body: JSON.stringify({ refuse: false, dawdle: 0, ...faults }),
    })
  ).json();

/** What KV holds of a key. @param {string} token */
const copy = async (token) => JSON.parse((await kv.get(placeOf(token))) ?? "{}").record;

test("what KV refuses is tried again until it has landed, though nobody asks for anything", async () => {
  await set({ refuse: true });
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  assert.equal(await copy(token), undefined);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const refused = await set({});
  assert.ok(refused.length >= 2, JSON.stringify(refused));
  const { revocation } = await eventually(
    () => copy(token),
    (record) => record !== undefined,
  );
  assert.notEqual(revocation, null, "the newest of the two");
});

for (const [name, refuse] of /** @type {const} */ ([
  ["KV takes what it is given", false],
  ["KV refuses everything", true],
])) {
  test(`a place in KV is written at most once a second: ${name}`, async () => {
    const { path, token } = await orgKey();
    await eventually(
      () => copy(token),
      (record) => record !== undefined,
    );
    await set({ refuse });
    for (let n = 0; n < 25; n += 1) {
      await ok(root.patch(path, { title: `title ${n}` }));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const tries = (await set({})).filter(({ place }) => place === placeOf(token));
    assert.ok(tries.length >= 2, JSON.stringify(tries));
    // The worker measures the second from the end of a try, this test from its beginning.
    const pauses = tries.slice(1).map(({ at }, index) => at - tries[index].at);
    for (const pause of pauses) assert.ok(pause >= 990, JSON.stringify(pauses));
    const { settings } = await eventually(
      () => copy(token),
      ({ settings }) => settings.title === "title 24",
      20,
    );
    assert.equal(settings.title, "title 24");
  });
}

test("a revocation is in KV at once, however slowly members are told something else", async () => {
  const org = await organization();
  const { path, token } = await key(`organizations/${org}`);
  for (let n = 0; n < 8; n += 1)
    await ok(root.put(`/v1/organizations/${org}/members/u${n}`, { role: "member" }), 201);
  await eventually(
    () => copy(token),
    (record) => record !== undefined,
  );
  await eventually(
    () => set({}),
    (tried) => tried.length === 0,
  );
  await set({ dawdle: 1_500 });
  await ok(root.put(`/v1/organizations/${org}`, { name: "Another name" }));
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  const told = (await set({})).filter(({ place }) => place === "ledger").length;
  assert.ok(told < 8, `${told} members had been told before`);
  for (let n = 0; n < 8; n += 1) {
    await eventually(
      async () => (await ok(root.get(`/v1/users/u${n}/organizations`))).organizations[0].name,
      (name) => name === "Another name",
      20,
    );
  }
});

test("one write that KV does not answer holds up no other, and never has the last word", {
  timeout: 150_000,
}, async () => {
  const org = await organization();
  const [stuck, other] = [await key(`organizations/${org}`), await key(`organizations/${org}`)];
  for (const { token } of [stuck, other]) {
    await eventually(
      () => copy(token),
      (record) => record !== undefined,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await set({ late: placeOf(stuck.token) });
  await ok(root.patch(stuck.path, { title: "an older version, which lands late" }));
  await ok(root.post(`${stuck.path}/revoke`));
  await ok(root.post(`${other.path}/revoke`));
  for (const { token } of [other, stuck]) {
    await eventually(
      () => verdict(token),
      (code) => code === "revoked",
      30,
    );
  }
  // Now the old write lands upon the new one. The ledger knows that it might, and writes the newest once more.
  await set({ land: true });
  await eventually(
    () => copy(stuck.token),
    (record) => record.revocation === null,
  );
  await eventually(
    () => verdict(stuck.token),
    (code) => code === "revoked",
    90,
  );
});

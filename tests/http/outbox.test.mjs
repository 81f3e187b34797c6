// @ts-check
// The outbox on the real platform: what others have to be told is tried until it has landed, at most once a second for
// each place, and a revocation never waits behind other news. KV, ledgers and alarms are real; a module around the
// worker makes them refuse or keeps them waiting.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";
import { CLOCK, clockOf } from "./clock.mjs";
import { kvKeyOf, ledgerOf, unstamped } from "./mint.mjs";

// `/v1/faults` sets what goes wrong, for the ledgers alone; `/v1/tries` lists what they have tried since; `/v1/alarm`
// makes a ledger's alarm ring so much sooner, and says how far ahead it was.
const { root, fetch, kv, orgKey, organization, key, verdict } = await serve({
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    ${CLOCK}
    let faults = {};
    let tries = [];
    let held = [];
    const hold = () => new Promise((resolve) => held.push(resolve));
    const pages = {
      async "/v1/faults"(request) {
        [faults, tries] = [await request.json(), []];
        for (const release of held.splice(0)) release();
        return new Response();
      },
      "/v1/tries": () => Response.json(tries),
      async "/v1/alarm"(request, env) {
        const { ledger, sooner } = await request.json();
        return env.LEDGER.getByName(ledger).fetch("https://ledger/alarm", { method: "POST", body: String(sooner) });
      },
    };
    export default {
      async fetch(request, env, context) {
        const page = pages[new URL(request.url).pathname];
        return page?.(request, env) ?? (await clock(request)) ?? Worker.fetch(request, env, context);
      },
    };
    class Faulty extends Ledger {
      constructor(state, env) {
        const KEYS = {
          get: (...about) => env.KEYS.get(...about),
          async put(place, ...about) {
            tries.push({ place, at: Date.now() });
            if (faults.refuse) throw new Error("429");
            if (faults.late === place) {
              faults.late = null;
              await hold();
            }
            return env.KEYS.put(place, ...about);
          },
        };
        const LEDGER = {
          getByName: (name) => ({
            async fetch(...request) {
              tries.push({ place: "ledger", at: Date.now() });
              if (faults.hold) await hold();
              return env.LEDGER.getByName(name).fetch(...request);
            },
          }),
        };
        super(state, { ...env, KEYS, LEDGER });
      }
      async fetch(request) {
        if (!request.url.endsWith("/alarm")) return super.fetch(request);
        const { storage } = this.ctx;
        const [at, sooner] = [await storage.getAlarm(), Number(await request.text())];
        const left = at - real.now();
        await storage.setAlarm(Date.now() + left - sooner);
        return Response.json(left);
      }
    }
    export { Faulty as Ledger };`,
});
const { pass, patience } = clockOf(fetch);

/** @param {{ refuse?: boolean, hold?: boolean, late?: string }} faults */
const suffer = (faults) => fetch("/v1/faults", { method: "POST", body: JSON.stringify(faults) });
/** What the ledgers have tried since, of one place. @param {string} place @returns {Promise<number[]>} when */
const triesOf = async (place) =>
  (await (await fetch("/v1/tries")).json())
    .filter((/** @type {any} */ tried) => tried.place === place)
    .map((/** @type {any} */ { at }) => at);
/** What KV holds of a key. @param {string} token */
const copy = async (token) => unstamped(await kv.get(kvKeyOf(token))).record;
/** Waits until KV holds a key. @param {string} token */
const settled = (token) =>
  eventually(
    () => copy(token),
    (record) => record !== undefined,
  );

test("what KV refuses is tried again until it has landed, although nobody asks for anything", async () => {
  await suffer({ refuse: true });
  const { path, token } = await orgKey();
  await ok(root.post(`${path}/revoke`));
  assert.equal(await copy(token), undefined);
  await eventually(
    () => triesOf(kvKeyOf(token)),
    ({ length }) => length >= 2,
  );
  await suffer({});
  const { revocation } = await settled(token);
  assert.notEqual(revocation, null, "the newer of the two");
});

for (const [name, refuse] of /** @type {const} */ ([
  ["KV accepts the writes", false],
  ["KV refuses them all", true],
])) {
  test(`a key in KV is written at most once a second when ${name}`, async () => {
    const { path, token } = await orgKey();
    await settled(token);
    await suffer({ refuse });
    let changes = 0;
    const tries = await eventually(
      async () => {
        await ok(root.patch(path, { title: `title ${++changes}` }));
        return triesOf(kvKeyOf(token));
      },
      ({ length }) => length >= 3,
    );
    await suffer({});
    // The worker measures the second from the end of a try, this test from its beginning.
    const pauses = tries.slice(1).map((at, index) => at - tries[index]);
    for (const pause of pauses) assert.ok(pause >= 990, JSON.stringify(pauses));
    assert.ok(changes > tries.length, "changes are combined");
    await eventually(
      () => copy(token),
      ({ settings }) => settings.title === `title ${changes}`,
    );
  });
}

test("a revocation reaches KV although members are still waiting to be told something else", async () => {
  const org = await organization();
  const { path, token } = await key(`organizations/${org}`);
  const users = Array.from({ length: 8 }, (_, n) => `u${n}`);
  const nameSeenBy = async (/** @type {string} */ user) =>
    (await ok(root.get(`/v1/users/${user}/organizations`))).organizations[0]?.name;
  for (const user of users) {
    await ok(root.put(`/v1/organizations/${org}/members/${user}`, { role: "member" }), 201);
    await eventually(
      () => nameSeenBy(user),
      (name) => name === org,
    );
  }
  await settled(token);
  await suffer({ hold: true });
  await ok(root.patch(`/v1/organizations/${org}`, { name: "Another name" }));
  await ok(root.post(`${path}/revoke`));
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  for (const user of users) assert.equal(await nameSeenBy(user), org, "nobody has been told yet");
  await suffer({});
  for (const user of users) {
    await eventually(
      () => nameSeenBy(user),
      (name) => name === "Another name",
    );
  }
});

test("a write that KV does not answer holds up no other and never has the last word", async () => {
  const org = await organization();
  const [stuck, other] = [await key(`organizations/${org}`), await key(`organizations/${org}`)];
  for (const { token } of [stuck, other]) await settled(token);
  // A second after the last write the next is made at once; it is given up after a second instead of ten.
  await pass(1_100);
  await patience(0.1);
  await suffer({ late: kvKeyOf(stuck.token) });
  await ok(root.patch(stuck.path, { title: "an older version, which lands late" }));
  await eventually(
    () => triesOf(kvKeyOf(stuck.token)),
    ({ length }) => length > 0,
  );
  await ok(root.post(`${stuck.path}/revoke`));
  await ok(root.post(`${other.path}/revoke`));
  for (const { token } of [other, stuck]) {
    await eventually(
      () => verdict(token),
      (code) => code === "revoked",
    );
  }
  await patience(1);
  // Now the old write overwrites the new one. The ledger knows that it might, and writes the newest again in a minute.
  await suffer({});
  await eventually(
    () => copy(stuck.token),
    (record) => record.revocation === null,
  );
  await pass(60_000);
  const alarm = { ledger: ledgerOf(`organization:${org}`), sooner: 60_000 };
  const left = await (await fetch("/v1/alarm", { method: "POST", body: JSON.stringify(alarm) })).json();
  assert.ok(left <= 60_000, `${left}`);
  await eventually(
    () => verdict(stuck.token),
    (code) => code === "revoked",
  );
});

// @ts-check
// What was answered has happened: also after kill -9 in the middle of a stream of changes, and after a restart.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newRootKey, newSealKey } from "../../scripts/keys.mjs";
import { acts, caller, eventually, ok } from "./client.mjs";
import { start, startServer } from "./harness.mjs";
import { kvKeyOf, unstamped } from "./mint.mjs";

const strong = { consistency: "strong" };

/** The options of a server whose storage outlives it. */
function lasting() {
  const persist = mkdtempSync(join(tmpdir(), "keyward-"));
  after(() => rmSync(persist, { recursive: true, force: true, maxRetries: 3 }));
  return { persist, rootKey: newRootKey(), sealKeys: newSealKey() };
}

/** Every key of an organization. @param {ReturnType<typeof caller>} root @param {string} org */
async function allKeys(root, org) {
  const found = new Map();
  for (let place = ""; ; ) {
    const { keys, after } = await ok(root.get(`/v1/organizations/${org}/keys?limit=100${place}`));
    for (const key of keys) found.set(key.id, key);
    if (after === null) return found;
    place = `&after=${after}`;
  }
}

/**
 * Creates keys and revokes every second one, from several sides, until the server is gone; returns what was answered.
 * @param {ReturnType<typeof caller>} root @param {string} org
 */
function stream(root, org) {
  /** @type {Map<string, { id: string, token: string, revoked: "no" | "asked" | "yes" }>} */
  const answered = new Map();
  const keys = `/v1/organizations/${org}/keys`;
  const side = async () => {
    for (let n = 0; ; n += 1) {
      const { id, token } = await ok(root.post(keys, { title: "k" }), 201);
      const known = { id, token, revoked: /** @type {"no" | "asked" | "yes"} */ ("no") };
      answered.set(id, known);
      if (n % 2 === 0) continue;
      known.revoked = "asked";
      await ok(root.post(`${keys}/${id}/revoke`));
      known.revoked = "yes";
    }
  };
  // A side ends when its connection does; a failed assertion is rethrown.
  const ended = Promise.all(
    Array.from({ length: 4 }, () =>
      side().catch((error) => {
        if (error instanceof assert.AssertionError) throw error;
      }),
    ),
  );
  return { answered, ended };
}

test("kill -9 in the middle of a stream of creates and revokes loses nothing that was answered", async () => {
  const options = lasting();
  const first = await startServer(options);
  const before = caller(first.fetch, options.rootKey);
  const org = await acts(before).organization();
  const { answered, ended } = stream(before, org);
  await eventually(
    async () => answered.size,
    (size) => size >= 40,
  );
  await first.kill();
  await ended;

  const second = await startServer(options);
  try {
    const root = caller(second.fetch, options.rootKey);
    const { verdict } = acts(root);
    const found = await allKeys(root, org);
    const all = [...answered.values()];
    assert.ok(all.some(({ revoked }) => revoked === "yes") && all.some(({ revoked }) => revoked === "no"));
    for (const { id, token, revoked } of all) {
      assert.ok(found.has(id), "everything answered is there");
      const code = await verdict(token, strong);
      const shown = { active: "valid", revoked: "revoked" }[/** @type {string} */ (found.get(id).status)];
      assert.equal(code, shown);
      if (revoked !== "asked") assert.equal(code, revoked === "yes" ? "revoked" : "valid");
    }
    assert.ok(found.size - all.length <= 4, "at most what each side had asked for and got no answer to");
    for (const { token, id } of all) {
      const expected = found.get(id).status === "revoked" ? "revoked" : "valid";
      await eventually(
        () => verdict(token),
        (code) => code === expected,
      );
    }
    const happened = async (/** @type {string} */ action) =>
      (await ok(root.get(`/v1/organizations/${org}/events?action=${action}`))).count;
    const revocations = [...found.values()].filter(({ status }) => status === "revoked").length;
    assert.equal(await happened("key.created"), found.size, "each key has its event");
    assert.equal(await happened("key.revoked"), revocations, "each revocation has its event");
  } finally {
    await second.kill();
  }
});

test("KV catches up after a kill -9, although nobody asks for anything", async () => {
  const options = lasting();
  const first = await startServer(options);
  const { orgKey } = acts(caller(first.fetch, options.rootKey));
  const { path, token } = await orgKey();
  const root = caller(first.fetch, options.rootKey);
  // KV has just been written, so that the next write has to wait for a second: the kill comes sooner.
  await eventually(
    () => ok(root.post("/v1/verify", { key: token })),
    ({ consistency }) => consistency === "fast",
  );
  await ok(root.post(`${path}/revoke`));
  await first.kill();

  const second = await start(options);
  try {
    const { verdict } = acts(caller(second.fetch, options.rootKey));
    await eventually(
      () => second.kv.get(kvKeyOf(token)),
      (copy) => copy !== null && unstamped(copy).record.revocation !== null,
    );
    assert.equal(await verdict(token), "revoked");
  } finally {
    await second.stop();
  }
});

test("an ordinary restart loses nothing", async () => {
  const options = lasting();
  const first = await start(options);
  const { orgKey } = acts(caller(first.fetch, options.rootKey));
  const kept = await orgKey({ scopes: ["a"], metadata: { n: 1 }, expires_at: "2031-01-01T00:00:00.000Z" });
  const revoked = await orgKey();
  const root = caller(first.fetch, options.rootKey);
  await ok(root.post(`${revoked.path}/revoke`, { reason: "r" }));
  const places = [
    kept.path,
    revoked.path,
    `/v1/organizations/${kept.org}`,
    `/v1/organizations/${kept.org}/keys`,
    `/v1/organizations/${revoked.org}/events`,
  ];
  const shown = await Promise.all(places.map((place) => ok(root.get(place))));
  await first.stop();

  const second = await start(options);
  try {
    const root = caller(second.fetch, options.rootKey);
    for (const [index, place] of places.entries())
      assert.deepEqual(await ok(root.get(place)), shown[index], place);
    const { verdict } = acts(root);
    assert.equal(await verdict(kept.token), "valid");
    assert.equal(await verdict(revoked.token, strong), "revoked");
  } finally {
    await second.stop();
  }
});

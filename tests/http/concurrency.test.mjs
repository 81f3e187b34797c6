// @ts-check
// Many requests at once: a ledger decides one after the other, so all answers are consistent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, serve } from "./client.mjs";

const { root, key, orgKey, organization, verdict } = await serve();
/** @param {number} length @param {(n: number) => ReturnType<typeof root.get>} act */
const parallel = async (length, act) =>
  (await Promise.all(Array.from({ length }, (_, n) => act(n)))).map(({ status, body }) => ({
    status,
    code: body?.code,
    body,
  }));
/** @param {string} org @param {string} action */
const happened = async (org, action) =>
  (await ok(root.get(`/v1/organizations/${org}/events?limit=100`))).events.filter(
    (/** @type {any} */ event) => event.action === action,
  ).length;

test("fifty keys created at once are fifty different keys", async () => {
  const org = await organization();
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, n) => key(`organizations/${org}`, { title: `k${n}` })),
  );
  assert.equal(new Set(made.map(({ id }) => id)).size, 50);
  assert.equal(new Set(made.map(({ token }) => token)).size, 50);
  const { keys, count } = await ok(root.get(`/v1/organizations/${org}/keys?limit=100`));
  assert.equal(count, 50);
  assert.deepEqual(keys.map((/** @type {any} */ { id }) => id).sort(), made.map(({ id }) => id).sort());
  assert.equal(
    new Set(keys.map((/** @type {any} */ { created_at }) => created_at)).size,
    50,
    "no two share an instant",
  );
  assert.equal(await happened(org, "key.created"), 50);
  for (const { token } of made) assert.equal(await verdict(token, { consistency: "strong" }), "valid");
});

test("of parallel rolls of one key exactly one succeeds", async () => {
  const { org, path, token } = await orgKey();
  const answers = await parallel(8, () => root.post(`${path}/roll`));
  const made = answers.filter(({ status }) => status === 201);
  assert.equal(made.length, 1);
  for (const { status, code } of answers.filter((answer) => answer !== made[0]))
    assert.deepEqual([status, code], [409, "key.already_rolled"]);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).count, 2);
  assert.equal(await verdict(token, { consistency: "strong" }), "revoked");
  assert.equal(await verdict(made[0].body.token, { consistency: "strong" }), "valid");
});

test("of parallel revocations exactly one succeeds", async () => {
  const { org, path } = await orgKey();
  const answers = await parallel(8, () => root.post(`${path}/revoke`));
  assert.deepEqual(answers.map(({ code }) => code ?? "done").sort(), [
    "done",
    ...Array(7).fill("key.already_revoked"),
  ]);
  assert.equal(await happened(org, "key.revoked"), 1);
});

test("of parallel deletions exactly one succeeds", async () => {
  const { org, path } = await orgKey();
  const answers = await parallel(8, () => root.delete(`${path}?revoke=true`));
  assert.deepEqual(answers.map(({ code }) => code ?? "done").sort(), [
    "done",
    ...Array(7).fill("key.not_found"),
  ]);
  assert.deepEqual([await happened(org, "key.revoked"), await happened(org, "key.deleted")], [1, 1]);
});

test("a revocation and a deletion at once leave no working key", async () => {
  for (let n = 0; n < 10; n += 1) {
    const { path, token } = await orgKey();
    const [revoke, remove] = await Promise.all([root.post(`${path}/revoke`), root.delete(path)]);
    const codes = `${revoke.body?.code ?? "done"}, ${remove.body?.code ?? "done"}`;
    assert.ok(
      revoke.status === 200 && ["undefined", "key.not_revoked"].includes(String(remove.body?.code)),
      codes,
    );
    const gone = remove.status === 200;
    assert.equal(await verdict(token, { consistency: "strong" }), gone ? "unknown" : "revoked", codes);
    assert.equal((await root.get(path)).status, gone ? 404 : 200);
  }
});

test("updates at once are all made, one after the other", async () => {
  const { org, path } = await orgKey();
  const answers = await parallel(20, (n) => root.patch(path, { metadata: { n } }));
  for (const { status } of answers) assert.equal(status, 200);
  const newest = answers.map(({ body }) => body).sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))[0];
  assert.equal(new Set(answers.map(({ body }) => body.updated_at)).size, 20);
  assert.deepEqual((await ok(root.get(path))).metadata, newest.metadata);
  assert.equal(await happened(org, "key.updated"), 20);
});

test("an organization that many create at once is created once", async () => {
  // In any case of letters.
  const ids = ["contended", "Contended", "CONTENDED", "contendeD"];
  const create = (/** @type {number} */ n) =>
    root.post("/v1/organizations", { id: ids[n % ids.length], name: "n" });
  const answers = await parallel(12, create);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(11).fill(409)]);
});

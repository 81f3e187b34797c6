// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { acts, eventually, ok, pointers, refused, serveWithClock } from "../client.mjs";
import { kvKeyOf, unstamped } from "../mint.mjs";

const { root, operator, as, kv, orgKey, verdict, reach } = await serveWithClock();
/** @param {{ path: string }} key @param {object} [body] */
const revoke = (key, body) => root.post(`${key.path}/revoke`, body);

test("a key is revoked at once, and the answer says when that takes effect", async () => {
  const key = await orgKey();
  const { effective, ...after } = await ok(revoke(key, { reason: "  The laptop was lost. " }));
  const by = new Date(Date.parse(after.revoked_at) + 30_000).toISOString();
  assert.deepEqual(effective, { by }, "the organization's ceiling is 30 seconds");
  assert.equal(after.status, "revoked");
  assert.equal(after.revoked_at, after.updated_at);
  assert.deepEqual(after.revoked_by, operator);
  assert.equal(after.revocation_reason, "The laptop was lost.");
  assert.deepEqual(await ok(root.get(key.path)), after);
});

test("a key whose revocation was answered is refused by every later strong verification", async () => {
  for (let n = 0; n < 5; n += 1) {
    const key = await orgKey();
    assert.equal(await verdict(key.token), "valid");
    await ok(revoke(key));
    assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
  }
});

test("the fast path learns of a revocation unasked", async () => {
  const key = await orgKey();
  await ok(revoke(key));
  await eventually(
    () => verdict(key.token),
    (code) => code === "revoked",
  );
});

test("neither a body nor a content type is needed", async () => {
  assert.equal((await ok(revoke(await orgKey()))).status, "revoked");
  assert.equal((await ok(revoke(await orgKey(), {}))).status, "revoked");
  assert.equal((await ok(revoke(await orgKey(), { revoke_in: 0, reason: null }))).status, "revoked");
});

test("a key whose revocation is scheduled works until then and no longer", async () => {
  const key = await orgKey();
  const { status, revoked_at, updated_at } = await ok(revoke(key, { revoke_in: 60 }));
  assert.deepEqual([status, Date.parse(revoked_at) - Date.parse(updated_at)], ["retiring", 60_000]);
  for (const consistency of ["fast", "strong"])
    assert.equal(await verdict(key.token, { consistency }), "valid");
  await eventually(
    () => kv.get(kvKeyOf(key.token)),
    (copy) => unstamped(copy).record?.revocation,
  );
  await reach(revoked_at);
  assert.equal((await ok(root.get(key.path))).status, "revoked");
  assert.equal(await verdict(key.token, { consistency: "strong" }), "revoked");
  assert.equal(await verdict(key.token), "revoked", "KV knows the time as well");
  await refused(revoke(key), "key.already_revoked");
});

test("a key can revoke itself, and is refused from then on", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:write"] });
  await ok(as(token).post(`${path}/revoke`));
  await refused(as(token).post(`${path}/revoke`), "auth.invalid");
});

test("a key that revokes another is recorded as the one who did", async () => {
  const { org, id, token } = await orgKey({ scopes: ["keys:write"] });
  const { path } = await acts(as(token)).key(`organizations/${org}`);
  await ok(as(token).post(`${path}/revoke`));
  assert.deepEqual((await ok(root.get(path))).revoked_by, { type: "key", id });
});

test("revoke_in is whole seconds up to a year, and a reason 1 to 500 characters", async () => {
  const key = await orgKey();
  for (const revoke_in of [-1, 1.5, 31_536_001, 1e300, "1", null, true, [], {}]) {
    assert.deepEqual(pointers(await refused(revoke(key, { revoke_in }), "request.bad_field")), [
      "/revoke_in",
    ]);
  }
  for (const reason of ["", " ", "x".repeat(501), "a\nb", 1, {}]) {
    assert.deepEqual(pointers(await refused(revoke(key, { reason }), "request.bad_field")), ["/reason"]);
  }
  await refused(revoke(key, { grace: 1 }), "request.bad_field");
  await refused(root.post(`${key.path}/revoke?revoke_in=1`), "request.bad_parameter");
  assert.equal((await ok(root.get(key.path))).status, "active");
  await ok(revoke(key, { revoke_in: 31_536_000, reason: "🔑".repeat(500) }));
});

test("a key that does not exist cannot be revoked", async () => {
  const { org } = await orgKey();
  await refused(
    root.post(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z/revoke`),
    "key.not_found",
  );
});

// @ts-check
// Who may ask about which key, and that a key of somebody else looks like one that does not exist.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { acts, ahead, ok, refused, serve } from "./client.mjs";

const { root, as, key, orgKey, organization } = await serve();

/** A caller of a new organization that may verify. */
async function verifier() {
  const { org, token } = await orgKey({ scopes: ["keys:verify"] });
  return { org, ...acts(as(token)), caller: as(token) };
}

for (const question of [{}, { consistency: "strong" }]) {
  const path = JSON.stringify(question);

  test(`an organization's key with keys:verify verifies the organization's keys ${path}`, async () => {
    const { org, verdict } = await verifier();
    const { token } = await key(`organizations/${org}`, { scopes: ["a"] });
    assert.equal(await verdict(token, question), "valid");
    assert.equal(await verdict(token, { organization: org, scopes: ["a"], ...question }), "valid");
    assert.equal(await verdict(token, { scopes: ["b"], ...question }), "insufficient_scope");
    assert.equal(await verdict(token, { organization: "another", ...question }), "not_a_member");
  });

  test(`a foreign organization's key is unknown, whatever its state ${path}`, async () => {
    const { org, verdict } = await verifier();
    const foreign = await organization();
    const make = (/** @type {object} */ fields = {}) => key(`organizations/${foreign}`, fields);
    const [active, revoked, retiring, deleted] = [await make(), await make(), await make(), await make()];
    const expired = await make({ expires_at: ahead(400) });
    await ok(root.post(`${revoked.path}/revoke`));
    await ok(root.post(`${retiring.path}/revoke`, { revoke_in: 60 }));
    await ok(root.delete(`${deleted.path}?revoke=true`), 204);
    await sleep(600);
    for (const { token } of [active, revoked, retiring, deleted, expired]) {
      for (const more of [{}, { organization: foreign }, { organization: org }, { scopes: ["b"] }]) {
        assert.equal(await verdict(token, { ...question, ...more }), "unknown");
      }
    }
  });

  test(`a member's personal key is verified for the caller's organization, a stranger's is unknown ${path}`, async () => {
    const { org, verdict } = await verifier();
    const other = await organization();
    const [member, stranger] = [await key("users/ada"), await key("users/eve")];
    await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "member" }), 201);
    await ok(root.put(`/v1/organizations/${other}/members/ada`, { role: "member" }), 201);
    assert.equal(await verdict(member.token, question), "valid");
    assert.equal(await verdict(member.token, { organization: org, ...question }), "valid");
    assert.equal(await verdict(member.token, { organization: other, ...question }), "not_a_member", "nothing is learned about memberships elsewhere");
    assert.equal(await verdict(member.token, { scopes: ["b"], ...question }), "insufficient_scope");
    assert.equal(await verdict(stranger.token, question), "unknown");
  });
}

test("verdicts that need no storage are the same for every caller", async () => {
  const { verdict } = await verifier();
  assert.equal(await verdict("nonsense"), "malformed");
});

test("a key without keys:verify may not verify, not even itself", async () => {
  for (const scopes of [[], ["keys:read", "keys:write"], ["keys:*"], ["keys"]]) {
    const { token } = await orgKey({ scopes });
    await refused(as(token).post("/v1/verify", { key: token }), "auth.insufficient_scope");
  }
  const all = await orgKey({ scopes: ["*"] });
  assert.equal((await ok(as(all.token).post("/v1/verify", { key: all.token }))).code, "valid");
});

test("publishable and personal keys verify nothing, whatever they hold", async () => {
  for (const { token } of [await orgKey({ type: "publishable", scopes: ["keys:verify"] }), await key("users/ada", { scopes: ["*"] })]) {
    await refused(as(token).post("/v1/verify", { key: token }), "auth.forbidden");
  }
});

test("a revoked caller is not let in, at once if it wants to be verified strongly", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:verify"], consistency: "strong" });
  await ok(as(token).post("/v1/verify", { key: token }));
  await ok(root.post(`${path}/revoke`));
  await refused(as(token).post("/v1/verify", { key: token }), "auth.invalid");
});

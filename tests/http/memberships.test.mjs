// @ts-check
// Memberships reach what a personal key may do: at once where the ledger is asked, and soon where KV is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve } from "./client.mjs";

const { root, as, key, organization, verdict } = await serve();

for (const consistency of ["fast", "strong"]) {
  test(`a personal key reaches its user's organizations until the user leaves, ${consistency}`, async () => {
    const [org, mia] = [await organization(), fresh("mia")];
    const member = `/v1/organizations/${org}/members/${mia}`;
    const { token } = await key(`users/${mia}`, { scopes: ["keys:read"] });
    const code = () => verdict(token, { organization: org, consistency });
    assert.equal(await code(), "not_a_member");
    await refused(as(token).get(`/v1/organizations/${org}/keys`), "owner.not_found");
    await ok(root.put(member, { role: "member" }), 201);
    if (consistency === "strong") assert.equal(await code(), "valid");
    await eventually(code, (found) => found === "valid");
    await ok(as(token).get(`/v1/organizations/${org}/keys`));
    const create = as(token).post(`/v1/organizations/${org}/keys`, { title: "x" });
    await refused(create, "auth.insufficient_scope");
    await ok(root.delete(member));
    if (consistency === "strong") assert.equal(await code(), "not_a_member");
    await refused(as(token).get(`/v1/organizations/${org}/keys`), "owner.not_found");
    await eventually(code, (found) => found === "not_a_member");
    assert.equal(await verdict(token, { consistency }), "valid");
  });
}

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve } from "../client.mjs";

const { root, as, key, organization } = await serve();

test("a user's invitations are listed in pages, by organization", async () => {
  const user = fresh("ida");
  const orgs = [await organization(), await organization()].sort();
  for (const org of orgs)
    await ok(root.post(`/v1/organizations/${org}/invitations`, { user, role: "owner" }), 201);
  const list = (/** @type {string} */ query) => ok(root.get(`/v1/users/${user}/invitations${query}`));
  const all = await eventually(
    () => list(""),
    ({ count }) => count === 2,
  );
  const organizations = all.invitations.map((/** @type {any} */ { organization }) => organization);
  assert.deepEqual(organizations, orgs);
  assert.deepEqual((await list("?limit=1&offset=1")).invitations, all.invitations.slice(1));
});

test("a personal key lists the invitations of its user and of nobody else", async () => {
  const { token } = await key(`users/${fresh("ida")}`);
  assert.equal((await ok(as(token).get("/v1/users/me/invitations"))).count, 0);
  await refused(as(token).get("/v1/users/eve/invitations"), "owner.not_found");
});

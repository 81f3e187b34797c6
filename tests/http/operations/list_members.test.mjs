// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { root, as, organization, orgKey } = await serve();

test("members are listed with their roles, by id", async () => {
  const org = await organization();
  const members = `/v1/organizations/${org}/members`;
  assert.deepEqual((await ok(root.get(members))).members, []);
  for (const [user, role] of Object.entries({ mia: "member", ada: "owner", bob: "admin" }))
    await ok(root.put(`${members}/${user}`, { role }), 201);
  const listed = (await ok(root.get(members))).members;
  assert.deepEqual(
    listed.map((/** @type {any} */ { user, role }) => [user, role]),
    [
      ["ada", "owner"],
      ["bob", "admin"],
      ["mia", "member"],
    ],
  );
});

test("a key with members:read lists the members of its own organization only", async () => {
  const { org, token } = await orgKey({ scopes: ["members:read"] });
  await ok(as(token).get(`/v1/organizations/${org}/members`));
  await refused(as(token).get(`/v1/organizations/${await organization()}/members`), "owner.not_found");
});

test("the list comes in pages", async () => {
  const members = `/v1/organizations/${await organization()}/members`;
  for (const user of ["a", "b", "c"]) await ok(root.put(`${members}/${user}`, { role: "member" }), 201);
  const page = await ok(root.get(`${members}?limit=2&offset=1`));
  const users = page.members.map((/** @type {any} */ { user }) => user);
  assert.deepEqual([users, page.count, page.limit, page.offset], [["b", "c"], 3, 2, 1]);
});

test("an organization that does not exist has no list, and the list takes no other parameters", async () => {
  await refused(root.get("/v1/organizations/nobody/members"), "owner.not_found");
  await refused(
    root.get(`/v1/organizations/${await organization()}/members?role=x`),
    "request.bad_parameter",
  );
});

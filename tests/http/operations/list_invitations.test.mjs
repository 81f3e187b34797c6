// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { root, organization } = await serve();

test("pending invitations are listed in pages, by user", async () => {
  const invitations = `/v1/organizations/${await organization()}/invitations`;
  for (const user of ["c", "a", "b"]) await ok(root.post(invitations, { user, role: "member" }), 201);
  const page = await ok(root.get(`${invitations}?limit=2&offset=1`));
  const users = page.invitations.map((/** @type {any} */ { user }) => user);
  assert.deepEqual([users, page.count, page.limit, page.offset], [["b", "c"], 3, 2, 1]);
  await refused(root.get(`${invitations}?role=owner`), "request.bad_parameter");
  await refused(root.get("/v1/organizations/nobody/invitations"), "owner.not_found");
});

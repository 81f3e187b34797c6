// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "../client.mjs";

const { root, organization } = await serve();

test("a member is added with 201, changed with 200, and repeating the request changes nothing", async () => {
  const member = `/v1/organizations/${await organization()}/members/bob`;
  await ok(root.put(member, { role: "member" }), 201);
  const changed = await ok(root.put(member, { role: "admin" }));
  assert.deepEqual(await ok(root.put(member, { role: "admin" })), changed);
});

test("a role is one of three, and a member an id", async () => {
  const members = `/v1/organizations/${await organization()}/members`;
  for (const body of [{ role: "king" }, { role: null }, { role: ["owner"] }, {}]) {
    const problem = await refused(root.put(`${members}/bob`, body), "request.bad_field");
    assert.deepEqual(pointers(problem), ["/role"], JSON.stringify(body));
  }
  await refused(root.put(`${members}/b%20b`, { role: "member" }), "request.bad_id");
});

test("every change of a membership is in the audit trail", async () => {
  const org = await organization();
  const member = `/v1/organizations/${org}/members/bob`;
  await ok(root.put(member, { role: "member" }), 201);
  await ok(root.put(member, { role: "admin" }));
  await ok(root.delete(member));
  const { events } = await ok(root.get(`/v1/organizations/${org}/events`));
  assert.deepEqual(
    events.map((/** @type {any} */ { action }) => action),
    ["member.removed", "member.changed", "member.added", "organization.created"],
  );
  assert.deepEqual(events[1].details, { user: "bob", role: "admin", old_role: "member" });
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, refused, serve } from "../client.mjs";

const { root, key, orgKey, organization, verdict } = await serve();
/** @param {string} id */
const at = (id) => `/v1/organizations/${id}`;

test("an organization is deleted with its keys, and KV forgets them and the members", async () => {
  const { org, token } = await orgKey();
  const personal = await key("users/ada");
  await ok(root.put(`${at(org)}/members/ada`, { role: "owner" }), 201);
  const reaches = () => verdict(personal.token, { organization: org });
  await eventually(reaches, (code) => code === "valid");
  await refused(root.delete(at(org)), "owner.has_keys");
  await ok(root.delete(`${at(org)}?revoke=true`));
  assert.equal(await verdict(token, { consistency: "strong" }), "unknown");
  await eventually(
    () => verdict(token),
    (code) => code === "unknown",
  );
  await eventually(reaches, (code) => code === "not_a_member");
  await refused(root.get(at(org)), "owner.not_found");
  await refused(root.post("/v1/organizations", { id: org, name: "Again" }), "organization.exists");
});

test("the events of a deleted organization remain, and the deployment's say that it was deleted", async () => {
  const org = await organization();
  await ok(root.delete(at(org)));
  const { events } = await ok(root.get(`${at(org)}/events`));
  assert.deepEqual(
    events.map((/** @type {any} */ { action }) => action),
    ["organization.deleted", "organization.created"],
  );
  const announced = await eventually(
    async () => (await ok(root.get("/v1/deployment/events?limit=1"))).events[0],
    (event) => event?.details.organization === org,
  );
  assert.equal(announced.action, "organization.deleted");
});

test("deleting takes no body and no other parameter", async () => {
  const org = await organization();
  await refused(root.call("DELETE", at(org), { revoke: true }), "request.bad_field");
  await refused(root.delete(`${at(org)}?force=true`), "request.bad_parameter");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "../client.mjs";

const { root, organization } = await serve();
/** @param {string} id */
const at = (id) => `/v1/organizations/${id}`;

test("an organization gets another name, and nothing else changes", async () => {
  const id = await organization();
  const made = await ok(root.get(at(id)));
  const { updated_at, ...renamed } = await ok(root.patch(at(id), { name: "Acme Inc." }));
  assert.deepEqual({ ...renamed, updated_at: made.updated_at }, { ...made, name: "Acme Inc." });
  assert.ok(updated_at > made.updated_at);
  assert.deepEqual(await ok(root.patch(at(id), { name: " Acme Inc. " })), { ...renamed, updated_at });
  const { events } = await ok(root.get(`${at(id)}/events`));
  const actions = events.map((/** @type {any} */ { action }) => action);
  assert.deepEqual(actions, ["organization.renamed", "organization.created"]);
});

test("an organization that does not exist is not created, and a name is required", async () => {
  await refused(root.patch(at("nobody"), { name: "n" }), "owner.not_found");
  const id = await organization();
  for (const body of [{}, { name: " " }, { name: null }]) {
    assert.deepEqual(pointers(await refused(root.patch(at(id), body), "request.bad_field")), ["/name"]);
  }
  const unknown = await refused(root.patch(at(id), { name: "n", owner: "ada" }), "request.bad_field");
  assert.deepEqual(pointers(unknown), ["/owner"]);
});

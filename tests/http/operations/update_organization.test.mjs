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

test("what an organization allows is set, told and recorded", async () => {
  const id = await organization();
  const wanted = { max_staleness_seconds: 10, on_outage_max_seconds: 600 };
  const { max_staleness_seconds, on_outage_max_seconds } = await ok(root.patch(at(id), wanted));
  assert.deepEqual({ max_staleness_seconds, on_outage_max_seconds }, wanted);
  const { events } = await ok(root.get(`${at(id)}/events?action=organization.updated`));
  assert.equal(events[0].details.changes.length, 2);
});

test("an organization that does not exist is not created, and what is left out or wrong is told", async () => {
  await refused(root.patch(at("nobody"), { name: "n" }), "owner.not_found");
  const id = await organization();
  for (const [pointer, body] of [
    ["", {}],
    ["/name", { name: " " }],
    ["/name", { name: null }],
    ["/max_staleness_seconds", { max_staleness_seconds: 3601 }],
    ["/on_outage_max_seconds", { on_outage_max_seconds: "60" }],
  ]) {
    assert.deepEqual(pointers(await refused(root.patch(at(id), body), "request.bad_field")), [pointer]);
  }
  const unknown = await refused(root.patch(at(id), { name: "n", owner: "ada" }), "request.bad_field");
  assert.deepEqual(pointers(unknown), ["/owner"]);
});

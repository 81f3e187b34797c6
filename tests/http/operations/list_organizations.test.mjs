// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve } from "../client.mjs";

const { root, operator } = await serve();
const list = (/** @type {string} */ query) => ok(root.get(`/v1/organizations?${query}`));

test("the list follows what happens to organizations", async () => {
  const id = fresh("Acme");
  const { created_at } = await ok(root.post("/v1/organizations", { id, name: "Straße" }), 201);
  const found = await eventually(
    () => list(`q=${id.toUpperCase()}`),
    ({ count }) => count === 1,
  );
  assert.deepEqual(found.organizations, [{ id, name: "Straße", created_at, created_by: operator }]);
  assert.deepEqual([found.limit, found.offset], [20, 0]);
  await ok(root.patch(`/v1/organizations/${id}`, { name: "Renamed" }));
  await eventually(
    () => list("q=renamed"),
    ({ organizations }) => organizations[0]?.id === id,
  );
  await ok(root.delete(`/v1/organizations/${id}`));
  await eventually(
    () => list(`q=${id}`),
    ({ count }) => count === 0,
  );
});

test("parameters are those of every list with a search", async () => {
  for (const query of ["limit=0", "limit=101", "offset=-1", "order=name", `q=${"x".repeat(201)}`])
    await refused(root.get(`/v1/organizations?${query}`), "request.bad_parameter");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve, startSession } from "../client.mjs";

const { root, as, key, organization, verdict } = await serve();

test("a user is deleted with their keys, memberships and sessions", async () => {
  const [org, user] = [await organization(), fresh("ada")];
  const { token } = await key(`users/${user}`);
  await ok(root.put(`/v1/organizations/${org}/members/${user}`, { role: "owner" }), 201);
  await eventually(
    async () => (await ok(root.get(`/v1/users/${user}/organizations`))).count,
    (count) => count === 1,
  );
  await startSession(as(token));
  await refused(root.delete(`/v1/users/${user}`), "owner.has_keys");
  await ok(root.delete(`/v1/users/${user}?revoke=true`));
  assert.equal(await verdict(token, { consistency: "strong" }), "unknown");
  await eventually(
    () => verdict(token),
    (code) => code === "unknown",
  );
  await eventually(
    async () => (await ok(root.get(`/v1/organizations/${org}/members`))).count,
    (count) => count === 0,
  );
  await refused(root.get(`/v1/users/${user}/keys`), "owner.not_found");
  await refused(root.delete(`/v1/users/${user}`), "owner.not_found");
  const { events } = await ok(root.get(`/v1/users/${user}/events`));
  assert.equal(events[0].action, "user.deleted");
});

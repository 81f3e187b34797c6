// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, fresh, ok, refused, serve } from "../client.mjs";

const { root, as, key, organization } = await serve();
/** @param {string} user @returns {Promise<{ id: string, name: string, role: string }[]>} */
const organizationsOf = async (user) => (await ok(root.get(`/v1/users/${user}/organizations`))).organizations;

test("a user's list follows what happens in their organizations", async () => {
  const [org, user] = [await organization(), fresh("mia")];
  assert.deepEqual(await organizationsOf(user), []);
  const member = `/v1/organizations/${org}/members/${user}`;
  await ok(root.put(member, { role: "member" }), 201);
  const [joined] = await eventually(
    () => organizationsOf(user),
    (found) => found.length === 1,
  );
  assert.deepEqual(joined, { id: org, name: org, role: "member" });
  await ok(root.put(member, { role: "admin" }));
  await ok(root.patch(`/v1/organizations/${org}`, { name: "Renamed" }));
  await eventually(
    () => organizationsOf(user),
    ([found]) => found.name === "Renamed" && found.role === "admin",
  );
  await ok(root.delete(member));
  await eventually(
    () => organizationsOf(user),
    (found) => found.length === 0,
  );
});

test("a personal key lists the organizations of its user and of nobody else", async () => {
  const user = fresh("mia");
  const { token } = await key(`users/${user}`);
  assert.deepEqual((await ok(as(token).get("/v1/users/me/organizations"))).organizations, []);
  await refused(as(token).get("/v1/users/eve/organizations"), "owner.not_found");
});

test("the list comes in pages", async () => {
  const user = fresh("mia");
  for (const _ of [1, 2, 3]) {
    const member = `/v1/organizations/${await organization()}/members/${user}`;
    await ok(root.put(member, { role: "member" }), 201);
  }
  const page = await eventually(
    () => ok(root.get(`/v1/users/${user}/organizations?limit=2&offset=2`)),
    ({ count }) => count === 3,
  );
  assert.deepEqual([page.organizations.length, page.limit, page.offset], [1, 2, 2]);
  await refused(root.get("/v1/users/ada/organizations?limit=0"), "request.bad_parameter");
});

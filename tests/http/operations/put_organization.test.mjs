// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, fresh, ok, pointers, refused, serve } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("ES256");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { root, operator } = keyward;
const person = (/** @type {string} */ sub) => keyward.as(token(signing, provider.claims({ sub })));
/** @param {string} id */
const at = (id) => `/v1/organizations/${id}`;

test("an organization is created once, and Location leads to it", async () => {
  const id = fresh();
  const made = await root.put(at(id), { name: "  Acme & Söhne 🔑 " });
  const { created_at, updated_at, permissions, ...rest } = await ok(made, 201);
  assert.deepEqual(rest, { id, name: "Acme & Söhne 🔑", created_by: operator });
  assert.equal(created_at, updated_at);
  assert.equal(made.headers.get("location"), at(id));
  assert.deepEqual(await ok(root.get(at(id))), made.body);
});

test("repeating the request changes nothing, and another name renames", async () => {
  const id = fresh();
  const made = await ok(root.put(at(id), { name: "Acme" }), 201);
  const again = await root.put(at(id), { name: "Acme" });
  assert.deepEqual(await ok(again), made);
  assert.equal(again.headers.get("location"), null);
  const { updated_at, ...renamed } = await ok(root.put(at(id), { name: "Acme Inc." }));
  assert.deepEqual({ ...renamed, updated_at: made.updated_at }, { ...made, name: "Acme Inc." });
  assert.ok(updated_at > made.updated_at);
  const { events } = await ok(root.get(`${at(id)}/events`));
  const listed = events.map((/** @type {any} */ { action, details }) => [action, details]);
  assert.deepEqual(listed, [
    ["organization.renamed", { name: "Acme Inc.", old_name: "Acme" }],
    ["organization.created", { name: "Acme" }],
  ]);
});

test("a person who creates an organization owns it and finds it in their list", async () => {
  const [org, ada] = [fresh(), fresh("ada")];
  await ok(person(ada).put(at(org), { name: "Acme" }), 201);
  const list = await ok(person(ada).get(`${at(org)}/members`));
  assert.deepEqual(
    list.members.map((/** @type {any} */ { user, role }) => [user, role]),
    [[ada, "owner"]],
  );
  const organizations = await eventually(
    async () => (await ok(person(ada).get("/v1/users/me/organizations"))).organizations,
    ({ length }) => length === 1,
  );
  assert.deepEqual(organizations, [{ id: org, name: "Acme", role: "owner" }]);
});

test("the operator may repeat the request that named the owner", async () => {
  const [org, owner] = [fresh(), fresh("ada")];
  const once = await ok(root.put(at(org), { name: "x", owner }), 201);
  assert.deepEqual(await ok(root.put(at(org), { name: "x", owner })), once);
  await ok(root.put(`${at(org)}/members/bob`, { role: "owner" }), 201);
  await ok(root.delete(`${at(org)}/members/${owner}`), 204);
  await refused(root.put(at(org), { name: "x", owner }), "request.bad_field");
});

test("no user can have the id me, which means the caller", async () => {
  const org = fresh();
  const problem = await refused(root.put(at(org), { name: "x", owner: "me" }), "request.bad_field");
  assert.deepEqual(pointers(problem), ["/owner"]);
  await refused(root.get(at(org)), "owner.not_found");
  await refused(person("me").get("/v1/whoami"), "auth.invalid");
});

test("an id is 1 to 64 characters of the alphabet, in the path and as an owner", async () => {
  for (const id of ["a", "A-b_9", "x".repeat(64), "me"]) await ok(root.put(at(id), { name: "n" }), 201);
  for (const id of ["x".repeat(65), "a%20b", "a.b", "%C3%A4", "a:b", "%00", "a%2Fb", "~", "%ff", "%zz"]) {
    await refused(root.put(at(id), { name: "n" }), "request.bad_id");
    await refused(root.get(at(id)), "request.bad_id");
    await refused(root.get(`/v1/users/${id}/keys`), "request.bad_id");
  }
  for (const owner of ["", "x".repeat(65), "a b", 7, {}]) {
    assert.deepEqual(
      pointers(await refused(root.put(at(fresh()), { name: "n", owner }), "request.bad_field")),
      ["/owner"],
    );
  }
});

test("a name is 1 to 200 characters", async () => {
  for (const body of [
    {},
    { name: "" },
    { name: " " },
    { name: "x".repeat(201) },
    { name: "a\u0000" },
    { name: 1 },
    { name: null },
  ]) {
    assert.deepEqual(pointers(await refused(root.put(at(fresh()), body), "request.bad_field")), ["/name"]);
  }
  await ok(root.put(at(fresh()), { name: "🔑".repeat(200) }), 201);
});

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
/** @param {object} body @param {import("../client.mjs").Caller} [who] */
const create = (body, who = root) => who.post("/v1/organizations", body);

test("an organization is created once, and Location leads to it", async () => {
  const id = fresh();
  const made = await create({ id, name: "  Acme & Söhne 🔑 " });
  const { created_at, updated_at, permissions, ...rest } = await ok(made, 201);
  const allowed = { max_staleness_seconds: 30, on_outage_max_seconds: 0 };
  assert.deepEqual(rest, { id, name: "Acme & Söhne 🔑", created_by: operator, ...allowed });
  assert.equal(created_at, updated_at);
  assert.equal(made.headers.get("location"), at(id));
  assert.deepEqual(await ok(root.get(at(id))), made.body);
  await refused(create({ id, name: "Another" }), "organization.exists");
  assert.deepEqual(await ok(root.get(at(id))), made.body, "it keeps its name");
});

test("an id with capital letters is taken by one without, and the other way round", async () => {
  for (const [first, second] of [
    ["acme-a", "Acme-A"],
    ["Acme-B", "acme-b"],
    ["Acme-C", "aCME-c"],
  ]) {
    await ok(create({ id: first, name: "n" }), 201);
    await refused(create({ id: second, name: "n" }), "organization.exists");
    await refused(root.get(at(second)), "owner.not_found");
  }
});

test("a person who creates an organization owns it and finds it in their list", async () => {
  const [org, ada] = [fresh(), fresh("ada")];
  await ok(create({ id: org, name: "Acme" }, person(ada)), 201);
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

test("only the operator names the first owner", async () => {
  const [org, ada] = [fresh(), fresh("ada")];
  const problem = await refused(create({ id: org, name: "n", owner: ada }, person(ada)), "request.bad_field");
  assert.deepEqual(pointers(problem), ["/owner"]);
  await ok(create({ id: org, name: "n", owner: ada }), 201);
  assert.equal((await ok(person(ada).get(`${at(org)}/members/me`))).role, "owner");
});

test("no user can have the id me, which means the caller", async () => {
  const id = fresh();
  const problem = await refused(create({ id, name: "x", owner: "me" }), "request.bad_field");
  assert.deepEqual(pointers(problem), ["/owner"]);
  await refused(root.get(at(id)), "owner.not_found");
  await refused(person("me").get("/v1/whoami"), "auth.invalid");
});

test("an id is 1 to 64 characters of the alphabet, of an organization and of an owner", async () => {
  for (const id of ["a", "A-b_9", "x".repeat(64), "me"]) await ok(create({ id, name: "n" }), 201);
  for (const bad of ["", "x".repeat(65), "a b", "a.b", "ä", "a:b", "\u0000", "a/b", "~", 7, {}, null]) {
    const id = await refused(create({ id: bad, name: "n" }), "request.bad_field");
    assert.deepEqual(pointers(id), ["/id"], JSON.stringify(bad));
  }
  for (const bad of ["", "x".repeat(129), "a b", "a.b", "ä", "a:b", "\u0000", "a/b", "~", 7, {}]) {
    const owner = await refused(create({ id: fresh(), name: "n", owner: bad }), "request.bad_field");
    assert.deepEqual(pointers(owner), ["/owner"], JSON.stringify(bad));
  }
  for (const id of ["x".repeat(65), "a%20b", "a.b", "%C3%A4", "a:b", "%00", "a%2Fb", "~", "%ff", "%zz"]) {
    await refused(root.get(at(id)), "request.bad_id");
  }
  for (const id of ["x".repeat(129), "a%20b", "a.b", "%C3%A4", "a:b", "%00", "a%2Fb", "~", "%ff", "%zz"]) {
    await refused(root.get(`/v1/users/${id}/keys`), "request.bad_id");
  }
});

test("a name is 1 to 200 characters", async () => {
  const names = [undefined, "", " ", "x".repeat(201), "a\u0000", 1, null];
  for (const name of names) {
    const problem = await refused(create({ id: fresh(), name }), "request.bad_field");
    assert.deepEqual(pointers(problem), ["/name"], JSON.stringify(name));
  }
  await ok(create({ id: fresh(), name: "🔑".repeat(200) }), 201);
});

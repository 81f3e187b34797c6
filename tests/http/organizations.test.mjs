// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, ok, pointers, refused, serve } from "./client.mjs";

const { root, as, key, orgKey, organization } = await serve();
/** @param {string} id */
const at = (id) => `/v1/organizations/${id}`;

test("PUT creates an organization once, and says where it is", async () => {
  const id = fresh();
  const made = await root.put(at(id), { name: "  Acme & Söhne 🔑 " });
  const { created_at, updated_at, permissions, ...rest } = await ok(made, 201);
  assert.deepEqual(rest, { id, name: "Acme & Söhne 🔑", created_by: { type: "root", id: null } });
  assert.equal(created_at, updated_at);
  assert.equal(made.headers.get("location"), at(id));
  assert.deepEqual(await ok(root.get(at(id))), made.body);
});

test("PUT again changes nothing, with another name it renames", async () => {
  const id = fresh();
  const made = await ok(root.put(at(id), { name: "Acme" }), 201);
  const again = await root.put(at(id), { name: "Acme" });
  assert.deepEqual(await ok(again), made);
  assert.equal(again.headers.get("location"), null);
  const { updated_at, ...renamed } = await ok(root.put(at(id), { name: "Acme Inc." }));
  assert.deepEqual({ ...renamed, updated_at: made.updated_at }, { ...made, name: "Acme Inc." });
  assert.ok(updated_at > made.updated_at);
  const { events } = await ok(root.get(`${at(id)}/events`));
  const told = events.map((/** @type {any} */ { action, details }) => [action, details]);
  assert.deepEqual(told, [
    ["organization.renamed", { name: "Acme Inc." }],
    ["organization.created", { name: "Acme" }],
  ]);
});

test("the operator may name the first owner of a new organization, not of an old one", async () => {
  const id = fresh();
  await ok(root.put(at(id), { name: "Acme", owner: "ada" }), 201);
  const { members } = await ok(root.get(`${at(id)}/members`));
  assert.deepEqual(
    members.map((/** @type {any} */ { user, role }) => [user, role]),
    [["ada", "owner"]],
  );
  const problem = await refused(root.put(at(id), { name: "Acme", owner: "eve" }), "request.bad_field");
  assert.deepEqual(pointers(problem), ["/owner"]);
});

test("ids are 1 to 64 characters of the alphabet, in the path and as an owner", async () => {
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

test("names are 1 to 200 characters", async () => {
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

test("ids differ by case, and users are not organizations", async () => {
  const id = fresh("CASE");
  await ok(root.put(at(id), { name: "n" }), 201);
  await refused(root.get(at(id.toLowerCase())), "owner.not_found");
  await key(`users/${id}`);
  await refused(root.get(at(`${id}x`)), "owner.not_found");
});

test("an organization that does not exist is not found", async () => {
  await refused(root.get(at("nobody")), "owner.not_found");
  await refused(root.get(`${at("nobody")}/members`), "owner.not_found");
});

test("a key sees its own organization by name, and creates and renames none", async () => {
  const { org, token } = await orgKey();
  assert.equal((await ok(as(token).get(at(org)))).id, org);
  await refused(as(token).get(at(await organization())), "owner.not_found");
  await refused(as(token).get(at("nobody")), "owner.not_found");
  const all = await orgKey({ scopes: ["*"] });
  await refused(as(all.token).put(at(all.org), { name: "mine now" }), "auth.forbidden");
  await refused(as(all.token).put(at(org), { name: "mine now" }), "owner.not_found");
  await refused(as(all.token).put(at(fresh()), { name: "new" }), "owner.not_found");
});

// @ts-check
// Members of organizations, and what their personal keys reach.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, fresh, ok, pointers, refused, serve } from "./client.mjs";
import { newKey, startProvider, token } from "./provider.mjs";

const signing = newKey("ES256");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { root } = keyward;
const person = (/** @type {string} */ sub) => keyward.as(token(signing, provider.claims({ sub })));

/** An organization of an owner. @param {string} owner */
async function organizationOf(owner) {
  const org = fresh();
  await ok(person(owner).put(`/v1/organizations/${org}`, { name: "Acme" }), 201);
  return { org, members: `/v1/organizations/${org}/members` };
}

test("who creates an organization owns it, and it is in the list of their organizations", async () => {
  const ada = fresh("ada");
  const { org, members } = await organizationOf(ada);
  const list = await ok(person(ada).get(members));
  assert.deepEqual(
    list.members.map((/** @type {any} */ { user, role }) => [user, role]),
    [[ada, "owner"]],
  );
  const organizations = await eventually(
    async () => (await ok(person(ada).get("/v1/users/me/organizations"))).organizations,
    (found) => found.length === 1,
  );
  assert.deepEqual(organizations, [{ id: org, name: "Acme", role: "owner" }]);
});

test("a new name of the organization reaches its members' lists", async () => {
  const ada = fresh("ada");
  const { org } = await organizationOf(ada);
  await ok(person(ada).put(`/v1/organizations/${org}`, { name: "Renamed" }));
  await eventually(
    async () => (await ok(person(ada).get("/v1/users/me/organizations"))).organizations[0]?.name,
    (name) => name === "Renamed",
  );
});

test("only the operator names an owner, and only of a new organization", async () => {
  const { org } = await organizationOf(fresh("ada"));
  await refused(
    person("eve").put(`/v1/organizations/${fresh()}`, { name: "x", owner: "bob" }),
    "request.bad_field",
  );
  await refused(root.put(`/v1/organizations/${org}`, { name: "x", owner: "bob" }), "request.bad_field");
});

test("the operator may repeat the request that named the owner", async () => {
  const [org, owner] = [fresh(), fresh("ada")];
  const once = await ok(root.put(`/v1/organizations/${org}`, { name: "x", owner }), 201);
  assert.deepEqual(await ok(root.put(`/v1/organizations/${org}`, { name: "x", owner })), once);
  await ok(root.put(`/v1/organizations/${org}/members/bob`, { role: "owner" }), 201);
  await ok(root.delete(`/v1/organizations/${org}/members/${owner}`), 204);
  await refused(root.put(`/v1/organizations/${org}`, { name: "x", owner }), "request.bad_field");
});

test("nobody is called me, since that stands for the asking user", async () => {
  const org = fresh();
  const problem = await refused(
    root.put(`/v1/organizations/${org}`, { name: "x", owner: "me" }),
    "request.bad_field",
  );
  assert.deepEqual(pointers(problem), ["/owner"]);
  await refused(root.get(`/v1/organizations/${org}`), "owner.not_found");
  await refused(person("me").get("/v1/whoami"), "auth.invalid");
});

test("a member is added with 201, changed with 200, and the same again changes nothing", async () => {
  const ada = fresh("ada");
  const { members } = await organizationOf(ada);
  await ok(person(ada).put(`${members}/bob`, { role: "member" }), 201);
  const changed = await ok(person(ada).put(`${members}/bob`, { role: "admin" }));
  assert.deepEqual(await ok(person(ada).put(`${members}/bob`, { role: "admin" })), changed);
  await refused(person(ada).put(`${members}/bob`, { role: "king" }), "request.bad_field");
  await refused(person(ada).put(`${members}/b%20b`, { role: "member" }), "request.bad_id");
});

test("the last owner can neither leave nor be lowered, not even by the operator", async () => {
  const ada = fresh("ada");
  const { members } = await organizationOf(ada);
  for (const who of [person(ada), root]) {
    await refused(who.delete(`${members}/${ada}`), "member.last_owner");
    await refused(who.put(`${members}/${ada}`, { role: "admin" }), "member.last_owner");
  }
  await ok(person(ada).put(`${members}/bob`, { role: "owner" }), 201);
  await ok(person(ada).delete(`${members}/me`), 204);
  await refused(person(ada).get(members), "owner.not_found");
  await refused(person("bob").delete(`${members}/bob`), "member.last_owner");
});

test("anybody may leave, and an admin cannot touch an owner", async () => {
  const ada = fresh("ada");
  const { members } = await organizationOf(ada);
  await ok(person(ada).put(`${members}/adam`, { role: "admin" }), 201);
  await ok(person("adam").put(`${members}/mia`, { role: "member" }), 201);
  await refused(person("adam").delete(`${members}/${ada}`), "auth.forbidden");
  await refused(person("adam").put(`${members}/adam`, { role: "owner" }), "auth.forbidden");
  await ok(person("mia").delete(`${members}/mia`), 204);
  await refused(person(ada).delete(`${members}/mia`), "member.not_found");
});

test("members leave a trail", async () => {
  const ada = fresh("ada");
  const { org, members } = await organizationOf(ada);
  await ok(person(ada).put(`${members}/bob`, { role: "member" }), 201);
  await ok(person(ada).put(`${members}/bob`, { role: "admin" }));
  await ok(person(ada).delete(`${members}/bob`), 204);
  const { events } = await ok(person(ada).get(`/v1/organizations/${org}/events`));
  assert.deepEqual(
    events.map((/** @type {any} */ { action }) => action),
    ["member.removed", "member.changed", "member.added", "member.added", "organization.created"],
  );
  assert.deepEqual(events[1].details, { user: "bob", role: "admin" });
});

for (const consistency of ["fast", "strong"]) {
  test(`a personal key reaches its user's organizations, ${consistency}, until the user leaves`, async () => {
    const [ada, mia] = [fresh("ada"), fresh("mia")];
    const { org, members } = await organizationOf(ada);
    const { token: pat } = await ok(
      person(mia).post("/v1/users/me/keys", { title: "laptop", scopes: ["keys:read"] }),
      201,
    );
    const code = async () =>
      (await ok(root.post("/v1/verify", { key: pat, organization: org, consistency }))).code;
    assert.equal(await code(), "not_a_member");
    await refused(keyward.as(pat).get(`/v1/organizations/${org}/keys`), "owner.not_found");
    await ok(person(ada).put(`${members}/${mia}`, { role: "member" }), 201);
    if (consistency === "strong") assert.equal(await code(), "valid");
    await eventually(code, (found) => found === "valid");
    await ok(keyward.as(pat).get(`/v1/organizations/${org}/keys`));
    await refused(
      keyward.as(pat).post(`/v1/organizations/${org}/keys`, { title: "x" }),
      "auth.insufficient_scope",
    );
    await ok(person(ada).delete(`${members}/${mia}`), 204);
    if (consistency === "strong") assert.equal(await code(), "not_a_member");
    await refused(keyward.as(pat).get(`/v1/organizations/${org}/keys`), "owner.not_found");
    await eventually(code, (found) => found === "not_a_member");
    assert.equal((await ok(root.post("/v1/verify", { key: pat, consistency }))).code, "valid");
  });
}

test("memberships in a token count beside the stored ones, for that request", async () => {
  const claiming = await serve({ bindings: { ...provider.bindings, JWT_ORGANIZATIONS_CLAIM: "orgs" } });
  const org = fresh();
  await ok(claiming.root.put(`/v1/organizations/${org}`, { name: "Acme" }), 201);
  const with_ = (/** @type {object} */ orgs) =>
    claiming.as(token(signing, provider.claims({ sub: "zoe", orgs })));
  await ok(with_({ [org]: "member" }).get(`/v1/organizations/${org}/keys`));
  await refused(
    with_({ [org]: "member" }).put(`/v1/organizations/${org}`, { name: "Mine" }),
    "auth.forbidden",
  );
  await ok(with_({ [org]: "admin" }).put(`/v1/organizations/${org}`, { name: "Ours" }));
  await refused(with_({}).get(`/v1/organizations/${org}/keys`), "owner.not_found");
  assert.deepEqual((await ok(with_({ [org]: "member" }).get("/v1/whoami"))).organizations, [
    { id: org, name: null, role: "member" },
  ]);
});

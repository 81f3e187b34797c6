// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fresh, ok, refused, serve } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("ES256");
const provider = await startProvider([signing]);
after(() => provider.stop());
const { root, as, key } = await serve({ bindings: provider.bindings });
const person = (/** @type {string} */ sub) => as(token(signing, provider.claims({ sub })));

/** An organization with an owner and a member. */
async function acme() {
  const [org, ada, bob] = [fresh(), fresh("ada"), fresh("bob")];
  await ok(root.post("/v1/organizations", { id: org, name: "Acme", owner: ada }), 201);
  const members = `/v1/organizations/${org}/members`;
  const { effective, ...added } = await ok(root.put(`${members}/${bob}`, { role: "member" }), 201);
  assert.equal(effective, null, "nothing was taken away");
  return { org, members, ada, bob, added };
}

test("a member is shown as it was added, to whoever may read members", async () => {
  const { org, members, ada, bob, added } = await acme();
  assert.deepEqual(await ok(root.get(`${members}/${bob}`)), added);
  const { token } = await key(`organizations/${org}`, { scopes: ["members:read"] });
  for (const who of [person(ada), person(bob), as(token)]) {
    const { permissions: _, ...shown } = await ok(who.get(`${members}/${bob}`));
    assert.deepEqual({ ...shown, permissions: added.permissions }, added);
  }
});

test("permissions say what the caller may do with the membership", async () => {
  const { members, ada, bob } = await acme();
  const permissions = async (/** @type {string} */ who, /** @type {string} */ user) =>
    (await ok(person(who).get(`${members}/${user}`))).permissions;
  assert.deepEqual(await permissions(ada, bob), ["get_member", "put_member", "remove_member"]);
  assert.deepEqual(await permissions(bob, ada), ["get_member"]);
  assert.deepEqual(await permissions(bob, "me"), ["get_member", "remove_member"]);
});

test("me is the calling user, whatever scopes their key holds", async () => {
  const { members, ada, bob } = await acme();
  const { token } = await key(`users/${bob}`, { scopes: [] });
  for (const who of [person(bob), as(token)]) {
    const { user, role } = await ok(who.get(`${members}/me`));
    assert.deepEqual([user, role], [bob, "member"]);
  }
  await refused(as(token).get(`${members}/${ada}`), "auth.insufficient_scope");
});

test("whoever is no member is not found, and me is nobody for a caller that is no user", async () => {
  const { org, members, ada } = await acme();
  const { token } = await key(`organizations/${org}`, { scopes: ["*"] });
  await refused(person(ada).get(`${members}/nobody`), "member.not_found");
  for (const who of [root, as(token)]) await refused(who.get(`${members}/me`), "member.not_found");
  await refused(person(ada).get(`${members}/b%20b`), "request.bad_id");
  await refused(person(ada).get(`${members}/me?x=1`), "request.bad_parameter");
});

test("strangers see neither the members nor the organization", async () => {
  const { members, ada } = await acme();
  for (const user of [ada, "eve", "me"])
    await refused(person("eve").get(`${members}/${user}`), "owner.not_found");
});

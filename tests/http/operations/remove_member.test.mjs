// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fresh, ok, refused, serve } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("ES256");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { root } = keyward;
const person = (/** @type {string} */ sub) => keyward.as(token(signing, provider.claims({ sub })));

test("any member may leave, and an admin can neither remove nor appoint an owner", async () => {
  const [org, ada] = [fresh(), fresh("ada")];
  await ok(root.post("/v1/organizations", { id: org, name: "Acme", owner: ada }), 201);
  const members = `/v1/organizations/${org}/members`;
  await ok(root.put(`${members}/adam`, { role: "admin" }), 201);
  await ok(root.put(`${members}/mia`, { role: "member" }), 201);
  await refused(person("adam").delete(`${members}/${ada}`), "auth.forbidden");
  await refused(person("adam").put(`${members}/adam`, { role: "owner" }), "auth.forbidden");
  await ok(person("mia").delete(`${members}/mia`));
  await refused(person(ada).delete(`${members}/mia`), "member.not_found");
});

test("an organization keeps its last owner", async () => {
  const [org, ada] = [fresh(), fresh("ada")];
  await ok(root.post("/v1/organizations", { id: org, name: "Acme", owner: ada }), 201);
  await refused(root.delete(`/v1/organizations/${org}/members/${ada}`), "member.last_owner");
  assert.equal((await ok(root.get(`/v1/organizations/${org}/members`))).members.length, 1);
});

test("removing takes no parameters and no body", async () => {
  const [org, mia] = [fresh(), fresh("mia")];
  await ok(root.post("/v1/organizations", { id: org, name: "Acme", owner: mia }), 201);
  const member = `/v1/organizations/${org}/members/${mia}`;
  await refused(root.delete(`${member}?force=true`), "request.bad_parameter");
  await refused(root.call("DELETE", member, { force: true }), "request.bad_field");
  await refused(root.delete(`/v1/organizations/${org}/members/m%20a`), "request.bad_id");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, ok, refused, serve } from "../client.mjs";

const { root, as, key, orgKey, organization } = await serve();
/** @param {string} id */
const at = (id) => `/v1/organizations/${id}`;

test("an id is found as it was given, and a user is not an organization", async () => {
  const id = fresh("CASE");
  await ok(root.post("/v1/organizations", { id, name: "n" }), 201);
  await refused(root.get(at(id.toLowerCase())), "owner.not_found");
  await key(`users/${id}`);
  await refused(root.get(at(`${id}x`)), "owner.not_found");
});

test("an organization that does not exist is not found", async () => {
  await refused(root.get(at("nobody")), "owner.not_found");
  await refused(root.get(`${at(await organization())}?fields=id`), "request.bad_parameter");
});

test("a key sees its own organization only, and can neither create nor rename one", async () => {
  const { org, token } = await orgKey();
  assert.equal((await ok(as(token).get(at(org)))).id, org);
  await refused(as(token).get(at(await organization())), "owner.not_found");
  await refused(as(token).get(at("nobody")), "owner.not_found");
  const all = await orgKey({ scopes: ["*"] });
  await refused(as(all.token).patch(at(all.org), { name: "mine now" }), "auth.forbidden");
  await refused(as(all.token).patch(at(org), { name: "mine now" }), "owner.not_found");
  await refused(as(all.token).post("/v1/organizations", { id: fresh(), name: "new" }), "auth.forbidden");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { root, operator, as, nobody, key, orgKey } = await serve();
/** @param {string} token */
const whoami = (token) => as(token).get("/v1/whoami");

test("the operator is root and reaches everything", async () => {
  assert.deepEqual(await ok(root.get("/v1/whoami")), {
    ...operator,
    scopes: ["*"],
    organizations: [],
    key: null,
    session: null,
    permissions: ["verify_key", "create_organization", "get_metrics", "list_organizations"],
  });
});

test("an organization's key is described with its organization", async () => {
  const { org, token, path, ...shown } = await orgKey({ scopes: ["orders:read", "a"] });
  const { key: described, ...who } = await ok(whoami(token));
  assert.deepEqual(who, {
    type: "key",
    id: shown.id,
    scopes: ["a", "orders:read"],
    organizations: [{ id: org, name: org, role: null }],
    session: null,
    permissions: [],
  });
  assert.deepEqual({ ...described, last_used_at: null }, { ...shown, token: null, permissions: [] });
});

test("a publishable key may ask who it is", async () => {
  const { id, token } = await orgKey({ type: "publishable" });
  const who = await ok(whoami(token));
  assert.deepEqual([who.type, who.id, who.key.token], ["key", id, token]);
});

test("a personal key is described with its user's organizations", async () => {
  const { id, token } = await key("users/ada", { scopes: ["x"] });
  const alone = await ok(whoami(token));
  assert.deepEqual([alone.type, alone.id, alone.scopes, alone.organizations], ["key", id, ["x"], []]);
  assert.deepEqual(alone.key.owner, { type: "user", id: "ada" });
});

test("a retiring key still works", async () => {
  const { token, path } = await orgKey();
  await ok(root.post(`${path}/revoke`, { revoke_in: 60 }));
  assert.equal((await ok(whoami(token))).key.status, "retiring");
});

test("a caller without a credential is asked for one and learns nothing else", async () => {
  const { challenge } = await refused(nobody.get("/v1/whoami"), "auth.missing");
  assert.equal(challenge, 'Bearer realm="keyward"');
});

test("whoami takes no parameters", async () => {
  await refused(root.get("/v1/whoami?verbose=1"), "request.bad_parameter");
});

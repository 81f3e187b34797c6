// @ts-check
// Operator keys: keys of the deployment, for the operator's own programs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, refused, serve } from "./client.mjs";

const { root, as, key, orgKey } = await serve();

test("an operator key verifies every key, also while KV has both, until it is revoked", async () => {
  const operator = await key("deployment", { scopes: ["keys:verify"] });
  const keys = [await orgKey(), await key("users/ada"), await key("deployment")];
  for (const consistency of ["fast", "strong"]) {
    for (const { token } of keys) {
      const verify = () => as(operator.token).post("/v1/verify", { key: token, consistency });
      const { body } = await eventually(verify, ({ body }) => body.consistency === consistency);
      assert.equal(body.code, "valid");
    }
  }
  const { body } = await as(operator.token).post("/v1/verify", { key: keys[2].token });
  assert.deepEqual(body.key.owner, { type: "deployment", id: null });
  await ok(root.post(`${operator.path}/revoke`));
  await refused(as(operator.token).get("/v1/whoami"), "auth.invalid");
  await eventually(
    () => as(operator.token).post("/v1/verify", { key: keys[0].token }),
    ({ status }) => status === 401,
  );
});

test("an operator key is named in the trail of what it does", async () => {
  const { id, token } = await key("deployment", { title: "Billing", scopes: ["organizations:write"] });
  const made = await ok(as(token).post("/v1/organizations", { id: "made-by-billing", name: "n" }), 201);
  assert.deepEqual(made.created_by, { type: "operator_key", id });
  const { events } = await ok(root.get("/v1/deployment/events"));
  assert.ok(events.some((/** @type {any} */ { key, action }) => key?.id === id && action === "key.created"));
});

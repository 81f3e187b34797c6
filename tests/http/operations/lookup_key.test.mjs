// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

const { root, as, nobody, sealKeys, orgKey } = await serve();
const lookUp = (/** @type {string} */ token, caller = root) => caller.post("/v1/lookup", { token });

test("a key is found by its text, as it is shown by its id", async () => {
  const { path, token } = await orgKey({ scopes: ["keys:read"] });
  assert.deepEqual(await ok(lookUp(token)), await ok(root.get(path)));
  await ok(root.post(`${path}/revoke`));
  assert.deepEqual(await ok(lookUp(token)), await ok(root.get(path)));
});

test("what is no key of this deployment, is not known, or may not be read is not found", async () => {
  const { org, token } = await orgKey();
  const lost = mint({ owner: `organization:${org}`, sealKey: sealKeys });
  for (const text of ["", "x", mint({ owner: `organization:${org}` }), lost])
    await refused(lookUp(text), "key.not_found");
  await refused(lookUp(token, as(token)), "key.not_found");
  await refused(lookUp(token, nobody), "auth.missing");
});

test("a question is read strictly", async () => {
  assert.deepEqual(pointers(await refused(root.post("/v1/lookup", {}), "request.bad_field")), ["/token"]);
  await refused(root.post("/v1/lookup?x=1", { token: "x" }), "request.bad_parameter");
});

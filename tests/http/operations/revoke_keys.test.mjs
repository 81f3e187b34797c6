// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { acts, eventually, ok, pointers, refused, serve } from "../client.mjs";

const { root, as, key, orgKey, verdict } = await serve();
const strong = { consistency: "strong" };

test("all that a key has made is revoked at once, with what was made with that", async () => {
  const { org, id, token } = await orgKey({ scopes: ["keys:write"] });
  const owner = `organizations/${org}`;
  const child = await acts(as(token)).key(owner, { scopes: ["keys:write"] });
  const grandchild = await acts(as(child.token)).key(owner);
  const bystander = await key(owner);
  const revoke = (/** @type {object} */ body) =>
    ok(root.post(`/v1/${owner}/keys/revoke`, { created_by: `key:${id}`, ...body }));
  const dry = await revoke({ dry_run: true });
  assert.deepEqual(
    dry.keys.map((/** @type {any} */ { id }) => id),
    [child.id, grandchild.id],
  );
  assert.deepEqual([dry.count, dry.has_more, dry.dry_run], [2, false, true]);
  for (const made of [child, grandchild]) assert.equal(await verdict(made.token, strong), "valid");
  const { effective, ...done } = await revoke({ reason: "leaked" });
  assert.deepEqual({ ...done, effective: null }, { ...dry, dry_run: false });
  assert.equal(typeof effective.by, "string");
  for (const made of [child, grandchild]) {
    assert.equal(await verdict(made.token, strong), "revoked");
    await eventually(
      () => verdict(made.token),
      (code) => code === "revoked",
    );
  }
  for (const other of [token, bystander.token]) assert.equal(await verdict(other, strong), "valid");
  assert.equal((await revoke({})).count, 0);
});

test("on a user's account and on the deployment it is the same", async () => {
  const { id, token } = await key("users/ada", { scopes: ["*"] });
  const made = await acts(as(token)).key("users/ada");
  const { keys } = await ok(root.post("/v1/users/ada/keys/revoke", { created_by: "user:ada" }));
  assert.deepEqual([keys.length, keys[0].id, keys[0].created_by.key], [1, made.id, id]);
  const deployment = await ok(root.post("/v1/deployment/keys/revoke", { created_by: "user:ada" }));
  assert.deepEqual(deployment, {
    keys: [],
    count: 0,
    has_more: false,
    unreadable: 0,
    dry_run: false,
    effective: null,
  });
});

test("whose keys are meant has to be said", async () => {
  const { org } = await orgKey();
  const path = `/v1/organizations/${org}/keys/revoke`;
  for (const body of [undefined, {}, { created_by: "ada" }, { created_by: "organization:acme" }]) {
    const problem = await refused(root.post(path, body), "request.bad_field");
    assert.deepEqual(pointers(problem), ["/created_by"]);
  }
  await refused(root.post(`${path}?dry_run=true`, { created_by: "user:ada" }), "request.bad_parameter");
});

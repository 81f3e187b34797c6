// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { root, key, orgKey } = await serve();

test("a key is shown as it was created, without its text", async () => {
  const { path, token, org, ...created } = await orgKey({ scopes: ["a"], metadata: { n: 1 } });
  assert.deepEqual(await ok(root.get(path)), { ...created, token: null });
});

test("a key is found only under its own owner", async () => {
  const { id, org } = await orgKey();
  const other = await orgKey();
  await refused(root.get(`/v1/organizations/${other.org}/keys/${id}`), "key.not_found");
  await refused(root.get(`/v1/users/${org}/keys/${id}`), "key.not_found");
  await refused(root.get(`/v1/organizations/nobody/keys/${id}`), "owner.not_found");
});

test("an unknown id is not found, a malformed one is refused", async () => {
  const { org } = await orgKey();
  await refused(root.get(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z`), "key.not_found");
  const bad = [
    "x",
    "apk_",
    "apk_01kahq0000000000000000000z",
    "apk_01KAHQ000000000000000000",
    "evt_01KAHQ0000000000000000000Z",
    "apk_81KAHQ0000000000000000000Z",
    "apk_01KAHQ0000000000000000000%5A",
    "kw_sk_test_x",
  ];
  for (const id of bad) await refused(root.get(`/v1/organizations/${org}/keys/${id}`), "request.bad_id");
});

test("for a caller that is not a user, me is nobody", async () => {
  const { id } = await key("users/ada");
  await refused(root.get(`/v1/users/me/keys/${id}`), "owner.not_found");
});

test("reading takes no parameters", async () => {
  const { path } = await orgKey();
  await refused(root.get(`${path}?fields=id`), "request.bad_parameter");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, pointers, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

const { root, nobody, as, key, orgKey, verdict } = await serve();
const strong = { consistency: "strong" };
const headers = { "content-type": "application/x-www-form-urlencoded" };

/** @param {Record<string, string> | string[][] | string} form @param {import("../client.mjs").Caller} [who] */
const revoke = (form, who = nobody) =>
  who.call("POST", "/v1/revoke", new URLSearchParams(form).toString(), { headers });

test("whoever holds a key's text revokes it, at once for strong verifies and soon for fast ones", async () => {
  const { org, path, token, id } = await orgKey();
  assert.equal(await verdict(token), "valid");
  assert.deepEqual(await ok(revoke({ token })), {});
  assert.equal(await verdict(token, strong), "revoked");
  await eventually(
    () => verdict(token),
    (code) => code === "revoked",
  );
  assert.deepEqual((await ok(root.get(path))).revoked_by, { type: "key", id });
  const { events } = await ok(root.get(`/v1/organizations/${org}/events?key=${id}&action=key.revoked`));
  assert.deepEqual(
    events.map((/** @type {any} */ { actor, details }) => [actor, details.via, details.source]),
    [[{ type: "key", id }, "possession", undefined]],
  );
});

test("the answer is the same for every text and whoever asks", async () => {
  const { token, path } = await key("users/ada");
  const caller = as(token);
  await ok(root.post(`${path}/revoke`));
  for (const text of [token, mint({ owner: "user:ada" }), "x", "\0", "é\ud83d\ude00", "x".repeat(60_000)])
    for (const who of [nobody, root, caller, as("x y")])
      assert.deepEqual(await ok(revoke({ token: text }, who)), {});
});

test("a publishable key is left as it is", async () => {
  const { token } = await orgKey({ type: "publishable" });
  assert.deepEqual(await ok(revoke({ token })), {});
  assert.equal(await verdict(token, strong), "valid");
});

test("a form without a token, with a parameter twice, or that is none is refused, and nothing happens", async () => {
  const { token } = await orgKey();
  assert.deepEqual(pointers(await refused(revoke({ token: "" }), "request.bad_field")), ["/token"]);
  await refused(
    revoke([
      ["token", token],
      ["token", token],
    ]),
    "request.bad_field",
  );
  await refused(nobody.post("/v1/revoke", { token }), "request.not_form");
  await refused(nobody.post("/v1/revoke"), "request.bad_field");
  await refused(revoke({ token, padding: "x".repeat(65_536) }), "request.too_large");
  assert.equal(await verdict(token, strong), "valid");
  assert.deepEqual(await ok(revoke({ token, token_type_hint: "access_token", client_id: "x" })), {});
  assert.equal(await verdict(token, strong), "revoked");
});

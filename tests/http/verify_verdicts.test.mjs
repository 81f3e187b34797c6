// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { newSealKey } from "../../scripts/keys.mjs";
import { ahead, ok, serve, until } from "./client.mjs";
import { mint } from "./mint.mjs";

const { root, sealKeys, key, orgKey, organization, verdict } = await serve();
const strong = { consistency: "strong" };

test("text that is no key is malformed, whatever it is", async () => {
  const { token } = await orgKey();
  const texts = [
    "",
    " ",
    "x",
    ` ${token}`,
    `${token} `,
    `${token}\n`,
    `secret-token:${token}`,
    token.toUpperCase(),
    token.slice(0, -1),
    `${token}0`,
    "🔑".repeat(20),
    "\u0000",
    "x".repeat(60_000),
    `${token.slice(0, -1)}${token.at(-1) === "0" ? "1" : "0"}`,
  ];
  for (const text of texts) assert.equal(await verdict(text), "malformed", text.slice(0, 20));
});

test("a key of another brand or environment is not from here", async () => {
  const owner = "organization:acme";
  for (const parts of [{ brand: "acme" }, { environment: "live" }, { brand: "acme", environment: "live" }]) {
    assert.equal(await verdict(mint({ owner, ...parts })), "wrong_environment");
    assert.equal(await verdict(mint({ owner, ...parts, sealKey: sealKeys })), "wrong_environment");
  }
});

test("a well-formed key that this deployment did not make is forged", async () => {
  const { org, token } = await orgKey();
  const owner = `organization:${org}`;
  for (const sealKey of [undefined, newSealKey(), "00".repeat(32)])
    assert.equal(await verdict(mint({ owner, sealKey })), "forged");
  const swapped = mint({ owner, kind: "pk" });
  assert.equal(await verdict(swapped), "forged");
  assert.equal(await verdict(token), "valid");
});

test("an authentic key that no ledger knows is unknown", async () => {
  const org = await organization();
  const lost = mint({ owner: `organization:${org}`, sealKey: sealKeys });
  for (const question of [{}, strong, {}]) assert.equal(await verdict(lost, question), "unknown");
  assert.equal(
    await verdict(mint({ owner: "organization:never-existed", sealKey: sealKeys }), strong),
    "unknown",
  );
});

test("an expired key is expired, on both paths, from its instant on", async () => {
  const { token, expires_at } = await orgKey({ expires_at: ahead(2000) });
  for (const question of [{}, strong]) assert.equal(await verdict(token, question), "valid");
  await until(expires_at);
  for (const question of [{}, strong]) assert.equal(await verdict(token, question), "expired");
});

test("a revoked and expired key is revoked", async () => {
  const { path, token, expires_at } = await orgKey({ expires_at: ahead(1500) });
  await ok(root.post(`${path}/revoke`));
  await until(expires_at);
  assert.equal(await verdict(token, strong), "revoked");
});

test("all scopes that are asked for have to be held; * alone holds every one", async () => {
  const { token } = await orgKey({ scopes: ["orders:read", "orders:*"] });
  const all = await orgKey({ scopes: ["*"] });
  const cases = /** @type {const} */ ([
    [[], "valid"],
    [["orders:read"], "valid"],
    [["orders:*"], "valid"],
    [["orders:read", "orders:write"], "insufficient_scope"],
    [["orders"], "insufficient_scope"],
    [["*"], "insufficient_scope"],
  ]);
  for (const [scopes, expected] of cases) {
    assert.equal(await verdict(token, { scopes }), expected, scopes.join());
    assert.equal(await verdict(all.token, { scopes }), "valid", scopes.join());
  }
});

test("an organization's key reaches its own organization and no other", async () => {
  const { org, token } = await orgKey({ scopes: ["a"] });
  for (const question of [{}, strong]) {
    assert.equal(await verdict(token, { organization: org, ...question }), "valid");
    assert.equal(await verdict(token, { organization: "another", ...question }), "not_a_member");
    assert.equal(
      await verdict(token, { organization: "another", scopes: ["b"], ...question }),
      "not_a_member",
    );
    assert.equal(await verdict(token, { organization: null, ...question }), "valid");
  }
});

test("a personal key reaches the organizations of its user, until the membership ends", async () => {
  const org = await organization();
  const { token } = await key("users/ada");
  assert.equal(await verdict(token), "valid");
  assert.equal(await verdict(token, { organization: org, ...strong }), "not_a_member");
  await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "member" }), 201);
  assert.equal(await verdict(token, { organization: org, ...strong }), "valid");
  await ok(root.delete(`/v1/organizations/${org}/members/ada`), 204);
  assert.equal(await verdict(token, { organization: org, ...strong }), "not_a_member");
  assert.equal(await verdict(token, { organization: "nobody", ...strong }), "not_a_member");
});

// @ts-check
// A deployment that requires Cloudflare Access of every request, on the hot path and off it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ok, refused, serve } from "./client.mjs";
import { newKey, startProvider, token } from "./provider.mjs";

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, rootKey, nobody, as } = await serve({
  bindings: { ACCESS_TEAM_DOMAIN: provider.url, ACCESS_AUDIENCE: "tag", ACCESS_REQUIRED: "true" },
});
const assertion = token(signer, {
  iss: provider.url,
  aud: ["tag"],
  sub: "",
  common_name: "ci.access",
  exp: Math.floor(Date.now() / 1000) + 3600,
});
const through = { headers: { "cf-access-jwt-assertion": assertion } };

test("a verify with the root key is refused without an assertion, before and after one that has it", async () => {
  const verify = (/** @type {object} */ init = {}) => root.call("POST", "/v1/verify", { key: "x" }, init);
  await refused(verify(), "auth.missing");
  assert.equal((await ok(verify(through))).code, "malformed");
  await refused(verify(), "auth.missing");
  const { detail } = await refused(root.get("/v1/whoami"), "auth.missing");
  assert.match(detail, /Cloudflare Access/);
});

test("an assertion alone makes a program its service, and another credential counts as it does anywhere", async () => {
  const { id, organizations } = await ok(nobody.call("GET", "/v1/whoami", undefined, through));
  assert.deepEqual([id, organizations], ["service~3Aci~2Eaccess", []]);
  await refused(as("x").call("GET", "/v1/whoami", undefined, through), "auth.invalid");
  assert.equal((await ok(as(rootKey).call("GET", "/v1/whoami", undefined, through))).type, "root");
});

test("how people sign in is told to those who came through Access, and health to everybody", async () => {
  await refused(nobody.get("/v1/session/options"), "auth.missing");
  await ok(nobody.call("GET", "/v1/session/options", undefined, through));
  await ok(nobody.get("/health"));
});

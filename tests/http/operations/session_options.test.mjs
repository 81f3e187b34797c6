// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const issuer = "https://id.example/";
const provider = { JWT_ISSUER: issuer, JWT_AUDIENCE: "keyward", JWT_JWKS_URL: `${issuer}keys` };
const { nobody } = await serve({ bindings: provider });

test("anyone may ask how people sign in", async () => {
  assert.deepEqual(await ok(nobody.get("/v1/session/options")), {
    brand: "kw",
    environment: "test",
    identity_provider: { issuer, sign_in_url: null },
  });
});

test("the options take no parameters", async () => {
  await refused(nobody.get("/v1/session/options?x=1"), "request.bad_parameter");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { nobody, url } = await serve();
const PATH = "/.well-known/oauth-authorization-server";

test("anybody may ask what there is for programs that speak OAuth, and only what is true is said", async () => {
  assert.deepEqual(await ok(nobody.get(PATH)), {
    issuer: url,
    introspection_endpoint: `${url}/v1/introspect`,
    introspection_endpoint_auth_methods_supported: ["client_secret_basic", "Bearer"],
    revocation_endpoint: `${url}/v1/revoke`,
    revocation_endpoint_auth_methods_supported: ["none"],
    response_types_supported: [],
    grant_types_supported: [],
  });
  await refused(nobody.get(`${PATH}?x=1`), "request.bad_parameter");
  await refused(nobody.post(PATH), "route.method_not_allowed");
});

test("what else programs look for at well-known paths is not there, and no page is shown for it", async () => {
  for (const path of [
    "openid-configuration",
    "oauth-protected-resource",
    "oauth-authorization-server/v1",
    "",
  ])
    await refused(nobody.get(`/.well-known/${path}`), "route.not_found");
});

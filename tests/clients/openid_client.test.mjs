// @ts-check
// openid-client, unchanged: it discovers the deployment by itself, introspects keys and revokes them.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { environments } from "../../scripts/environments.mjs";
import {
  between,
  caller,
  FAULTS,
  good,
  key,
  org,
  outages,
  REFUSED,
  restarts,
  url,
  verdict,
} from "./guarded.mjs";

const entry = join(await environments(), "node_modules/openid-client/build/index.js");
/** @type {any} */
const openid = await import(pathToFileURL(entry).href);

/** A client that has found a deployment by itself. @param {unknown} authentication @param {{ address?: string, id?: string }} [where] */
async function discovered(authentication, { address: found = url, id = caller.id } = {}) {
  // The worker of the tests has no certificate.
  const options = { algorithm: "oauth2", execute: [openid.allowInsecureRequests] };
  const config = await openid.discovery(new URL(found), id, undefined, authentication, options);
  // From here on through what can fail.
  config[openid.customFetch] = (/** @type {string} */ address, /** @type {any} */ init) =>
    fetch(address.replace(url, between.url), init);
  return config;
}

const basic = () => discovered(openid.ClientSecretBasic(caller.token));

test("openid-client finds the deployment, and introspects keys of every kind", async () => {
  between.answer();
  const config = await basic();
  const found = config.serverMetadata();
  assert.equal(found.issuer, url);
  assert.equal(found.introspection_endpoint, `${url}/v1/introspect`);
  const answer = await openid.tokenIntrospection(config, good, { token_type_hint: "access_token" });
  const { active, scope, client_id, sub, token_type, iss, organization, keyward } = answer;
  assert.deepEqual([active, scope, token_type, iss], [true, "orders:read", "Bearer", url]);
  assert.deepEqual([sub, organization], [`organization:${org}`, org]);
  assert.deepEqual([keyward.code, keyward.key.id], ["valid", client_id]);
  for (const [what, token] of REFUSED) {
    const refused = await openid.tokenIntrospection(config, token, { scope: "orders:read" });
    assert.deepEqual(refused, { active: false }, what);
  }
  // The key is right, and does not reach that organization.
  const elsewhere = await openid.tokenIntrospection(config, good, { organization: "somewhere-else" });
  assert.deepEqual(elsewhere, { active: false });
});

/** What a key is introspected as, as a status. @param {any} config @returns {(token: string) => Promise<number>} */
const statusOf = (config) => (token) =>
  openid.tokenIntrospection(config, token).then(
    (/** @type {any} */ { active }) => (active ? 200 : 401),
    (/** @type {any} */ { status, cause }) => status ?? cause?.status ?? 0,
  );

test("openid-client takes no fault of the deployment for an active key", async () => {
  const config = await basic();
  for (const [what, fault] of Object.entries(FAULTS)) {
    between.answer(fault);
    await assert.rejects(openid.tokenIntrospection(config, good), what);
  }
  await outages(statusOf(config), { refused: 401, unavailable: 503 });
  const wrong = await discovered(openid.ClientSecretBasic(good));
  await assert.rejects(openid.tokenIntrospection(wrong, good), { status: 401 });
});

test("openid-client: while the worker starts again no key is active, and then those that were before", (t) =>
  restarts(
    t,
    async ({ KEYWARD_URL: address, KEYWARD_API_KEY: secret, KEYWARD_KEY_ID: id }) =>
      statusOf(await discovered(openid.ClientSecretBasic(secret), { address, id })),
    // There is no answer at all.
    { refused: 401, unavailable: 0 },
  ));

test("openid-client revokes a key by its text, whoever it is, and every other text as well", async () => {
  between.answer();
  for (const authentication of [openid.None(), openid.ClientSecretBasic(caller.token)]) {
    const config = await discovered(authentication);
    const { token } = await key(`organizations/${org}`);
    assert.equal(await verdict(token), "valid");
    await openid.tokenRevocation(config, token);
    assert.equal(await verdict(token, { consistency: "strong" }), "revoked");
    await openid.tokenRevocation(config, token);
    await openid.tokenRevocation(config, "no-key-at-all");
    const asker = await basic();
    const strong = { max_staleness_seconds: "0" };
    assert.deepEqual(await openid.tokenIntrospection(asker, token, strong), { active: false });
  }
});

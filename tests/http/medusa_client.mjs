// @ts-check
// What a program does with Medusa's published client, in Node and in browsers: every method, and what can go wrong.
import MedusaModule from "@medusajs/js-sdk";

// In Node the package's default export is inside another.
/** @type {typeof MedusaModule.default} */
const Medusa = /** @type {any} */ (MedusaModule).default ?? MedusaModule;

/** @typedef {{ baseUrl: string, apiKey: string, weak: string, operator: string, organization: string }} Given */

/**
 * Does all that, and tells what was not as it should be.
 * @param {Given} given a key that may do everything, one that may do nothing, and the operator's with an organization
 */
export async function useMedusa({ baseUrl, apiKey, weak, operator, organization }) {
  /** @type {string[]} */
  const wrong = [];
  let checks = 0;
  const is = (/** @type {string} */ what, /** @type {unknown} */ found, /** @type {unknown} */ expected) => {
    checks += 1;
    // In which order an object has its fields is no matter.
    const sorted = (/** @type {string} */ _, /** @type {any} */ value) =>
      value?.constructor === Object ? Object.fromEntries(Object.entries(value).sort()) : value;
    const [a, b] = [found, expected].map((value) => JSON.stringify(value, sorted));
    if (a !== b) wrong.push(`${what}: ${a} instead of ${b}`);
  };
  /** Status and message of what the client throws. @param {Promise<unknown>} call @returns {Promise<[number, string]>} */
  const error = (call) =>
    call.then(
      () => [200, ""],
      ({ status, message }) => [status, message],
    );
  const sdk = new Medusa({ baseUrl, apiKey });
  const { apiKey: keys, salesChannel: channels } = sdk.admin;

  // Creating.
  const { api_key: secret } = await keys.create({ title: "Integration", type: "secret" });
  is("type", secret.type, "secret");
  is("token", /^kw_sk_test_1\w{57}$/.test(secret.token), true);
  is("redacted", secret.redacted, `kw_sk_test_***${secret.token.slice(-4)}`);
  is("unused", [secret.last_used_at, secret.revoked_at, secret.revoked_by], [null, null, null]);
  is("date", new Date(secret.created_at).toISOString(), secret.created_at);
  const { api_key: web } = await keys.create({ title: "Storefront", type: "publishable" });
  is("publishable", /^kw_pk_test_1\w{57}$/.test(web.token), true);
  is("without a body", await error(keys.create(/** @type {any} */ ({}))), [
    400,
    "Invalid request: Field 'title' is required; Field 'type' is required",
  ]);
  is("another field", await error(keys.create(/** @type {any} */ ({ title: "A", type: "secret", x: 1 }))), [
    400,
    "Invalid request: Unrecognized fields: 'x'",
  ]);

  // Retrieving and listing.
  const { api_key: got } = await keys.retrieve(secret.id);
  is("shown again", [got.id, got.title, got.token], [secret.id, "Integration", ""]);
  is("fields of retrieve", Object.keys(got).sort(), [
    "created_at",
    "created_by",
    "id",
    "last_used_at",
    "redacted",
    "revoked_at",
    "revoked_by",
    "sales_channels",
    "title",
    "token",
    "type",
    "updated_at",
  ]);
  const none = "apk_01KAHQ0000000000000000000A";
  is("unknown", await error(keys.retrieve(none)), [404, `API Key with id: ${none} was not found`]);
  const titles = async (/** @type {any} */ query) =>
    (await keys.list(query)).api_keys.map((/** @type {{ title: string }} */ { title }) => title).sort();
  is("type", await titles({ type: "publishable" }), ["Storefront"]);
  is("q", await titles({ q: "integr" }), ["Integration"]);
  is("q is no pattern", await titles({ q: "%" }), []);
  is("titles", await titles({ title: ["Integration", "Storefront"] }), ["Integration", "Storefront"]);
  is("ids", await titles({ id: [web.id] }), ["Storefront"]);
  is("token", await titles({ token: web.token }), ["Storefront"]);
  is("dates", await titles({ created_at: { $gte: new Date(web.created_at) } }), ["Storefront"]);
  is("not revoked", await titles({ revoked_at: "null", type: "publishable" }), ["Storefront"]);
  is("or", await titles({ $or: [{ title: "Storefront" }, { id: secret.id }] }), [
    "Integration",
    "Storefront",
  ]);
  is("and", await titles({ $and: [{ title: "Storefront" }, { type: "secret" }] }), []);
  const page = await keys.list({ limit: 1, offset: 1, order: "-created_at", fields: "title" });
  is("page", page, {
    api_keys: [{ id: secret.id, title: "Integration" }],
    count: page.count,
    limit: 1,
    offset: 1,
  });
  is("count", page.count >= 4, true);
  is("an unknown parameter", await error(keys.list(/** @type {any} */ ({ foo: 1 }))), [
    400,
    "Invalid request: Unrecognized fields: 'foo'",
  ]);

  // Updating.
  const { api_key: renamed } = await keys.update(secret.id, { title: "Renamed" }, { fields: "title" });
  is("renamed", renamed, { id: secret.id, title: "Renamed" });
  is("an unknown key", (await error(keys.update(none, { title: "A" })))[0], 404);
  is("no title", await error(keys.update(secret.id, /** @type {any} */ ({}))), [
    400,
    "Invalid request: Field 'title' is required",
  ]);

  // Sales channels.
  const { sales_channel: shop } = await channels.create({ name: "Shop", description: "Online" });
  is("a channel", [shop.name, shop.description, shop.is_disabled], ["Shop", "Online", false]);
  const { api_key: linked } = await keys.batchSalesChannels(web.id, { add: [shop.id] });
  is("linked", linked.sales_channels, [{ id: shop.id, name: "Shop" }]);
  const found = await channels.list({ publishable_key_id: web.id });
  is("channels of the key", [found.count, found.sales_channels[0]?.id], [1, shop.id]);
  is("its own text says", (await asked(baseUrl, web.token)).key.links, [shop.id]);
  is("a link of a secret key", await error(keys.batchSalesChannels(secret.id, { add: [shop.id] })), [
    400,
    "Sales channels can only be associated with publishable API keys",
  ]);
  const other = "sc_01KAHQ0000000000000000000A";
  is("a link to nothing", await error(keys.batchSalesChannels(web.id, { add: [other] })), [
    400,
    `Sales channels with IDs ${other} do not exist`,
  ]);
  const { api_key: unlinked } = await keys.batchSalesChannels(web.id, { remove: [shop.id] });
  is("unlinked", unlinked.sales_channels, []);
  is("changed", (await channels.update(shop.id, { name: "Web" })).sales_channel.name, "Web");
  is("found again", (await channels.retrieve(shop.id)).sales_channel.name, "Web");
  is("deleted", await channels.delete(shop.id), { deleted: true, id: shop.id, object: "sales-channel" });
  is("gone", (await error(channels.retrieve(shop.id)))[0], 404);

  // Revoking and deleting.
  is("not revoked", await error(keys.delete(secret.id)), [
    400,
    `Cannot delete api keys that are not revoked - ${secret.id}`,
  ]);
  const soon = await sdk.client.fetch(`/admin/api-keys/${web.id}/revoke`, {
    method: "POST",
    body: { revoke_in: 3600 },
  });
  is("scheduled", Date.parse(/** @type {any} */ (soon).api_key.revoked_at) > Date.now(), true);
  const own = new Medusa({ baseUrl, apiKey: secret.token });
  is("a key of the façade calls it", (await own.admin.apiKey.retrieve(secret.id)).api_key.id, secret.id);
  const { api_key: revoked } = await keys.revoke(secret.id);
  is("revoked", revoked.revoked_by, secret.created_by);
  is("again", await error(keys.revoke(secret.id)), [
    400,
    "There are 1 secret keys that are already revoked.",
  ]);
  is("refused", await error(own.admin.apiKey.list()), [401, "Unauthorized"]);
  is("deleted", await keys.delete(secret.id), { deleted: true, id: secret.id, object: "api_key" });
  is("deleted again", (await error(keys.delete(secret.id)))[0], 404);

  // Who calls.
  const as = (/** @type {any} */ more) => new Medusa({ baseUrl, ...more }).admin.apiKey;
  is("nobody", await error(as({}).list()), [401, "Unauthorized"]);
  is("a publishable key", await error(as({ apiKey: web.token }).list()), [401, "Unauthorized"]);
  is("no scope", await error(as({ apiKey: weak }).list()), [403, "This requires the scope `keys:read`."]);
  const globalHeaders = { "keyward-organization": organization };
  const person = new Medusa({
    baseUrl,
    globalHeaders,
    auth: { type: "jwt", jwtTokenStorageMethod: "memory" },
  });
  await person.client.setToken(operator);
  is("a bearer names the organization", (await person.admin.apiKey.list({ id: web.id })).count, 1);
  return { checks, wrong };
}

/** What a publishable key is told of itself. @param {string} baseUrl @param {string} key @returns {Promise<any>} */
async function asked(baseUrl, key) {
  const headers = { authorization: `Bearer ${key}` };
  return (await fetch(new URL("/v1/whoami", baseUrl), { headers })).json();
}

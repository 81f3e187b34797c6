// @ts-check
// Keys of every kind and in every state, for tests that look at views.
const KEYS = "/v1/organizations/acme/keys";

/**
 * @param {(method: string, where: string, body?: object) => Promise<any>} root asks the API as the operator
 * @param {Record<string, string>} ids is filled with the keys' ids, by title
 */
export async function showcase(root, ids) {
  /** @param {string} title @param {object} [fields] @returns {Promise<string>} its text */
  const make = async (title, fields) => {
    const { id, token } = await root("POST", KEYS, { type: "secret", title, ...fields });
    ids[title] = id;
    return token;
  };
  for (const n of [7, 6, 5, 4, 3, 2, 1]) await make(`Worker ${n}`, { scopes: ["orders:read"] });
  await make("Partner export", {
    scopes: ["invoices:read", "invoices:write", "customers:read", "payments:read"],
  });
  const trial = new Date(Date.now() + 2_000).toISOString();
  await make("Trial integration", { expires_at: trial });
  const used = [
    await make("Storefront", { type: "publishable", scopes: ["catalog:read"] }),
    await make("Warehouse sync", { scopes: ["orders:read", "orders:write", "stock:read"] }),
    await make("Edge gateway", { scopes: ["keys:verify"] }),
    await make("CI deploys", {
      scopes: ["*"],
      expires_at: new Date(Date.now() + 80.5 * 86_400_000).toISOString(),
    }),
  ];
  await root("POST", `${KEYS}/${ids["Partner export"]}/revoke`, { reason: "Found in a public repository" });
  await root("POST", `${KEYS}/${ids["Warehouse sync"]}/revoke`, { revoke_in: 86_000 });
  for (const key of used) await root("POST", "/v1/verify", { key });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Date.parse(trial) - Date.now() + 100)));
}

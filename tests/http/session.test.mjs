// @ts-check
// Sessions of people in the dashboard: what they hang on, their cookie, and that only the own page acts by it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { caller, fresh, ok, refused, serve } from "./client.mjs";
import { newKey, startProvider, token } from "./provider.mjs";

const signing = newKey("EdDSA");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { root } = keyward;

/** Starts a session. @param {string} credential @param {string} [address] */
async function start(credential, address) {
  const answer = await keyward
    .as(credential)
    .call("POST", "/v1/session", undefined, address ? { headers: { host: address } } : {});
  assert.equal(answer.status, 201, answer.text);
  const [cookie, ...attributes] = (answer.headers.get("set-cookie") ?? "").split("; ");
  return { answer, cookie, attributes };
}

/** Calls with a cookie. @param {string} cookie @param {string | null} [origin] */
const browser = (cookie, origin = keyward.url) =>
  caller((path, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", cookie);
    if (origin !== null) headers.set("origin", origin);
    return keyward.fetch(path, { ...init, headers });
  });

const personalKey = async (user = fresh("mia")) =>
  keyward.key(`users/${user}`, { title: "dashboard", scopes: ["*"] });

test("root keys, personal keys and tokens are exchanged for a session that is the same principal", async () => {
  const pat = await personalKey();
  const jwt = token(signing, provider.claims({ sub: "ada" }));
  for (const [credential, type] of [
    [keyward.rootKey, "root"],
    [pat.token, "key"],
    [jwt, "user"],
  ]) {
    const { answer, cookie } = await start(credential);
    assert.equal(answer.body.type, type);
    const by = await ok(browser(cookie).get("/v1/whoami"));
    const direct = await ok(keyward.as(credential).get("/v1/whoami"));
    assert.deepEqual({ ...by, key: by.key?.id }, { ...direct, key: direct.key?.id });
    assert.ok(!answer.text.includes(cookie.split("=")[1]), "the token is in the cookie alone");
  }
});

test("organization keys and publishable keys get no session, and neither do sessions", async () => {
  const org = fresh();
  await ok(root.put(`/v1/organizations/${org}`, { name: org }), 201);
  for (const type of ["secret", "publishable"]) {
    const key = await keyward.key(`organizations/${org}`, { title: type, type, scopes: ["*"] });
    await refused(keyward.as(key.token).post("/v1/session"), "auth.forbidden");
  }
  const { cookie } = await start(keyward.rootKey);
  await refused(browser(cookie).post("/v1/session"), "auth.forbidden");
  await refused(keyward.nobody.post("/v1/session"), "auth.missing");
});

test("the cookie is read by no script and sent by no other site", async () => {
  const { cookie, attributes } = await start(keyward.rootKey);
  assert.match(cookie, /^keyward=[0-9A-Za-z]{51}$/);
  assert.deepEqual(attributes, ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"]);
});

test("over TLS the cookie insists on it", async () => {
  const url = keyward.url.replace("http:", "https:");
  const answer = await keyward.mf.dispatchFetch(`${url}/v1/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${keyward.rootKey}` },
  });
  assert.match(answer.headers.get("set-cookie") ?? "", /^__Host-keyward=.*; Secure$/);
  await answer.arrayBuffer();
});

test("a request that changes something has to come from the deployment's own page", async () => {
  const { cookie } = await start(keyward.rootKey);
  for (const origin of ["https://evil.example", "null", `${keyward.url}.evil.example`, null]) {
    const org = fresh();
    await refused(
      browser(cookie, origin).put(`/v1/organizations/${org}`, { name: "x" }),
      "auth.foreign_origin",
    );
    await refused(root.get(`/v1/organizations/${org}`), "owner.not_found");
    await refused(browser(cookie, origin).delete("/v1/session"), "auth.foreign_origin");
  }
  await ok(browser(cookie).put(`/v1/organizations/${fresh()}`, { name: "x" }), 201);
});

test("revoking the key ends its sessions at once", async () => {
  const pat = await personalKey();
  const { cookie } = await start(pat.token);
  await ok(browser(cookie).get("/v1/users/me/keys"));
  await ok(root.post(`${pat.path}/revoke`));
  const answer = await browser(cookie).call("GET", "/v1/users/me/keys");
  await refused(answer, "auth.invalid");
  assert.match(answer.headers.get("set-cookie") ?? "", /^keyward=; .*Max-Age=0/);
});

test("a session that was ended is over, also for whoever has kept its cookie", async () => {
  const { cookie } = await start(keyward.rootKey);
  const ended = await browser(cookie).call("DELETE", "/v1/session");
  assert.equal(ended.status, 204);
  assert.match(ended.headers.get("set-cookie") ?? "", /^keyward=; .*Max-Age=0/);
  await refused(browser(cookie).get("/v1/whoami"), "auth.invalid");
  await refused(keyward.nobody.delete("/v1/session"), "auth.missing");
});

test("an operator's session ends when the root key is no longer configured", async () => {
  const before = await serve({ sealKeys: keyward.sealKeys, rootKey: keyward.rootKey });
  const made = await before.root.call("POST", "/v1/session");
  const cookie = (made.headers.get("set-cookie") ?? "").split(";")[0];
  // Another deployment has the seal key, but neither the session nor the root key.
  const later = await serve({ sealKeys: keyward.sealKeys });
  const answer = await later.fetch("/v1/whoami", { headers: { cookie } });
  assert.equal(answer.status, 401);
  await answer.arrayBuffer();
});

test("forged, cut and foreign cookies are refused", async () => {
  const { cookie } = await start(keyward.rootKey);
  const last = cookie.at(-1) === "0" ? "1" : "0";
  for (const bad of [
    `${cookie.slice(0, -1)}${last}`,
    cookie.slice(0, -1),
    "keyward=x",
    `keyward=${"0".repeat(51)}`,
  ]) {
    await refused(browser(bad).get("/v1/whoami"), "auth.invalid");
  }
  await refused(browser("other=1").get("/v1/whoami"), "auth.missing");
});

test("a credential in the header comes before the cookie", async () => {
  const { cookie } = await start(keyward.rootKey);
  const pat = await personalKey();
  const who = await ok(
    browser(cookie).call("GET", "/v1/whoami", undefined, {
      headers: { authorization: `Bearer ${pat.token}` },
    }),
  );
  assert.equal(who.id, pat.id);
});

test("how people may sign in is public", async () => {
  assert.deepEqual(await ok(keyward.nobody.get("/v1/session/options")), {
    brand: "kw",
    environment: "test",
    identity_provider: { issuer: `${provider.url}/`, sign_in_url: null },
  });
});

// @ts-check
// Acting with a session's cookie: what it takes, what it may not do, and what ends it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, fresh, ok, refused, serve, startSession } from "./client.mjs";

const keyward = await serve();
const { root, key } = keyward;
const personalKey = () => key(`users/${fresh("mia")}`, { scopes: ["*"] });

test("a request that changes something has to come from the deployment's own page", async () => {
  const { cookie } = await startSession(root);
  for (const origin of ["https://evil.example", "null", `${keyward.url}.evil.example`, null]) {
    const org = fresh();
    const page = browser(keyward, cookie, origin);
    await refused(page.post("/v1/organizations", { id: org, name: "x" }), "auth.foreign_origin");
    await refused(root.get(`/v1/organizations/${org}`), "owner.not_found");
    await refused(page.delete("/v1/session"), "auth.foreign_origin");
  }
  await ok(browser(keyward, cookie).post("/v1/organizations", { id: fresh(), name: "x" }), 201);
});

test("revoking a key ends its sessions at once", async () => {
  const personal = await personalKey();
  const { cookie } = await startSession(keyward.as(personal.token));
  await ok(browser(keyward, cookie).get("/v1/users/me/keys"));
  await ok(root.post(`${personal.path}/revoke`));
  const { headers } = await refused(browser(keyward, cookie).get("/v1/users/me/keys"), "auth.invalid");
  assert.match(headers.get("set-cookie") ?? "", /^keyward=; .*Max-Age=0/, "the browser may forget it");
});

test("an operator's session ends when the root key is no longer configured", async () => {
  const { cookie } = await startSession(root);
  // Another deployment has the seal key, but neither the session nor the root key.
  const later = await serve({ sealKeys: keyward.sealKeys });
  await refused(browser(later, cookie).get("/v1/whoami"), "auth.invalid");
});

test("forged, truncated and foreign cookies are refused", async () => {
  const { cookie } = await startSession(root);
  const last = cookie.at(-1) === "0" ? "1" : "0";
  for (const bad of [
    `${cookie.slice(0, -1)}${last}`,
    cookie.slice(0, -1),
    "keyward=x",
    `keyward=${"0".repeat(51)}`,
  ]) {
    await refused(browser(keyward, bad).get("/v1/whoami"), "auth.invalid");
  }
  await refused(browser(keyward, "other=1").get("/v1/whoami"), "auth.missing");
});

test("a credential in the header takes precedence over the cookie", async () => {
  const { cookie } = await startSession(root);
  const personal = await personalKey();
  const headers = { authorization: `Bearer ${personal.token}` };
  const who = await ok(browser(keyward, cookie).call("GET", "/v1/whoami", undefined, { headers }));
  assert.equal(who.id, personal.id);
});

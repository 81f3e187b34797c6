// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, ok, refused, serve, startSession } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("EdDSA");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { as, root, rootKey, key, orgKey } = keyward;

test("root keys, personal keys and identity tokens are exchanged for a session of the same principal", async () => {
  const personal = await key("users/mia", { scopes: ["*"] });
  const jwt = token(signing, provider.claims({ sub: "ada" }));
  for (const [credential, type] of [
    [rootKey, "root"],
    [personal.token, "key"],
    [jwt, "user"],
  ]) {
    const { answer, cookie } = await startSession(as(credential));
    assert.equal(answer.body.type, type);
    const { session, ...bySession } = await ok(browser(keyward, cookie).get("/v1/whoami"));
    assert.equal(session.id, answer.body.session.id);
    const { session: none, ...directly } = await ok(as(credential).get("/v1/whoami"));
    assert.equal(none, null);
    assert.deepEqual({ ...bySession, key: bySession.key?.id }, { ...directly, key: directly.key?.id });
    assert.ok(!answer.text.includes(cookie.split("=")[1]), "only the cookie holds the token");
  }
});

test("organization keys, publishable keys and sessions start no session", async () => {
  for (const type of ["secret", "publishable"]) {
    const { token } = await orgKey({ type, scopes: ["*"] });
    await refused(as(token).post("/v1/session"), "auth.forbidden");
  }
  const { cookie } = await startSession(root);
  await refused(browser(keyward, cookie).post("/v1/session"), "auth.forbidden");
  await refused(keyward.nobody.post("/v1/session"), "auth.missing");
});

test("the cookie is hidden from scripts and from other sites", async () => {
  const { cookie, attributes } = await startSession(root);
  assert.match(cookie, /^keyward=[0-9A-Za-z]{51}$/);
  assert.deepEqual(attributes, ["Path=/", "Max-Age=43200", "HttpOnly", "SameSite=Strict"]);
});

test("over TLS the cookie is sent over TLS only", async () => {
  const url = keyward.url.replace("http:", "https:");
  const answer = await keyward.mf.dispatchFetch(`${url}/v1/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${rootKey}` },
  });
  assert.match(answer.headers.get("set-cookie") ?? "", /^__Host-keyward=.*; Secure$/);
  await answer.arrayBuffer();
});

// @ts-check
// The header Keyward-Caller: whose a response is, and whose a request is meant to be. The rules are tested in
// src/app/tests/callers.rs; here, that they hold of headers, cookies and the hot path.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, fresh, ok, refused, serve, startSession } from "./client.mjs";

const keyward = await serve();
const { root, as, operator, key, orgKey } = keyward;
const NAME = "keyward-caller";
const OPERATOR = `root:${operator.id}`;
/** @param {import("./client.mjs").Caller} who @param {string} method @param {string} path @param {string} name @param {object} [body] */
const meant = (who, method, path, name, body) => who.call(method, path, body, { headers: { [NAME]: name } });

test("responses and refusals say whose they are, to sessions and to keys", async () => {
  const user = fresh("ada");
  const personal = await key(`users/${user}`, { scopes: ["*"] });
  const { answer, cookie } = await startSession(as(personal.token));
  assert.equal(answer.headers.get(NAME), `user:${user}`);
  const session = browser(keyward, cookie);
  for (const [who, name] of /** @type {const} */ ([
    [session, `user:${user}`],
    [root, OPERATOR],
  ])) {
    assert.equal((await who.get("/v1/whoami")).headers.get(NAME), name);
    const { headers } = await refused(who.get("/v1/organizations/nowhere"), "owner.not_found");
    assert.equal(headers.get(NAME), name);
    assert.equal((await refused(who.get("/v1/whoami?x"), "request.bad_parameter")).headers.get(NAME), name);
  }
  const gone = await refused(as("x").get("/v1/whoami"), "auth.invalid");
  assert.equal(gone.headers.get(NAME), null);
});

test("a page of another person acts for nobody, and the session of the cookie goes on", async () => {
  const { cookie } = await startSession(root);
  const session = browser(keyward, cookie);
  const id = fresh();
  for (const [method, path, body] of /** @type {const} */ ([
    ["POST", "/v1/organizations", { id, name: id }],
    ["DELETE", "/v1/session", undefined],
    ["GET", "/v1/whoami", undefined],
  ])) {
    const { headers } = await refused(meant(session, method, path, "user:ada", body), "auth.other_caller");
    assert.deepEqual([headers.get(NAME), headers.get("set-cookie")], [OPERATOR, null], `${method} ${path}`);
  }
  await refused(root.get(`/v1/organizations/${id}`), "owner.not_found");
  await ok(meant(session, "POST", "/v1/organizations", OPERATOR, { id, name: id }), 201);
});

test("the hot path verifies for nobody else either", async () => {
  const { token } = await orgKey();
  const question = { key: token };
  const { headers } = await refused(
    meant(root, "POST", "/v1/verify", "user:ada", question),
    "auth.other_caller",
  );
  assert.equal(headers.get(NAME), OPERATOR);
  assert.equal((await ok(meant(root, "POST", "/v1/verify", OPERATOR, question))).code, "valid");
});

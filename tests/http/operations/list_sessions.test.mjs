// @ts-check
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { browser, fresh, ok, refused, serve, startSession } from "../client.mjs";
import { newKey, startProvider, token } from "../provider.mjs";

const signing = newKey("EdDSA");
const provider = await startProvider([signing]);
after(() => provider.stop());
const keyward = await serve({ bindings: provider.bindings });
const { as, root, operator, key } = keyward;

test("a person sees how each session was started, and which one asks", async () => {
  const user = fresh("ada");
  const personal = await key(`users/${user}`, { scopes: ["keys:read"] });
  const jwt = token(signing, provider.claims({ sub: user }));
  const first = await startSession(as(jwt));
  const second = await startSession(as(personal.token));
  const { sessions } = await ok(browser(keyward, second.cookie).get("/v1/users/me/sessions"));
  const issuer = provider.claims({}).iss;
  assert.deepEqual(
    sessions.map((/** @type {any} */ { id, started_with, is_current }) => ({ id, started_with, is_current })),
    [
      {
        id: second.answer.body.session.id,
        started_with: { type: "key", id: personal.id, issuer: null },
        is_current: true,
      },
      {
        id: first.answer.body.session.id,
        started_with: { type: "token", id: null, issuer },
        is_current: false,
      },
    ],
  );
});

test("the operator sees its own sessions, and those of every person", async () => {
  const user = fresh("ada");
  const { answer } = await startSession(as((await key(`users/${user}`)).token));
  const { sessions } = await ok(root.get(`/v1/users/${user}/sessions`));
  assert.deepEqual([sessions.length, sessions[0].id], [1, answer.body.session.id]);
  const { cookie } = await startSession(root);
  const own = await ok(browser(keyward, cookie).get("/v1/deployment/sessions"));
  assert.deepEqual(own.sessions[0].started_with, { ...operator, issuer: null });
});

test("the list takes the parameters of a page and no others", async () => {
  const { limit, after } = await ok(root.get("/v1/deployment/sessions?limit=1"));
  assert.deepEqual([limit, after === null || typeof after], [1, after === null || "string"]);
  await refused(root.get("/v1/deployment/sessions?q=x"), "request.bad_parameter");
});

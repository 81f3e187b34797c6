// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, fresh, ok, refused, serve, startSession } from "../client.mjs";

const keyward = await serve();
const { as, root, key } = keyward;

test("a session that is ended is over at its next request, and the browser may forget its cookie", async () => {
  const user = fresh("ada");
  const { token } = await key(`users/${user}`, { scopes: ["*"] });
  const [stolen, own] = [await startSession(as(token)), await startSession(as(token))];
  const path = `/v1/users/me/sessions/${stolen.answer.body.session.id}`;
  await ok(browser(keyward, own.cookie).delete(path), 204);
  const { headers } = await refused(browser(keyward, stolen.cookie).get("/v1/whoami"), "auth.invalid");
  assert.match(headers.get("set-cookie") ?? "", /^keyward=; .*Max-Age=0/);
  await ok(browser(keyward, own.cookie).get("/v1/whoami"));
  await refused(browser(keyward, own.cookie).delete(path), "session.not_found");
});

test("the operator ends its own sessions", async () => {
  const { answer, cookie } = await startSession(root);
  await ok(root.delete(`/v1/deployment/sessions/${answer.body.session.id}`), 204);
  await refused(browser(keyward, cookie).get("/v1/whoami"), "auth.invalid");
});

test("an id of another form is refused", async () => {
  for (const id of ["x", "apk_01KAHQ0000000000000000000Z", "ses_01kahq0000000000000000000z", "current"]) {
    await refused(root.delete(`/v1/users/ada/sessions/${id}`), "request.bad_id");
  }
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, fresh, ok, pointers, refused, serve, startSession } from "../client.mjs";

const keyward = await serve();
const { as, root, key } = keyward;

test("all sessions end, but for the current one if that is wanted", async () => {
  const { token } = await key(`users/${fresh("ada")}`, { scopes: ["*"] });
  const [one, other] = [await startSession(as(token)), await startSession(as(token))];
  const page = browser(keyward, one.cookie);
  assert.deepEqual(await ok(page.delete("/v1/users/me/sessions?except=current")), { count: 1 });
  await refused(browser(keyward, other.cookie).get("/v1/whoami"), "auth.invalid");
  assert.deepEqual(await ok(page.delete("/v1/users/me/sessions")), { count: 1 });
  await refused(page.get("/v1/whoami"), "auth.invalid");
  assert.deepEqual(await ok(as(token).delete("/v1/users/me/sessions")), { count: 0 });
});

test("a page of another origin ends nobody's sessions", async () => {
  const { cookie } = await startSession(root);
  await refused(
    browser(keyward, cookie, "https://evil.example").delete("/v1/deployment/sessions"),
    "auth.foreign_origin",
  );
  await ok(browser(keyward, cookie).get("/v1/whoami"));
});

test("which session goes on can only be the current one", async () => {
  const problem = await refused(root.delete("/v1/deployment/sessions?except=all"), "request.bad_parameter");
  assert.deepEqual(pointers(problem), ["?except"]);
});

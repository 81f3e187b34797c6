// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, refused, serve, startSession } from "../client.mjs";

const keyward = await serve();

test("a session that was ended is over, even for someone who has kept its cookie", async () => {
  const { cookie } = await startSession(keyward.root);
  const ended = await browser(keyward, cookie).delete("/v1/session");
  assert.equal(ended.status, 204);
  assert.match(ended.headers.get("set-cookie") ?? "", /^keyward=; .*Max-Age=0/);
  await refused(browser(keyward, cookie).get("/v1/whoami"), "auth.invalid");
});

test("without a session there is nothing to end", async () => {
  await refused(keyward.nobody.delete("/v1/session"), "auth.missing");
});

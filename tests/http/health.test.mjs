// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./harness.mjs";

/** @type {Awaited<ReturnType<typeof start>>} */
let keyward;
before(async () => {
  keyward = await start();
});
after(() => keyward.stop());

test("GET /health says that the worker is up, and which one", async () => {
  const response = await keyward.fetch("/health");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json\b/);
  const body = await response.json();
  assert.equal(body.status, "ok");
  assert.match(body.version, /^\d+\.\d+\.\d+/);
});

for (const path of ["/health", "/v1/session/options"]) {
  test(`${path} takes no parameters, as every operation says of those that it does not know`, async () => {
    const response = await keyward.fetch(`${path}?x=1`);
    assert.equal(response.status, 400);
    const { code, request_id } = await response.json();
    assert.equal(code, "request.bad_parameter");
    assert.equal(request_id, response.headers.get("x-request-id"));
  });
}

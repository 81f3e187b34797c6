// @ts-check
// Plain HTTP is for the own machine; everything else is told to come with TLS, and to stay with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "./client.mjs";

const { mf, rootKey } = await serve();
/** @param {string} origin @param {string} path @param {object} [body] */
const send = (origin, path, body) =>
  mf.dispatchFetch(`${origin}${path}`, {
    method: body ? "POST" : "GET",
    headers: { authorization: `Bearer ${rootKey}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });

/** The hot path, the ordinary way, and what needs no credential. */
const ways = /** @type {[string, object | undefined][]} */ ([
  ["/v1/verify", { key: "x" }],
  ["/v1/whoami", undefined],
  ["/v1/whoami?x=1", undefined],
  ["/v1/nothing", undefined],
  ["/health", undefined],
]);

test("plain HTTP from another machine is refused before anything is read", async () => {
  for (const [path, body] of ways) {
    const response = await send("http://keyward.example", path, body);
    const { code, detail } = /** @type {any} */ (await response.json());
    assert.deepEqual([response.status, code], [403, "request.insecure"], path);
    assert.match(detail, /consider the key public/);
  }
});

test("responses over TLS say that browsers have to come back so, and those to the own machine do not", async () => {
  for (const [path, body] of ways) {
    // Once more, since an isolate's first request goes the ordinary way.
    for (let n = 0; n < 2; n += 1) {
      const secure = await send("https://keyward.example", path, body);
      assert.equal(secure.headers.get("strict-transport-security"), "max-age=31536000", path);
      for (const origin of ["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]:8787"]) {
        const local = await send(origin, path, body);
        assert.equal(local.headers.get("strict-transport-security"), null, path);
        assert.equal(local.status, secure.status, `${origin}${path}`);
      }
    }
  }
});

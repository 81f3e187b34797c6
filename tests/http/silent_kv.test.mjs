// @ts-check
// KV that does not answer: the ledger is asked, and knows better anyway.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";

// Real worker, real ledger; between the worker and KV stands what a request's header says. A read that takes too long is
// given up in a tenth of the time that the worker asks for.
const { root, rootKey, fetch, orgKey, logs } = await serve({
  entry: `
    import Worker, { Ledger } from "./index.js";
    export { Ledger };
    const faults = {
      throws() { throw new TypeError("no such binding"); },
      rejects: () => Promise.reject(new Error("KV GET failed: 503")),
      hangs: () => new Promise(() => {}),
    };
    const wait = setTimeout;
    globalThis.setTimeout = (act, milliseconds, ...more) => wait(act, milliseconds / 10, ...more);
    export default {
      fetch(request, env, context) {
        const get = faults[request.headers.get("x-fault")];
        return Worker.fetch(request, get ? { ...env, KEYS: { get } } : env, context);
      },
    };`,
});

for (const fault of ["throws", "rejects", "hangs"]) {
  test(`a key is verified by its ledger when a read of KV ${fault}`, async () => {
    const { path, token } = await orgKey();
    const failures = () => logs.filter(({ message }) => message.includes('"message":"KV"')).length;
    const before = failures();
    const ask = async () => {
      const response = await fetch("/v1/verify", {
        method: "POST",
        headers: {
          authorization: `Bearer ${rootKey}`,
          "content-type": "application/json",
          "x-fault": fault,
        },
        body: JSON.stringify({ key: token }),
      });
      assert.match(response.headers.get("x-request-id") ?? "", /^req_/);
      assert.equal(response.status, 200);
      return (await response.json()).code;
    };
    // Before its ledger was heard, no copy is looked at.
    await ok(root.post("/v1/verify", { key: token }));
    assert.equal(await ask(), "valid");
    await ok(root.post(`${path}/revoke`));
    // What is remembered is right within the bound: who asks for now hears of it.
    await ok(root.post("/v1/verify", { key: token, max_staleness_seconds: 0 }));
    assert.equal(await ask(), "revoked");
    await eventually(
      async () => failures() - before,
      (count) => count >= 2,
    );
  });
}

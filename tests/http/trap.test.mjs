// @ts-check
// A trap (a panic, too deep a stack, no memory) ends the WebAssembly instance and what it was doing. The next request
// finds a new instance, and everything that was stored.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";

// Worker and ledger ask for the time with every request. The first to ask after a trap was set for it meets one.
const { root, rootKey, fetch, orgKey, verdict } = await serve({
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    const now = Date.now;
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    let trap = null;
    // The platform takes notice of the trap in a ledger only once the worker no longer waits for it: a second, not ten.
    AbortSignal.timeout = (milliseconds) => timeout(trap === "ledger" ? milliseconds / 10 : milliseconds);
    const enter = (place) => {
      if (trap !== place) return;
      trap = null;
      Date.now = () => {
        Date.now = now;
        throw new WebAssembly.RuntimeError("unreachable");
      };
    };
    export default {
      fetch(request, env, context) {
        trap = request.headers.get("x-trap");
        enter("worker");
        return Worker.fetch(request, env, context);
      },
    };
    export class Ledger {
      constructor(state, env) { this.inner = new Inner(state, env); }
      fetch(request) {
        enter("ledger");
        return this.inner.fetch(request);
      }
      alarm() { return this.inner.alarm(); }
    }`,
});

for (const place of ["worker", "ledger"]) {
  test(`after a trap in the ${place} everything is answered again, and nothing is half done`, async () => {
    const { path, token } = await orgKey();
    assert.equal(await verdict(token), "valid");
    const headers = { authorization: `Bearer ${rootKey}`, "x-trap": place };
    assert.equal((await fetch(`${path}/revoke`, { method: "POST", headers })).status, 500);

    assert.equal((await ok(root.get(path))).status, "active");
    await ok(root.post(`${path}/revoke`));
    assert.equal(await verdict(token, { consistency: "strong" }), "revoked");
    await eventually(
      () => verdict(token),
      (code) => code === "revoked",
    );
  });
}

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const { nobody } = await serve();

test("anyone may ask whether the worker can serve, and which version it is", async () => {
  const { status, version } = await ok(nobody.get("/health"));
  assert.equal(status, "ok");
  assert.match(version, /^\d+\.\d+\.\d+/);
});

test("health takes no parameters", async () => {
  await refused(nobody.get("/health?x=1"), "request.bad_parameter");
});

test("HEAD is answered like GET", async () => {
  const { status, text } = await nobody.call("HEAD", "/health");
  assert.deepEqual([status, text], [200, ""]);
});

/** Unusable settings, by the name that is said. @type {Record<string, Record<string, string>>} */
const broken = {
  SEAL_KEYS: { SEAL_KEYS: "" },
  ENVIRONMENT: { ENVIRONMENT: "prod7f3e" },
  JWT_AUDIENCE: { JWT_ISSUER: "https://id7f3e.example/" },
  ACCESS_REQUIRED: { ACCESS_REQUIRED: "7f3e" },
};
for (const [name, bindings] of Object.entries(broken)) {
  test(`a worker that cannot serve names ${name}, but no value`, async () => {
    const { nobody } = await serve({ bindings });
    const { detail } = await refused(nobody.get("/health"), "server.not_ready");
    assert.ok(detail.includes(name), detail);
    assert.ok(!detail.includes("7f3e"), detail);
    assert.equal((await nobody.call("HEAD", "/health")).status, 503);
    await refused(nobody.get("/health?x=1"), "request.bad_parameter");
    assert.equal((await refused(nobody.get("/v1/whoami"), "server.misconfigured")).detail, detail);
  });
}

for (const name of ["KEYS", "LEDGER"]) {
  test(`a worker without its binding ${name} cannot serve`, async () => {
    const { nobody } = await serve({
      entry: `
        import Worker, { Ledger } from "./index.js";
        export { Ledger };
        export default {
          fetch: (request, env, context) => Worker.fetch(request, { ...env, ${name}: undefined }, context),
        };`,
    });
    const { detail } = await refused(nobody.get("/health"), "server.not_ready");
    assert.match(detail, new RegExp(`the binding ${name} is missing`));
  });
}

// @ts-check
// The operator's configuration: several root keys at once, and what an unusable configuration is answered with.
import assert from "node:assert/strict";
import { test } from "node:test";
import { digest, newRootKey } from "../../scripts/keys.mjs";
import { ok, refused, serve } from "./client.mjs";

test("every root key whose digest is configured is accepted, and no other", async () => {
  const keys = [newRootKey(), newRootKey()];
  const { as } = await serve({ bindings: { ROOT_KEY_DIGESTS: keys.map(digest).join(", ") } });
  for (const key of keys) assert.equal((await ok(as(key).get("/v1/whoami"))).type, "root");
  await refused(as(newRootKey()).get("/v1/whoami"), "auth.invalid");
  await refused(as(digest(keys[0])).get("/v1/whoami"), "auth.invalid");
});

test("without a configured root key nobody is the operator", async () => {
  const { as } = await serve({ bindings: { ROOT_KEY_DIGESTS: "" } });
  for (const token of ["x", digest("")]) await refused(as(token).get("/v1/whoami"), "auth.invalid");
});

const broken = { BRAND: "Kw!", ENVIRONMENT: "prod", SEAL_KEYS: "xyz", ROOT_KEY_DIGESTS: "zz" };
for (const [name, value] of Object.entries(broken)) {
  test(`with an unusable ${name} the deployment is misconfigured, and the log names it without its value`, async () => {
    const { root, nobody, logs } = await serve({ bindings: { [name]: value } });
    const problem = await refused(root.get("/v1/whoami"), "server.misconfigured");
    assert.ok(!JSON.stringify(problem).includes(value));
    await refused(root.post("/v1/verify", { key: "x" }), "server.misconfigured");
    assert.ok((await refused(nobody.get("/health"), "server.not_ready")).detail.includes(name));
    await refused(nobody.get("/v1/nothing"), "route.not_found");
    const faults = logs.filter(({ message }) => message.includes(name));
    assert.ok(faults.length > 0);
    for (const { message } of logs) assert.ok(!message.includes(`"${value}"`), message);
  });
}

for (const [days, isUsable] of /** @type {const} */ ([
  [365, true],
  [0, false],
])) {
  test(`EVENTS_RETENTION_DAYS written as the number ${days} is ${isUsable ? "read" : "refused"}`, async () => {
    const { root } = await serve({ bindings: { EVENTS_RETENTION_DAYS: days } });
    if (isUsable) await ok(root.get("/v1/whoami"));
    else await refused(root.get("/v1/whoami"), "server.misconfigured");
  });
}

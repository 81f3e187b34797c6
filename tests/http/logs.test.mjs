// @ts-check
// The log serves operators and gives nothing away: one JSON object a line, without keys and without what clients sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, refused, serve } from "./client.mjs";
import { digestOf, kvKeyOf, mint, secretOf, stamped, unstamped } from "./mint.mjs";

const { root, nobody, as, kv, rootKey, sealKeys, logs, key, orgKey } = await serve();

/** The lines about a request, once there is one. @param {import("./client.mjs").Answer} answer */
const lineOf = ({ headers }) =>
  eventually(
    async () => logs.filter(({ message }) => message.includes(headers.get("x-request-id") ?? "")),
    ({ length }) => length > 0,
  );

/** A word in all that clients write, with letters that no request id and no digest can hold by chance. */
const CANARY = "nightingale";

/** All kinds of requests, and the texts that must not be in the log afterwards. */
async function workload() {
  const org = await orgKey({ scopes: ["*"], title: `T ${CANARY}`, metadata: { note: `N ${CANARY}` } });
  const publishable = await key(`organizations/${org.org}`, { type: "publishable" });
  const personal = await key("users/ada");
  const rolled = await ok(root.post(`${personal.path}/roll`), 201);
  const lost = mint({ owner: "organization:acme", sealKey: sealKeys });
  const tokens = [org.token, publishable.token, personal.token, rolled.token, lost];
  for (const key of tokens) {
    for (const consistency of ["fast", "strong"]) await root.post("/v1/verify", { key, consistency });
    await as(key).get("/v1/whoami");
    await as(key).get(`/v1/whoami?token=${key}`);
    await nobody.get(`/v1/${key}`);
    await root.get(`/v1/organizations/${org.org}/keys/${key}`);
    await root.post("/v1/verify", `{"key":"${key}"`);
  }
  await refused(as(`${rootKey}x`).get("/v1/whoami"), "auth.invalid");
  await refused(nobody.get(`/v1/${rootKey}`), "request.key_in_url");
  await ok(root.post(`${publishable.path}/revoke`, { reason: `R ${CANARY}` }));
  await ok(root.delete(`${org.path}?revoke=true`));
  await kv.put(`key/${digestOf(rolled.token)}`, `{"v":1,"record":{"id":"${rolled.token}"}}`);
  await root.post("/v1/verify", { key: rolled.token });
  const place = kvKeyOf(personal.token);
  await kv.put(place, stamped(sealKeys, place, `{"v":1,"record":{"id":"${personal.token}"}}`));
  await root.post("/v1/verify", { key: personal.token });
  // What happens in the background is over, and its lines have arrived.
  for (const token of [org.token, publishable.token]) {
    await eventually(
      () => kv.get(kvKeyOf(token)),
      (copy) => {
        const { record } = unstamped(copy);
        return record === null || Boolean(record?.revocation);
      },
    );
  }
  await lineOf(await root.get("/health"));
  return [
    ...tokens.flatMap((token) => [token, secretOf(token), digestOf(token)]),
    rootKey,
    digestOf(rootKey),
    sealKeys,
    CANARY,
    org.org,
  ];
}

const secrets = await workload();
const lines = logs.map(({ message }) => message);

test("no line holds a key, its secret or digest, the root key, the seal key or what a client wrote", () => {
  for (const secret of secrets) {
    for (const line of lines) assert.ok(!line.includes(secret), line);
  }
});

test("every line is one JSON object with a level and a message", () => {
  assert.ok(lines.length > 30);
  for (const line of lines) {
    const { level, message } = JSON.parse(line);
    assert.ok(["info", "error"].includes(level), line);
    assert.equal(typeof message, "string");
    assert.ok(!line.includes("\n"));
  }
});

test("every request is logged on one line, with the id that its answer carries", async () => {
  const mine = await lineOf(await root.get("/v1/organizations/nobody"));
  assert.equal(mine.length, 1);
  const { milliseconds, request_id, ...line } = JSON.parse(mine[0].message);
  assert.deepEqual(line, {
    level: "info",
    message: "answered",
    operation: "get_organization",
    status: 404,
    code: "owner.not_found",
  });
  assert.ok(Number.isInteger(milliseconds) && milliseconds >= 0);
});

test("every other line is a fault with a reason", () => {
  const others = lines.map((line) => JSON.parse(line)).filter(({ message }) => message !== "answered");
  assert.ok(others.length > 0, "the corrupt record was noticed");
  for (const { level, error } of others) assert.deepEqual([level, typeof error], ["error", "string"]);
});

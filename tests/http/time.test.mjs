// @ts-check
// What only the passing of time brings about.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serveWithClock } from "./client.mjs";
import { kvKeyOf, unstamped } from "./mint.mjs";

const { root, kv, orgKey, verdict, ahead, pass } = await serveWithClock();
const MINUTE = 60_000;
const YEAR = 365 * 24 * 60 * MINUTE;

test("a use is recorded again after five minutes, and not before", async () => {
  const { path, token } = await orgKey();
  const recorded = async () => (await ok(root.get(path))).last_used_at;
  await verdict(token);
  const first = await eventually(recorded, (at) => at !== null);
  await pass(4 * MINUTE);
  await verdict(token);
  await pass(2 * MINUTE);
  assert.equal(await recorded(), first);
  await verdict(token);
  const second = await eventually(recorded, (at) => at !== first);
  assert.ok(Date.parse(second) - Date.parse(first) >= 6 * MINUTE);
});

test("a revocation and an expiry years ahead take effect although nothing is asked or delivered meanwhile", async () => {
  const [retiring, expiring] = [await orgKey(), await orgKey({ expires_at: ahead(20 * YEAR) })];
  await ok(root.post(`${retiring.path}/revoke`, { revoke_in: YEAR / 1000 }));
  const strong = { consistency: "strong" };
  const verdicts = async () => [
    await verdict(retiring.token),
    await verdict(retiring.token, strong),
    await verdict(expiring.token),
    await verdict(expiring.token, strong),
  ];
  await eventually(
    () => kv.get(kvKeyOf(retiring.token)),
    (copy) => unstamped(copy).record?.revocation,
  );
  await eventually(
    () => kv.get(kvKeyOf(expiring.token)),
    (copy) => copy !== null,
  );
  assert.deepEqual(await verdicts(), ["valid", "valid", "valid", "valid"]);
  await pass(YEAR + MINUTE);
  assert.deepEqual(await verdicts(), ["revoked", "revoked", "valid", "valid"]);
  assert.equal((await ok(root.get(retiring.path))).status, "revoked");
  await pass(20 * YEAR);
  assert.deepEqual(await verdicts(), ["revoked", "revoked", "expired", "expired"]);
  assert.equal((await ok(root.get(expiring.path))).status, "expired");
});

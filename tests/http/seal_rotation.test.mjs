// @ts-check
// The seal keys are a ring: the newest makes seals, each is accepted, and one that was removed is not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newRootKey, newSealKey } from "../../scripts/keys.mjs";
import { acts, caller } from "./client.mjs";
import { start } from "./harness.mjs";
import { mint } from "./mint.mjs";

const [oldest, old, newest] = [newSealKey(), newSealKey(), newSealKey()];
const persist = mkdtempSync(join(tmpdir(), "keyward-"));
after(() => rmSync(persist, { recursive: true, force: true }));
const rootKey = newRootKey();

/** Does something while the deployment has these seal keys. @template T @param {string} sealKeys @param {(as: ReturnType<typeof acts>) => Promise<T>} act */
async function under(sealKeys, act) {
  const server = await start({ persist, rootKey, sealKeys });
  try {
    return await act(acts(caller(server.fetch, rootKey)));
  } finally {
    await server.stop();
  }
}

test("a seal key is replaced without interruption, and keys of a removed one are forged", async () => {
  const first = await under(old, ({ orgKey }) => orgKey());
  const second = await under(`${newest},${old}`, async ({ key, verdict }) => {
    for (const consistency of ["fast", "strong"])
      assert.equal(await verdict(first.token, { consistency }), "valid");
    return key(`organizations/${first.org}`);
  });
  await under(newest, async ({ verdict }) => {
    for (const consistency of ["fast", "strong"]) {
      assert.equal(await verdict(first.token, { consistency }), "forged");
      assert.equal(await verdict(second.token, { consistency }), "valid", "made with the newest of the ring");
    }
  });
  await under(`${oldest}, ${newest}, ${old}`, async ({ verdict }) => {
    for (const { token } of [first, second]) assert.equal(await verdict(token), "valid");
  });
});

test("each seal key of the ring is tried, and no other", async () => {
  const owner = "organization:acme";
  await under(`${newest},${old}`, async ({ verdict }) => {
    assert.equal(await verdict(mint({ owner, sealKey: newest })), "unknown");
    assert.equal(await verdict(mint({ owner, sealKey: old })), "unknown");
    assert.equal(await verdict(mint({ owner, sealKey: oldest })), "forged");
  });
});

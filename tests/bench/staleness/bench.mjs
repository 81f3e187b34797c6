// @ts-check
// How soon a revocation is seen, with KV and Durable Objects as `wrangler dev` has them. There KV keeps no copies, so
// this is what our own delivery takes; at real edges it is the bound at most.
import { setTimeout as sleep } from "node:timers/promises";
import { acts, caller, ok } from "../../http/client.mjs";
import { start } from "../../http/harness.mjs";
import { median, print } from "../print.mjs";

const REVOCATIONS = 20;
/** Longer than KV wants between two writes of a key, in milliseconds. */
const PAUSE = 1_500;

export async function bench() {
  const server = await start();
  try {
    const root = caller(server.fetch, server.rootKey);
    print("revoked, and still valid for", await staleness(root, acts(root).orgKey));
  } finally {
    await server.stop();
  }
}

/**
 * How long verify takes a key for valid after the answer to its revocation.
 * @param {import("../../http/client.mjs").Caller} root @param {ReturnType<typeof acts>["orgKey"]} orgKey
 */
async function staleness(root, orgKey) {
  /** @param {{ path: string, token: string }} key @param {string} consistency */
  const stale = async ({ path, token }, consistency) => {
    const verdict = async () => (await ok(root.post("/v1/verify", { key: token, consistency }))).code;
    await ok(root.post(`${path}/revoke`));
    const revoked = performance.now();
    let valid = revoked;
    while ((await verdict()) === "valid") valid = performance.now();
    return valid - revoked;
  };
  const rows = [];
  for (const [what, rest, consistency] of /** @type {const} */ ([
    ["verified fast", PAUSE, "fast"],
    ["verified fast, changed the moment before", 0, "fast"],
    ["verified strongly, changed the moment before", 0, "strong"],
  ])) {
    const waits = [];
    for (let n = 0; n < REVOCATIONS; n += 1) {
      const key = await orgKey();
      await sleep(rest);
      waits.push(await stale(key, consistency));
    }
    const value = `median ${median(waits).toFixed(0)} ms, at most ${Math.max(...waits).toFixed(0)} ms`;
    rows.push({ what, value });
  }
  return rows;
}

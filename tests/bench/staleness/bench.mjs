// @ts-check
// How soon a revocation is seen, for each bound: where KV delivers at once, as `wrangler dev` has it, and where it gives
// the first copy of everything for good, which is worse than any real KV. Nothing may be valid longer than its bound.
import { acts, caller, ok } from "../../http/client.mjs";
import { start } from "../../http/harness.mjs";
import { median, print } from "../print.mjs";

const KEYS = 20;
const BOUNDS = [0, 5, 30];

/** A worker whose KV keeps the first copy of everything, whatever is written later. */
const FIRST_COPIES = `
  import Worker, { Ledger as Real } from "./index.js";
  const once = (kv) => ({
    get: (key, options) => kv.get(key, options),
    put: async (key, value, options) => (await kv.get(key)) ?? kv.put(key, value, options),
    delete: async () => {},
  });
  const stuck = (env) => ({ ...env, KEYS: once(env.KEYS) });
  export class Ledger extends Real {
    constructor(state, env) { super(state, stuck(env)); }
  }
  export default { fetch: (request, env, context) => Worker.fetch(request, stuck(env), context) };
`;

export async function bench() {
  for (const [kv, entry] of /** @type {const} */ ([
    ["KV delivers at once", undefined],
    ["KV keeps the first copy", FIRST_COPIES],
  ])) {
    const server = await start({ entry });
    try {
      const root = caller(server.fetch, server.rootKey);
      print(`revoked, and still valid for, where ${kv}`, await staleness(root));
    } finally {
      await server.stop();
    }
  }
}

/** How long verify takes keys for valid after the answer to their revocation. @param {import("../../http/client.mjs").Caller} root */
async function staleness(root) {
  const { organization, key } = acts(root);
  const org = await organization();
  const rows = [];
  for (const bound of BOUNDS) {
    const keys = [];
    for (let n = 0; n < KEYS; n += 1) keys.push(await key(`organizations/${org}`));
    const verify = async (/** @type {string} */ token) =>
      (await ok(root.post("/v1/verify", { key: token, max_staleness_seconds: bound }))).code;
    // An isolate that has heard of the ledger lately believes copies.
    for (const { token } of keys) await verify(token);
    const waits = [];
    const waiting = [];
    for (const { path, token } of keys) {
      await ok(root.post(`${path}/revoke`));
      const revoked = performance.now();
      waiting.push({ token, revoked, valid: revoked });
    }
    while (waiting.length > 0) {
      for (const key of waiting.splice(0)) {
        const asked = performance.now();
        if ((await verify(key.token)) === "valid")
          waiting.push({ ...key, valid: Math.max(asked, key.valid) });
        else waits.push((key.valid - key.revoked) / 1000);
      }
    }
    const value = `median ${median(waits).toFixed(2)} s, at most ${Math.max(...waits).toFixed(2)} s`;
    rows.push({ what: `a bound of ${bound} s`, value });
  }
  return rows;
}

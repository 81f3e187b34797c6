// @ts-check
// Verify in workerd, with KV and Durable Objects as `wrangler dev` has them: against a check written by hand in
// JavaScript, in the same isolate and with the same KV. And how soon a revocation is seen.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { path } from "../../../scripts/run.mjs";
import { acts, caller, ok } from "../../http/client.mjs";
import { start } from "../../http/harness.mjs";
import { mint } from "../../http/mint.mjs";
import { median, print } from "../print.mjs";

const CALLS = 40;
const ROUNDS = 40;
const REVOCATIONS = 20;
/** Longer than KV wants between two writes of a key, in milliseconds. */
const PAUSE = 1_500;

export async function bench() {
  const server = await start({ entry: readFileSync(path("tests/bench/http/entry.mjs"), "utf8") });
  try {
    const root = caller(server.fetch, server.rootKey);
    const { orgKey } = acts(root);
    print("verify in workerd", await verifications(server, (await orgKey()).token));
    print(
      "revoked, and still valid for (KV caches of real edges add up to a minute to fast)",
      await staleness(root, orgKey),
    );
  } finally {
    await server.stop();
  }
}

/** @param {Awaited<ReturnType<typeof start>>} server @param {string} valid a key */
async function verifications({ fetch, rootKey }, valid) {
  const record = { id: "1", owner: "acme", scopes: ["a"], expires_at: Number.MAX_SAFE_INTEGER };
  await fetch("/v1/peer", { method: "POST", body: JSON.stringify({ key: valid, record }) });
  const forged = mint({ owner: "organization:acme" });
  const typo = `${valid.slice(0, 40)}${valid[40] === "a" ? "b" : "a"}${valid.slice(41)}`;
  const candidates = {
    "valid key": { who: "keyward", question: { key: valid }, code: "valid" },
    "valid key, by hand": { who: "peer", question: { key: valid }, code: "valid" },
    "valid key, strong": { who: "keyward", question: { key: valid, consistency: "strong" }, code: "valid" },
    "mistyped key": { who: "keyward", question: { key: typo }, code: "malformed" },
    "mistyped key, by hand": { who: "peer", question: { key: typo }, code: "unknown" },
    "forged key": { who: "keyward", question: { key: forged }, code: "forged" },
    "forged key, by hand": { who: "peer", question: { key: forged }, code: "unknown" },
  };

  /** Milliseconds per verification, of every round. @type {Map<string, number[]>} */
  const times = new Map(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    // They take turns, so that a slow moment of the machine hits all.
    for (const [name, candidate] of Object.entries(candidates)) {
      const headers = { authorization: `Bearer ${rootKey}` };
      const body = JSON.stringify({ ...candidate, times: CALLS });
      const started = performance.now();
      const { status } = await fetch("/v1/bench", { method: "POST", headers, body });
      if (status !== 204) throw new Error(`${name}: ${status}`);
      times.get(name)?.push((performance.now() - started) / CALLS);
    }
  }
  const time = (/** @type {keyof typeof candidates} */ name) => median(times.get(name) ?? []);
  /** @param {keyof typeof candidates} name @param {keyof typeof candidates} [rival] */
  const row = (name, rival) => ({
    what: rival ? `… against ${rival}` : name,
    value: `${time(rival ?? name).toFixed(3)} ms`,
    ...(rival ? { ratio: time(rival) / time(name) } : {}),
  });
  return [
    row("valid key"),
    row("valid key", "valid key, by hand"),
    row("valid key", "valid key, strong"),
    row("mistyped key"),
    row("mistyped key", "mistyped key, by hand"),
    row("forged key"),
    row("forged key", "forged key, by hand"),
  ];
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

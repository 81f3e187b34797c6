// @ts-check
// A module around the worker, with a clock that the test sets and faults that it turns on.
import { CLOCK } from "./clock.mjs";

/** `/v1/faults` says what goes wrong: reads of KV fail, or give what they gave first; ledgers fail. */
export const FAULTY = `
  import Worker, { Ledger as Inner } from "./index.js";
  ${CLOCK}
  let faults = {};
  const first = new Map();
  class Faulty extends Ledger {
    fetch(request) {
      if (faults.ledger) throw new Error("overloaded");
      return super.fetch(request);
    }
  }
  export { Faulty as Ledger };
  export default {
    async fetch(request, env, context) {
      if (new URL(request.url).pathname === "/v1/faults") {
        faults = await request.json();
        first.clear();
        return new Response();
      }
      const KEYS = {
        async get(key, options) {
          if (faults.kv === "down") throw new Error("KV GET failed: 503");
          if (faults.kv !== "stale") return env.KEYS.get(key, options);
          if (!first.has(key)) first.set(key, await env.KEYS.get(key, options));
          return first.get(key);
        },
      };
      return (await clock(request)) ?? Worker.fetch(request, { ...env, KEYS }, context);
    },
  };`;

/** Turns faults on, and all others off. @param {(path: string, init?: RequestInit) => Promise<Response>} fetch */
export const faultsOf =
  (fetch) => async (/** @type {{ kv?: "down" | "stale", ledger?: boolean }} */ faults) =>
    void (await fetch("/v1/faults", { method: "POST", body: JSON.stringify(faults) }));

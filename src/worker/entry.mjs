// @ts-check
// What the platform loads. It starts the WebAssembly, hands requests and alarms on to it, and starts it anew after a
// trap. Every request comes through here: between the platform and Rust there is nothing but a call.

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { __wbg_reset_state, fetch, initSync, Ledger as RustLedger } from "#rust";
import module from "./index_bg.wasm";

initSync({ module });

/** How often the WebAssembly has been started anew: what was made before the last time is of no use any more. */
let restarts = 0;

/**
 * Starts the WebAssembly anew after it was left in the middle of something (a panic, too deep a stack, no memory, or an
 * error of the platform that Rust does not expect). What was borrowed then stays borrowed, so the instance cannot go on;
 * requests that are under way in it never end by themselves, and the platform answers them with an error.
 * @template T
 * @param {T} error what came out
 */
function restart(error) {
  restarts += 1;
  __wbg_reset_state();
  // The platform logs the error itself. Its text is not repeated, since nobody here knows what stands in it.
  const name = error instanceof Error ? error.name : typeof error;
  console.log(JSON.stringify({ level: "error", message: "restarted", error: name }));
  return error;
}

// Futures are polled in microtasks, whose errors nobody can catch; and woken by promises, whose rejections can also be
// those of the platform alone.
addEventListener("error", ({ error }) => {
  restart(error);
});
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof WebAssembly.RuntimeError) restart(reason);
});

/** The worker. */
export default class extends WorkerEntrypoint {
  /** @param {Request} request */
  fetch(request) {
    // What Rust answers as an error is a rejected promise: only a trap is thrown.
    try {
      return fetch(request, this.env, this.ctx);
    } catch (error) {
      throw restart(error);
    }
  }
}

/** The Durable Object. It outlives the WebAssembly, so the object in Rust behind it is made when it is needed. */
export class Ledger extends DurableObject {
  /** @type {RustLedger | undefined} */
  #ledger;
  #madeAt = -1;

  /** The object in Rust, of the instance that runs now. */
  get #current() {
    if (this.#ledger === undefined || this.#madeAt !== restarts) {
      this.#madeAt = restarts;
      this.#ledger = new RustLedger(this.ctx, this.env);
    }
    return this.#ledger;
  }

  /** @param {Request} request */
  fetch(request) {
    try {
      return this.#current.fetch(request);
    } catch (error) {
      throw restart(error);
    }
  }

  alarm() {
    try {
      return this.#current.alarm();
    } catch (error) {
      throw restart(error);
    }
  }
}

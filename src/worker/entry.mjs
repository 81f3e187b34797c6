// @ts-check
// What the platform loads: it hands requests and alarms on to Rust.

import { DurableObject } from "cloudflare:workers";
import * as rust from "#rust";
import { guarded, restarts } from "./instance.mjs";
import { ordinary, verify } from "./verify.mjs";

export { Verifier } from "./verifier.mjs";

/** Some of the addresses of the machine that asks: those that developers use. */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?\//;

/** The worker: a plain object, since an instance of a class for every request costs more. */
export default {
  /** @param {Request} request @param {import("./verify.mjs").Env} env @param {ExecutionContext} context */
  fetch(request, env, context) {
    const { url } = request;
    // Plain HTTP that leads to another machine is refused the ordinary way.
    const isVerify =
      request.method === "POST" &&
      url.endsWith("/v1/verify") &&
      url.indexOf("/", 8) === url.length - 10 &&
      (url.startsWith("https:") || LOOPBACK.test(url));
    return isVerify ? verify(request, env, context) : ordinary(request, env, context);
  },
};

/** The Durable Object. It outlives the WebAssembly, so the object in Rust behind it is made when it is needed. */
export class Ledger extends DurableObject {
  /** @type {rust.Ledger | undefined} */
  #ledger;
  #madeAt = -1;

  /** The object in Rust, of the instance that runs now. */
  get #current() {
    if (this.#ledger === undefined || this.#madeAt !== restarts()) {
      this.#madeAt = restarts();
      this.#ledger = new rust.Ledger(this.ctx, this.env);
    }
    return this.#ledger;
  }

  /** @param {Request} request */
  async fetch(request) {
    const trace = request.headers.get("traceparent") ?? undefined;
    const text = await request.text();
    const [answer, alarm] = guarded(() => {
      const ledger = this.#current;
      return [ledger.answer(text, trace), ledger.takeAlarm()];
    });
    // In the same turn as the answer, so that the alarm is part of the transaction.
    if (alarm !== undefined) await this.ctx.storage.setAlarm(alarm);
    return answer === undefined ? new Response(null, { status: 500 }) : new Response(answer);
  }

  alarm() {
    return guarded(() => this.#current.alarm());
  }
}

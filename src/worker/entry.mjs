// @ts-check
// What the platform loads. It starts the WebAssembly, hands requests and alarms on to it, and starts it anew after a
// trap. Verifying goes a way of its own: see `verify`.

import { DurableObject } from "cloudflare:workers";
import * as rust from "#rust";
import module from "./index_bg.wasm";

rust.initSync({ module });

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
  rust.__wbg_reset_state();
  // The platform logs the error itself. Its text is not repeated, since nobody here knows what is in it.
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

/**
 * Calls Rust. What Rust returns as an error is a rejected promise, so whatever is thrown is a trap.
 * @template T
 * @param {() => T} call
 */
function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw restart(error);
  }
}

/** Largest body that is read at once, in bytes; the ordinary way refuses what is larger. */
const BODY_MAX = 65_536;

/** How long a read of KV may take, in milliseconds. Afterwards the ledger is asked, which knows better anyway. */
const KV_READ_TIMEOUT = 3_000;

/** How long a ledger may take to answer, in milliseconds. */
const LEDGER_TIMEOUT = 10_000;

/** Options of a read of KV: for how long a location may cache it, in seconds. */
const CACHED = { cacheTtl: 30 };

/** Headers of every verdict. Copying a `Headers` that is there costs the platform less than making one of an object. */
const VERDICT_HEADERS = new Headers({
  "cache-control": "no-store",
  "content-type": "application/json",
  "x-content-type-options": "nosniff",
});

/** @typedef {{ KEYS: KVNamespace, LEDGER: DurableObjectNamespace }} Env */

/**
 * The hot path: everything of the platform is done here, and Rust is only called with texts and numbers. Rust's own way,
 * with promises and objects of JavaScript, costs twice as much: see docs/BENCHMARKS.md.
 *
 * It is for callers with a key and a body of a known length; everything else goes the ordinary way, with the same answers.
 * @param {Request} request
 * @param {Env} env
 * @param {ExecutionContext} context
 * @returns {Promise<Response>}
 */
async function verify(request, env, context) {
  const { headers } = request;
  const authorization = headers.get("authorization");
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const type = headers.get("content-type");
  if (authorization === null || type !== "application/json" || !(length > 0 && length <= BODY_MAX))
    return ordinary(request, env, context);
  const started = Date.now();
  const body = new Uint8Array(await request.arrayBuffer());
  const generation = restarts;
  let status = guarded(() => rust.verifyBegin(started, authorization, body));
  if (status === NOT_HERE) return ordinary(new Request(request, { body }), env, context);
  while (status < NOT_HERE) {
    const number = -2 - status;
    const wants = rust.verifyWants(number).split("\n");
    const given = await Promise.all(wants.map((want) => fulfil(want, env)));
    // The instance that has asked is gone.
    if (generation !== restarts) throw new Error("The WebAssembly was restarted.");
    for (const text of given) rust.verifyGive(number, text ?? undefined, text === undefined);
    status = guarded(() => rust.verifyGoOn(number, Date.now()));
  }
  if (rust.verifyHasUses()) context.waitUntil(rust.verifyRecordUses(env));
  const requestId = `req_${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;
  const milliseconds = Date.now() - started;
  if (status !== 200) return rust.verifyProblem(requestId, milliseconds);
  console.log(
    `{"level":"info","message":"answered","request_id":"${requestId}","operation":"verify_key","status":200,"code":null,"milliseconds":${milliseconds}}`,
  );
  VERDICT_HEADERS.set("x-request-id", requestId);
  return new Response(rust.verifyBody(), { headers: VERDICT_HEADERS });
}

/** What Rust says of a request that has to go the ordinary way. */
const NOT_HERE = -1;

/**
 * Fetches what a verification waits for.
 * @param {string} want a key in KV; or `>`, a ledger, a space, and what it is sent
 * @param {Env} env
 * @returns {Promise<string | null | undefined>} null where KV has nothing, undefined where it could not be had
 */
function fulfil(want, env) {
  return want.startsWith(">") ? askLedger(want, env) : readKv(want, env);
}

/** @param {string} key @param {Env} env @returns {Promise<string | null | undefined>} */
function readKv(key, env) {
  return new Promise((resolve) => {
    const failed = (/** @type {unknown} */ error) => {
      clearTimeout(timer);
      logFault("KV", String(error));
      resolve(undefined);
    };
    const timer = setTimeout(failed, KV_READ_TIMEOUT, "a read has timed out");
    env.KEYS.get(key, CACHED).then((text) => {
      clearTimeout(timer);
      resolve(text);
    }, failed);
  });
}

/** @param {string} want @param {Env} env @returns {Promise<string | undefined>} */
async function askLedger(want, env) {
  const space = want.indexOf(" ");
  try {
    const response = await env.LEDGER.getByName(want.slice(1, space)).fetch("https://ledger/", {
      method: "POST",
      body: want.slice(space + 1),
      signal: AbortSignal.timeout(LEDGER_TIMEOUT),
    });
    if (response.status === 200) return await response.text();
    logFault("ledger", `it answered ${response.status}`);
  } catch (error) {
    logFault("ledger", String(error));
  }
}

/** @param {string} message @param {string} error */
function logFault(message, error) {
  console.log(JSON.stringify({ level: "error", message, error }));
}

/** @param {Request} request @param {Env} env @param {ExecutionContext} context @returns {Promise<Response>} */
const ordinary = (request, env, context) => guarded(() => rust.fetch(request, env, context));

/** The worker: a plain object, since an instance of a class for every request costs more. */
export default {
  /** @param {Request} request @param {Env} env @param {ExecutionContext} context */
  fetch(request, env, context) {
    const { url } = request;
    const isVerify =
      request.method === "POST" && url.endsWith("/v1/verify") && url.indexOf("/", 8) === url.length - 10;
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
    if (this.#ledger === undefined || this.#madeAt !== restarts) {
      this.#madeAt = restarts;
      this.#ledger = new rust.Ledger(this.ctx, this.env);
    }
    return this.#ledger;
  }

  /** @param {Request} request */
  async fetch(request) {
    const text = await request.text();
    const answer = guarded(() => this.#current.answer(text));
    const alarm = this.#current.takeAlarm();
    // In the same turn as the answer, so that the alarm is part of the transaction.
    if (alarm !== undefined) await this.ctx.storage.setAlarm(alarm);
    return answer === undefined ? new Response(null, { status: 500 }) : new Response(answer);
  }

  alarm() {
    return guarded(() => this.#current.alarm());
  }
}

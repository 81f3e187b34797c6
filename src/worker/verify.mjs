// @ts-check
// The hot path: verifying for a caller with a root key or an API key.

import * as rust from "#rust";
import { guarded, restarts } from "./instance.mjs";

// The largest body, in bytes; how long a read of KV and a ledger may take, in milliseconds; and for how long a location
// may cache what it has read, in seconds. As everywhere else.
const [bodyMax, KV_READ_TIMEOUT, LEDGER_TIMEOUT, cacheTtl] = rust.verifyLimits();
export const BODY_MAX = bodyMax;

/** Options of a read of KV. */
const CACHED = { cacheTtl };

const HEADERS = {
  "cache-control": "no-store",
  "content-type": "application/json",
  vary: "Origin",
  "x-content-type-options": "nosniff",
};

/** Headers of every verdict. Copying a `Headers` that is there costs the platform less than making one of an object. */
const VERDICT_HEADERS = new Headers(HEADERS);
const SECURE_VERDICT_HEADERS = new Headers({ ...HEADERS, "strict-transport-security": "max-age=31536000" });

/** What Rust says of a request that has to go the ordinary way. Less than that is the number of one that waits. */
export const NOT_HERE = -1;

/** @typedef {{ KEYS: KVNamespace, LEDGER: DurableObjectNamespace }} Env */

/**
 * Everything of the platform is done here, and Rust is only called with texts and numbers. Rust's own way,
 * with promises and objects of JavaScript, costs twice as much: see docs/BENCHMARKS.md.
 *
 * It is for callers with a key in `Authorization`, that are no pages, and a body of a known length; everything else goes
 * the ordinary way, with the same answers.
 * @param {Request} request
 * @param {Env} env
 * @param {ExecutionContext} context
 * @returns {Promise<Response>}
 */
export async function verify(request, env, context) {
  const { headers } = request;
  const authorization = headers.get("authorization");
  const length = Number(headers.get("content-length") ?? Number.NaN);
  const type = headers.get("content-type");
  if (
    authorization === null ||
    type !== "application/json" ||
    !(length > 0 && length <= BODY_MAX) ||
    headers.has("x-api-key") ||
    headers.has("keyward-caller") ||
    headers.has("origin")
  )
    return ordinary(request, env, context);
  const isSecure = request.url.startsWith("https:");
  const started = Date.now();
  const traceparent = headers.get("traceparent");
  const trace = traceparent === null ? undefined : guarded(() => rust.traceOf(traceparent));
  const body = new Uint8Array(await request.arrayBuffer());
  const generation = restarts();
  // Another worker may state a length that its stream does not keep to.
  const isTooLarge = body.length > BODY_MAX;
  let status = isTooLarge ? NOT_HERE : guarded(() => rust.verifyBegin(started, authorization, body));
  if (status === NOT_HERE) return ordinary(new Request(request, { body }), env, context);
  while (status < NOT_HERE) status = goOn(status, await fetched(status, env, trace), generation);
  doLater(env, context, trace);
  const requestId = newRequestId();
  const milliseconds = Date.now() - started;
  // The second of its four parts.
  const traceId = trace?.slice(3, 35);
  if (status !== 200) return guarded(() => rust.verifyProblem(requestId, milliseconds, isSecure, traceId));
  const traced = traceId === undefined ? "" : `"trace_id":"${traceId}",`;
  console.log(
    `{"level":"info","message":"answered","request_id":"${requestId}","operation":"verify_key",${traced}"status":200,"code":null,"milliseconds":${milliseconds}}`,
  );
  const answered = isSecure ? SECURE_VERDICT_HEADERS : VERDICT_HEADERS;
  answered.set("x-request-id", requestId);
  return new Response(guarded(rust.verifyBody), { headers: answered });
}

/** What a request that waits has asked for. @param {number} number @param {Env} env @param {string} [trace] that it belongs to */
export function fetched(number, env, trace) {
  const wants = guarded(() => rust.verifyWants(number)).split("\n");
  return Promise.all(wants.map((want) => fulfil(want, env, trace)));
}

/**
 * Goes on with a request that was given what it has asked for. Gives its status, or its number if it waits again. Whatever it
 * is answered has to be fetched in the same turn, before another request's answer is there.
 * @param {number} number @param {(string | null | undefined)[]} given @param {number} generation of the instance that has asked
 */
export function goOn(number, given, generation) {
  if (generation !== restarts()) throw new Error("The WebAssembly was restarted.");
  return guarded(() => {
    for (const text of given) rust.verifyGive(number, text ?? undefined, text === undefined);
    return rust.verifyGoOn(number, Date.now());
  });
}

/** Has done in the background what is left to do. @param {Env} env @param {ExecutionContext} context @param {string} [trace] */
export function doLater(env, context, trace) {
  if (guarded(rust.verifyHasLater)) context.waitUntil(guarded(() => rust.verifyDoLater(env, trace)));
}

export const newRequestId = () => `req_${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;

/**
 * Fetches what a verification waits for.
 * @param {string} want a key in KV; or `>`, a ledger, a space, and what it is sent
 * @param {Env} env
 * @param {string} [trace] for the ledger's log
 * @returns {Promise<string | null | undefined>} null where KV has nothing, undefined where it could not be had
 */
function fulfil(want, env, trace) {
  return want.startsWith(">") ? askLedger(want, env, trace) : readKv(want, env);
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
    try {
      env.KEYS.get(key, CACHED).then((text) => {
        clearTimeout(timer);
        resolve(text);
      }, failed);
    } catch (error) {
      failed(error);
    }
  });
}

/** @param {string} want @param {Env} env @param {string} [trace] @returns {Promise<string | undefined>} */
async function askLedger(want, env, trace) {
  const space = want.indexOf(" ");
  try {
    const response = await env.LEDGER.getByName(want.slice(1, space)).fetch("https://ledger/", {
      method: "POST",
      body: want.slice(space + 1),
      ...(trace && { headers: { traceparent: trace } }),
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

/**
 * Everything else, and whatever is unusual.
 * @param {Request} request @param {Env} env @param {ExecutionContext} context @returns {Promise<Response>}
 */
export const ordinary = (request, env, context) => guarded(() => rust.fetch(request, env, context));

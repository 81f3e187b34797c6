// @ts-check
// A request is sent, again where that is safe, until there is an answer or the time is up.
import { number } from "./only.mjs";
import { KeywardError, problemOf, TIMEOUT, UNEXPECTED, UNREACHABLE } from "./problem.mjs";

/**
 * Where a client sends its requests, and how patient it is.
 * @typedef {object} Connection
 * @property {string} base address without a slash at its end
 * @property {string | undefined} key
 * @property {typeof fetch} fetch
 * @property {number} timeout in milliseconds, for everything that a call takes
 * @property {number} retries how often a request may be sent again
 * @property {() => number} random from 0 to 1
 * @property {(milliseconds: number, signal: AbortSignal) => Promise<void>} wait
 */

/**
 * @typedef {object} Sent
 * @property {string} method
 * @property {string} path with its query
 * @property {Headers} headers
 * @property {string} [body]
 * @property {boolean} repeats whether it may be sent again
 * @property {string[]} secrets what it holds that no error may
 * @property {boolean} answers whether the answer is JSON
 * @property {import("../types/calls.d.cts").CallOptions} options
 */

/** Statuses that may be another one the next time. */
const PASSING = [429, 502, 503, 504];

/** The answer's body, headers and status. @param {Connection} to @param {Sent} sent */
export async function send(to, sent) {
  const timeout = number("timeout", sent.options.timeout ?? to.timeout, 1);
  const retries = number("retries", sent.options.retries ?? to.retries, 0);
  const own = /** @type {AbortSignal | undefined} */ (sent.options.signal);
  const end = new AbortController();
  const stop = () => end.abort(own?.reason);
  const late = new KeywardError({ code: TIMEOUT, detail: `There was no answer within ${timeout} ms` });
  // Unlike `AbortSignal.timeout`, it lets no process of Node end before.
  const timer = setTimeout(() => end.abort(late), timeout);
  own?.addEventListener("abort", stop, { once: true });
  if (own?.aborted) stop();
  try {
    return await answer(to, sent, end.signal, { timeout, retries });
  } finally {
    clearTimeout(timer);
    own?.removeEventListener("abort", stop);
  }
}

/** @param {Connection} to @param {Sent} sent @param {AbortSignal} signal @param {{ timeout: number, retries: number }} patience */
async function answer(to, sent, signal, { timeout, retries }) {
  const started = performance.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return await within(signal, () => once(to, sent, signal));
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof KeywardError)) throw error;
      const mayPass = error.code === UNREACHABLE || PASSING.includes(error.status);
      if (!mayPass || !sent.repeats || tries >= retries) throw error;
      const pause = pauseOf(tries, error.retryAfter, to.random());
      // There would be no time left for another answer.
      if (performance.now() - started + pause >= timeout) throw error;
      await within(signal, () => to.wait(pause, signal));
    }
  }
}

/** How long to wait, in milliseconds. @param {number} tries @param {number | null} wanted in seconds @param {number} random */
const pauseOf = (tries, wanted, random) =>
  wanted === null ? 250 * 2 ** tries * (0.5 + random / 2) : 1000 * wanted;

/**
 * Work that ends with a signal, since some `fetch` of one's own may not look at it.
 * @template T @param {AbortSignal} signal @param {() => Promise<T>} work @returns {Promise<T>}
 */
export function within(signal, work) {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", stop));
  });
}

/** @param {Connection} to @param {Sent} sent @param {AbortSignal} signal */
async function once(to, { method, path, headers, body, answers, secrets }, signal) {
  /** @type {Response} */
  let response;
  let text = "";
  try {
    // A key goes to the address that was given and to no other.
    const init = { method, headers, signal, redirect: /** @type {const} */ ("manual"), body };
    response = await to.fetch(to.base + path, init);
    text = await response.text();
  } catch (error) {
    if (error instanceof KeywardError) throw error;
    // What was thrown may repeat what was sent; its code is a word.
    const { code = "" } = /** @type {any} */ (error)?.cause ?? {};
    const why = /^[A-Z_]{1,40}$/.test(code) ? `: ${code}` : "";
    throw new KeywardError({ code: UNREACHABLE, detail: `The server cannot be reached${why}` });
  }
  const value = parsed(text);
  const { ok, status, headers: said } = response;
  if (!ok) throw problemOf(status, value, secrets, secondsOf(said.get("retry-after")));
  if (!answers) return { value: text === "" ? undefined : text, headers: said, status };
  if (typeof value !== "object" || value === null)
    throw new KeywardError({
      code: UNEXPECTED,
      detail: "The server does not answer as Keyward does",
      status,
    });
  return { value, headers: said, status };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long a server wants to be left alone: in seconds, or until an instant. @param {string | null} text */
function secondsOf(text) {
  if (text === null) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const until = Date.parse(text);
  return Number.isNaN(until) ? null : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

// @ts-check
// `keyward/client`: every operation of the API as a method, and `verify`.
import { redactText, tryParse } from "keyward";
import { call, request } from "./call.mjs";
import { number, only } from "./only.mjs";
import { OPERATIONS } from "./operations.mjs";
import { KeywardError, UNEXPECTED } from "./problem.mjs";
import { send } from "./send.mjs";
import { Verifier } from "./verifier.mjs";

export { KeywardError };

const OPTIONS = [
  ...["url", "key", "binding", "fetch", "timeout", "retries", "random", "wait"],
  ...["brand", "environment", "foreign", "cache"],
];
const TIMEOUT_MS = 15_000;
const RETRIES = 2;
const CACHE_SIZE = 10_000;
/** The address of what is bound: nobody looks it up. */
const BOUND = "https://keyward.invalid";

export class Keyward {
  // Said here because the build shortens the class's own name.
  static name = "Keyward";
  /** @type {import("./send.mjs").Connection} */
  #connection;
  #verifier;

  /** @param {import("../types/client.d.cts").KeywardOptions} options */
  constructor(options) {
    only("Keyward", options, OPTIONS);
    const { url, key, binding, timeout = TIMEOUT_MS, retries = RETRIES, foreign = false } = options;
    if ((url === undefined) === (binding === undefined))
      throw new TypeError("Keyward: say either the url of the deployment or its binding.");
    this.#connection = {
      base: url === undefined ? BOUND : addressOf(url),
      key: credentialOf(key),
      fetch: fetchOf(options),
      timeout: number("timeout", timeout, 1),
      retries: number("retries", retries, 0),
      random: options.random ?? Math.random,
      wait: /** @type {any} */ (options.wait) ?? wait,
    };
    const own = key === undefined ? undefined : tryParse(key.trim());
    const pins = own?.ok ? own.key : undefined;
    // Without a key a binding says itself who calls: it is that to the entrypoint `Verifier`.
    const ask = binding && key === undefined ? this.#askEntrypoint(binding) : this.#askServer;
    this.#verifier = new Verifier(ask, {
      brand: options.brand ?? pins?.brand,
      environment: options.environment ?? pins?.environment,
      foreign,
      cache: cacheOf(options.cache),
      // In Workers no request may wait for what belongs to another.
      shares: globalThis.navigator?.userAgent !== "Cloudflare-Workers",
    });
  }

  /** @type {import("./verifier.mjs").Ask} */
  #askServer = async (question, options) => {
    const { verifyKey } = OPERATIONS;
    const { value, headers } = await request(
      this.#connection,
      verifyKey,
      verifyKey.path,
      question,
      {},
      options,
    );
    return { value, date: headers.get("date") };
  };

  /** @param {any} binding @returns {import("./verifier.mjs").Ask} */
  #askEntrypoint = (binding) => async (question, options) => {
    const { key } = /** @type {{ key: string }} */ (question);
    // Its answer as HTTP would have it, so that it is read by the same rules.
    const fetch = async () => {
      const answer = (await through(() => binding.verify(question))) ?? null;
      const isProblem = typeof answer?.valid !== "boolean" && typeof answer?.status === "number";
      return Response.json(answer, { status: isProblem ? answer.status : 200 });
    };
    const sent = { method: "POST", path: "", headers: new Headers(), answers: true, repeats: true, options };
    const { value } = await send({ ...this.#connection, fetch }, { ...sent, secrets: [key] });
    // Nobody is between, so its clock is the same.
    return { value, date: new Date().toUTCString() };
  };

  /** @param {string} key @param {import("../types/client.d.cts").Question} [question] @param {import("../types/calls.d.cts").CallOptions} [options] */
  verify(key, question = {}, options = {}) {
    return this.#verifier.verify(key, question, options);
  }

  /** @param {string} name @param {any[]} args */
  #call(name, args) {
    const operation = OPERATIONS[name];
    if (operation.asks) return call(this.#connection, name, operation, args);
    this.#verifier.forget();
    return /** @type {Promise<unknown>} */ (call(this.#connection, name, operation, args)).finally(() =>
      this.#verifier.forget(),
    );
  }

  static {
    for (const name of Object.keys(OPERATIONS)) {
      const method = {
        /** @this {Keyward} @param {any[]} args */
        [name](...args) {
          return this.#call(name, args);
        },
      }[name];
      Object.defineProperty(Keyward.prototype, name, { value: method, writable: true, configurable: true });
    }
  }
}

/** @param {{ maxAge: number, size?: number } | undefined} cache */
function cacheOf(cache) {
  if (cache === undefined) return undefined;
  only("Keyward's cache", cache, ["maxAge", "size"]);
  const { maxAge, size = CACHE_SIZE } = cache;
  return { maxAge: number("cache.maxAge", maxAge, 0) * 1000, size: number("cache.size", size, 1) };
}

/** The address of a deployment, without a slash at its end. @param {unknown} text */
function addressOf(text) {
  const url = URL.canParse(String(text)) ? new URL(String(text)) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(url.href))
    throw new TypeError(
      "Keyward: the url has to be one such as https://keys.example.com, with no password, query or fragment.",
    );
  if (url.protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new TypeError("Keyward: the url has to begin with https://, except on this machine.");
  if (redactText(url.href) !== url.href) throw new TypeError("Keyward: the url must not hold a key.");
  return url.href.replace(/\/+$/, "");
}

/** @param {unknown} key */
function credentialOf(key) {
  if (key === undefined) return undefined;
  const text = typeof key === "string" ? key.trim() : "";
  // What does not fit into a header would be repeated in the platform's error about it.
  if (!/^[\x21-\x7e]+$/.test(text))
    throw new TypeError("Keyward: the key is missing, or has characters that no key has.");
  return text;
}

/** @param {import("../types/client.d.cts").KeywardOptions} options @returns {typeof fetch} */
function fetchOf({ fetch: own, binding }) {
  if (own) return /** @type {any} */ (own);
  // A binding has to be called as what it is; the platform's own is looked for when it is called.
  if (binding) return (...args) => through(() => /** @type {any} */ (binding).fetch(...args));
  return (...args) => fetch(...args);
}

/** Calls a binding; one that leads to what has no such method is none that could not be reached. @template T @param {() => Promise<T>} call */
async function through(call) {
  try {
    return await call();
  } catch (error) {
    if (!/does not (implement|export)/.test(/** @type {any} */ (error)?.message)) throw error;
    throw new KeywardError({
      code: UNEXPECTED,
      detail:
        "With a binding to the entrypoint `Verifier` there is `verify` alone, and no key; with any other, say a key",
    });
  }
}

/** @param {number} milliseconds @param {AbortSignal} signal */
const wait = (milliseconds, signal) =>
  /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    })
  );

// @ts-check
// Verifying with as few requests as can be: what cannot be a key of the deployment is refused here, equal questions that are
// under way share one answer, and answers are kept if that is wanted.
import { digest, isWellFormed, tryParse } from "keyward";
import { dated, Kept } from "./kept.mjs";
import { KeywardError, UNEXPECTED } from "./problem.mjs";
import { within } from "./send.mjs";

/** @typedef {import("../types/client.d.cts").Answer} Answer */
/** @typedef {import("../types/client.d.cts").Question} Question */
/** @typedef {import("./kept.mjs").Dated} Dated */
/** @typedef {(question: object, options: object) => Promise<{ value: any, date?: string | null }>} Ask */

/**
 * @typedef {object} Settings
 * @property {string} [brand] of the deployment's keys
 * @property {string} [environment]
 * @property {boolean} foreign whether keys of other systems were imported, so that every text is asked about
 * @property {{ maxAge: number, size: number } | undefined} cache in milliseconds
 * @property {boolean} shares whether one request may wait for the answer to another
 */

export class Verifier {
  #ask;
  #settings;
  /** @type {Kept | undefined} */
  #kept;
  /** @type {Map<string, Promise<Dated>>} */
  #underWay = new Map();
  /** Counts changes: what was asked before one is not kept. */
  #changes = 0;

  /** @param {Ask} ask @param {Settings} settings */
  constructor(ask, settings) {
    this.#ask = ask;
    this.#settings = settings;
    if (settings.cache) this.#kept = new Kept(settings.cache.maxAge, settings.cache.size);
  }

  /** Keys may have changed: no answer of before counts any longer. */
  forget() {
    this.#changes += 1;
    this.#kept?.clear();
    this.#underWay.clear();
  }

  /** @param {string} key @param {any} question @param {import("../types/calls.d.cts").CallOptions} options @returns {Promise<Answer>} */
  async verify(key, question, options) {
    if (typeof key !== "string") throw new TypeError("verify: the key has to be a string.");
    if (typeof question !== "object" || question === null || Object.values(question).some(isLost))
      throw new TypeError("verify: the question has to be an object of what JSON can hold.");
    const code = this.#refused(key);
    if (code) return refusal(code, question);
    const bound = question.max_staleness_seconds ?? Number.POSITIVE_INFINITY;
    const isStrong = question.consistency === "strong" || bound === 0;
    // The newest answer there is, for this question alone.
    if (isStrong) return (await this.#question(key, question, options)).verdict;
    const name = await nameOf(key, question);
    const kept = this.#kept?.get(name, bound * 1000, performance.now());
    if (kept) return kept;
    const { signal, ...others } = options;
    const shared = this.#underWay.get(name);
    if (!shared || Object.keys(others).length > 0)
      return (await this.#begun(name, key, question, options)).verdict;
    const answer = await (signal ? within(signal, () => shared) : shared);
    // It was under way before, so it may be older than what was asked for now.
    const now = performance.now();
    if (now < answer.ends && now - answer.from <= bound * 1000) return answer.verdict;
    return (await this.#remembered(name, key, question, options)).verdict;
  }

  /** The first to ask, whom others may join. @param {string} name @param {string} key @param {object} question @param {any} options */
  #begun(name, key, question, options) {
    const { signal, ...others } = options;
    if (!this.#settings.shares || Object.keys(others).length > 0)
      return this.#remembered(name, key, question, options);
    const shared = this.#remembered(name, key, question, {});
    this.#underWay.set(name, shared);
    const done = () => void (this.#underWay.get(name) === shared && this.#underWay.delete(name));
    shared.then(done, done);
    // Who waits no longer ends it for nobody else.
    return signal ? within(signal, () => shared) : shared;
  }

  /** @param {string} name @param {string} key @param {object} question @param {object} options */
  async #remembered(name, key, question, options) {
    const changes = this.#changes;
    const answer = await this.#question(key, question, options);
    if (changes === this.#changes) this.#kept?.put(name, answer);
    return answer;
  }

  /** @param {string} key @param {object} question @param {object} options */
  async #question(key, question, options) {
    const sent = performance.now();
    const { value, date } = await this.#ask({ ...question, key }, options);
    if (!isVerdict(value))
      throw new KeywardError({
        code: UNEXPECTED,
        detail: "The server does not answer with a verdict",
        status: 200,
      });
    return dated(frozen(value), sent, date);
  }

  /** What needs no request: it cannot be a key of this deployment. @param {string} key @returns {"malformed" | "wrong_environment" | undefined} */
  #refused(key) {
    const { brand, environment, foreign } = this.#settings;
    if (foreign) return undefined;
    const read = tryParse(key);
    // A newer server may know what this package does not.
    if (!read.ok) return read.code === "key.unknown_version" ? undefined : "malformed";
    const isOurs = brand === undefined || read.key.brand === brand;
    const isHere = environment === undefined || read.key.environment === environment;
    return isOurs && isHere ? undefined : "wrong_environment";
  }
}

/** As of now: no storage is needed. @param {"malformed" | "wrong_environment"} code @param {any} question @returns {Answer} */
const refusal = (code, { consistency, max_staleness_seconds }) =>
  Object.freeze({
    valid: false,
    code,
    key: null,
    as_of: new Date().toISOString(),
    max_staleness_seconds: max_staleness_seconds ?? (consistency === "strong" ? 0 : 30),
  });

/** What JSON leaves out without a word, so that less would be asked than is meant. @param {unknown} value */
const isLost = (value) => typeof value === "function" || typeof value === "symbol";

/** Whether it is one, so that nothing else is ever taken for a yes. @param {any} value */
const isVerdict = (value) =>
  value?.valid === true
    ? value.code === "valid" && typeof value.key?.id === "string" && typeof value.key.owner?.type === "string"
    : value?.valid === false && typeof value.code === "string" && value.code !== "valid";

/** A question by one name, in which there is no key. @param {string} key @param {Record<string, unknown>} question */
async function nameOf(key, question) {
  const { scopes, ...rest } = question;
  const wanted = Array.isArray(scopes) ? [...scopes].sort() : scopes;
  const parts = Object.entries({ ...rest, scopes: wanted }).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${isWellFormed(key) ? digest(key) : await sha256(key)} ${JSON.stringify(parts)}`;
}

/** @param {string} text */
async function sha256(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Several may hold the same answer, so nobody changes it. @template T @param {T} value @returns {T} */
function frozen(value) {
  if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) frozen(each);
    Object.freeze(value);
  }
  return value;
}

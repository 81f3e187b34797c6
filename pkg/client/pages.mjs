// @ts-check
// What a list gives: waited for it is its first page, walked through it is every entry of all pages.
import { KeywardError, UNEXPECTED } from "./problem.mjs";

/** @typedef {Record<string, unknown>} Query */

export class Pages {
  #ask;
  #query;
  #entries;
  /** @type {Promise<any> | undefined} */
  #first;

  /** @param {(query: Query) => Promise<any>} ask @param {Query} query @param {string} entries */
  constructor(ask, query, entries) {
    this.#ask = ask;
    this.#query = query;
    this.#entries = entries;
  }

  /** The first page, which is asked for once and when it is wanted. */
  #begin() {
    this.#first ??= this.#ask(this.#query);
    return this.#first;
  }

  /** @param {any} [resolve] @param {any} [reject] */
  // biome-ignore lint/suspicious/noThenProperty: it is meant to be waited for
  then(resolve, reject) {
    return this.#begin().then(resolve, reject);
  }

  /** @param {any} reject */
  catch(reject) {
    return this.#begin().catch(reject);
  }

  /** @param {any} then */
  finally(then) {
    return this.#begin().finally(then);
  }

  get [Symbol.toStringTag]() {
    return "Pages";
  }

  /** Page by page. @returns {AsyncGenerator<any, void, undefined>} */
  async *pages() {
    for (let page = await this.#begin(), seen; ; ) {
      yield page;
      const { after } = page;
      if (after === null || after === undefined) return;
      if (after === seen)
        throw new KeywardError({ code: UNEXPECTED, detail: "A page leads to itself", status: 200 });
      seen = after;
      page = await this.#ask({ ...this.#query, after });
    }
  }

  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page[this.#entries];
  }
}

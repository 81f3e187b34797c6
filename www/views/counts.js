// How many members and keys organizations have. The list of organizations doesn’t say, so each of them is asked.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Amount } from "../types.d.ts" */
import * as api from "../api.js";

/** How many requests are under way at most. */
const AT_ONCE = 4;

/** For how long a count is good enough when the same page of the list is loaded again, as when somebody looks at it again. */
const FRESH_MS = 60_000;

/** @typedef {"members" | "keys"} What */
/** @type {[What, typeof api.listKeys | typeof api.listMembers][]} */
const ASKED = [
  ["members", api.listMembers],
  ["keys", api.listKeys],
];

export class Counts {
  #update;
  #going = new AbortController();
  /** @type {Map<string, { amount: Amount | null, at: number }>} */
  #known = new Map();

  /** @param {() => void} update */
  constructor(update) {
    this.#update = update;
  }

  /** Asks for what isn’t known or has been for long; what is known stays until there is an answer. @param {string[]} organizations */
  async ask(organizations) {
    this.stop();
    this.#going = new AbortController();
    const { signal } = this.#going;
    const since = Date.now() - FRESH_MS;
    const questions = organizations
      .flatMap((id) => ASKED.map(([what, list]) => ({ id, what, list })))
      .filter(({ id, what }) => {
        const known = this.#known.get(`${what} ${id}`);
        return known === undefined || known.amount === null || known.at < since;
      });
    const work = async () => {
      for (let next = questions.shift(); next && !signal.aborted; next = questions.shift()) {
        const { id, what, list } = next;
        /** @type {Owner} */
        const owner = { type: "organization", id };
        const amount = await list(owner, { limit: 1 }, signal).catch(() => null);
        if (signal.aborted) return;
        this.#known.set(`${what} ${id}`, { amount, at: Date.now() });
        this.#update();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  stop() {
    this.#going.abort();
  }

  /** Undefined until there is an answer, null where there is none. @param {string} id @param {What} what */
  of(id, what) {
    return this.#known.get(`${what} ${id}`)?.amount;
  }
}

// @ts-check
// Answers that are kept for a while: never for longer than was asked, counted from when they were true.

/**
 * An answer, with how old it is: times are those of `performance.now()`, which no clock of the day can move.
 * @typedef {object} Dated
 * @property {import("../types/client.d.cts").Answer} verdict
 * @property {number} from when it was true for certain
 * @property {number} ends when it is older than its own bound allows: at once, if its key wants strong answers
 * @property {number} until for how long it may be kept, whatever is asked
 */

/** For how long a refusal may be kept at most: whoever has mended a key waits no longer than that. */
const REFUSALS = 5_000;
/** The header Date counts whole seconds. */
const SECOND = 1_000;

/**
 * Says how old an answer is, at worst. The server's instants are compared with each other only: this machine's clock may be
 * off by any amount.
 * @param {any} verdict @param {number} sent when it was asked for @param {string | null | undefined} date the answer's header
 * @returns {Dated}
 */
export function dated(verdict, sent, date) {
  const { valid, key, as_of, max_staleness_seconds: held } = verdict;
  // The last instant at which it can have been given. Without the header, or an instant that can be read, the worst holds.
  const served = instantOf(date) + SECOND;
  const told = as_of === undefined ? 0 : (Number.isFinite(served) ? served : Infinity) - instantOf(as_of);
  const most = typeof held === "number" ? held * 1000 : Infinity;
  const from = sent - Math.max(0, Math.min(told, most));
  const ends = from + most;
  if (!valid) return { verdict, from, ends, until: Math.min(ends, sent + REFUSALS) };
  const now = Number.isFinite(served) ? served : Date.now();
  const left = [key.expires_at, key.revoked_at].filter(Boolean).map((end) => instantOf(end) - now);
  // Its end is near, and it is not told when.
  if (key.status !== "active" && left.length === 0) left.push(0);
  return { verdict, from, ends, until: Math.min(ends, sent + Math.min(...left, Infinity)) };
}

/** @param {string | null | undefined} text */
function instantOf(text) {
  const instant = Date.parse(text ?? "");
  return Number.isNaN(instant) ? -Infinity : instant;
}

export class Kept {
  /** The newest last. @type {Map<string, Dated>} */
  #answers = new Map();
  #maxAge;
  #size;

  /** @param {number} maxAge in milliseconds @param {number} size how many are kept */
  constructor(maxAge, size) {
    this.#maxAge = maxAge;
    this.#size = size;
  }

  /** @param {string} name @param {number} bound in milliseconds @param {number} now */
  get(name, bound, now) {
    const found = this.#answers.get(name);
    if (!found || now >= found.until || now - found.from >= this.#maxAge) {
      this.#answers.delete(name);
      return undefined;
    }
    return now - found.from <= bound ? found.verdict : undefined;
  }

  /** @param {string} name @param {Dated} answer */
  put(name, answer) {
    this.#answers.delete(name);
    if (this.#answers.size >= this.#size)
      this.#answers.delete(/** @type {string} */ (this.#answers.keys().next().value));
    this.#answers.set(name, answer);
  }

  clear() {
    this.#answers.clear();
  }
}

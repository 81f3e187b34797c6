// How old an answer may be, in words: what README.md and docs/API.md say of it, and what that means for a key.
/** @import { Consistency, Effective, Owner } from "./openapi.d.ts" */

/** The highest ceiling of an organization, and the oldest answer that it can allow while a ledger can’t be reached. */
export const STALENESS_MAX = 3_600;
export const OUTAGE_MAX = 86_400;
/** What is asked for and allowed where nobody says anything else. */
export const STALENESS_DEFAULT = 30;

/** The whole promise; tests/scripts/docs.test.mjs holds it against the documents, word by word. */
export const PROMISE =
  "Whoever verifies a key says how old the answer may be: 30 seconds if nothing is said, 0 to ask the ledger, where keys are changed, and never more than the ceiling of the organization. " +
  "Every answer names the instant at which it was true, and that is no further back than was asked, whatever caches, clocks and networks do: what cannot prove its age is asked of the ledger, and where that cannot be reached there is no answer, unless caller and organization have both allowed an older one. " +
  "So a revocation is answered with the instant by which the key is refused to everybody who asks within the ceiling, and to whoever asks for 0 seconds it is refused as soon as that answer is there.";

/** The two kinds of consistency. @type {Record<Consistency, { name: string, means: string }>} */
export const CONSISTENCY = {
  fast: {
    name: "Fast",
    means: "Answers may come from a copy that’s no older than your servers ask for and the ceiling allows.",
  },
  strong: {
    name: "Strong",
    means:
      "Always asks the ledger. Slower, but a revoked key is refused at once, whatever your servers ask for.",
  },
};

/** “30 seconds”, “5 minutes”, “1 hour”. @param {number} seconds */
export function span(seconds) {
  const [size, unit] =
    seconds > 0 && seconds % 3_600 === 0
      ? [3_600, "hour"]
      : seconds > 0 && seconds % 60 === 0
        ? [60, "minute"]
        : [1, "second"];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

/** When what is taken away ends, before it is. Only organizations set a ceiling. @param {Owner} owner @param {number} [ceiling] as far as it is known */
export function soon({ type }, ceiling) {
  const isSet = type === "organization" && ceiling === undefined;
  return `At once where your servers ask for 0 seconds, and elsewhere within ${isSet ? "the organization’s ceiling" : span(ceiling ?? STALENESS_DEFAULT)}.`;
}

const CLOCK = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" });
const DATED = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });

/** “14:03:42”, with the date if it isn’t today’s. @param {string} iso @param {Date} [now] */
export function toTheSecond(iso, now = new Date()) {
  const date = new Date(iso);
  return (date.toDateString() === now.toDateString() ? CLOCK : DATED).format(date);
}

/** The second in which it is over: what ends within it hasn’t ended at its beginning. @param {string} iso */
const endOf = (iso) => new Date(Math.ceil(Date.parse(iso) / 1_000) * 1_000).toISOString();

/**
 * By when everybody is told that something has been taken away.
 * @param {Owner} owner @param {Effective} effective @param {string} [told] what they are told
 */
export const settled = ({ type }, { by }, told = "is refused") =>
  `No later than ${toTheSecond(endOf(by))}, every caller${type === "organization" ? " that asks with your organization’s ceiling" : ""} ${told}.`;

/** The latest of several. @param {Effective[]} effects */
export const latest = (effects) =>
  effects.reduce((last, one) => (Date.parse(one.by) > Date.parse(last.by) ? one : last));

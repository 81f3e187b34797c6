// @ts-check
// One key: is it well-formed, what does it say, how may it be shown.
import { check, digest as digestOf, explain, facts, mustBeText, put, read } from "./engine.mjs";
import { KeyFormatError } from "./error.mjs";
import { accepts, readPins } from "./pins.mjs";

/** @typedef {import("../index.d.ts").Key} Key */
/** @typedef {import("../index.d.ts").KeyProblem} KeyProblem */

/** @type {typeof import("../index.d.ts").isWellFormed} */
export function isWellFormed(key, options) {
  mustBeText(key, "key");
  if (options === undefined) return check(put(key)) !== 0;
  return tryParse(key, options).ok;
}

/** @type {typeof import("../index.d.ts").parse} */
export function parse(key, options) {
  const result = tryParse(key, options);
  if (result.ok) return result.key;
  const { ok: _, ...problem } = result;
  throw new KeyFormatError(problem);
}

/** @type {typeof import("../index.d.ts").tryParse} */
export function tryParse(key, options) {
  mustBeText(key, "key");
  const pins = readPins(options);
  const parts = check(put(key));
  if (parts === 0) return { ok: false, ...problemOf(key, pins) };
  const described = describe(key, parts);
  return pins && !accepts(pins, described) ? { ok: false, ...REFUSED } : { ok: true, key: described };
}

/** @type {typeof import("../index.d.ts").redact} */
export function redact(key) {
  mustBeText(key, "key");
  const parts = check(put(key));
  return parts === 0 ? facts.mask : describe(key, parts).redacted;
}

/** @type {typeof import("../index.d.ts").digest} */
export function digest(key) {
  mustBeText(key, "key");
  const length = digestOf(put(key));
  if (length === 0) throw new KeyFormatError(problemOf(key));
  return read(length);
}

/**
 * Takes a key apart. Every piece that is cut out has less than 13 characters: V8 copies those, where a longer one
 * would keep the whole text alive.
 * @param {string} key
 * @param {number} parts as `answer.rs` packs them
 * @returns {Key}
 */
export function describe(key, parts) {
  const brand = key.slice(0, parts & 15);
  const kind = facts.kinds[(parts >> 4) & 3];
  const environment = facts.environments[(parts >> 6) & 1];
  const body = (parts >> 8) & 255;
  const ledger = key.slice(body + 1, body + 1 + facts.ledger);
  // The end of a damaged key is not that by which lists show it, and may be of the secret.
  const hint = isDamaged(parts) ? "" : key.slice(-facts.hint);
  const redacted = `${brand}_${kind}_${environment}_${facts.mask}${hint}`;
  return { brand, kind, environment, version: Number(key[body]), ledger, redacted };
}

/** @param {number} parts as `answer.rs` packs them */
export const isDamaged = (parts) => (parts & 128) !== 0;

/** @type {KeyProblem} */
const REFUSED = {
  code: "key.bad_prefix",
  message: "the key has a brand, kind or environment that is not accepted here",
};

/** @param {number} found as `answer.rs` packs it @returns {KeyProblem} */
function problemIn(found) {
  const { number, message, ...problem } = facts.problems[(found & 255) - 1];
  const value = found >> 8;
  if (number === undefined) return { message, ...problem };
  return { message: message.replace("#", String(value)), ...problem, [number]: value };
}

// Problems that are looked for before the prefix; what is pinned comes with the prefix.
const BEFORE_PREFIX = ["key.empty", "key.too_long", "key.bad_character", "key.bad_prefix"];

/** @param {string} key @param {import("../index.d.ts").Pins} [pins] @returns {KeyProblem} */
function problemOf(key, pins) {
  const problem = problemIn(explain(put(key)));
  if (pins === undefined || BEFORE_PREFIX.includes(problem.code)) return problem;
  const [brand = "", kind = "", environment = ""] = key.split("_");
  return accepts(pins, { brand, kind, environment }) ? problem : REFUSED;
}

// @ts-check
// What a deployment knows of the keys that were found. Each distinct key is asked for once.
import { isWellFormed } from "keyward";
import { NoAnswer, strange } from "../server.mjs";
import { escaped } from "../terminal/names.mjs";
import { plural } from "../terminal/progress.mjs";

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/**
 * What is known of a key: its status, and why it is not known; `key` and `page` where the server tells.
 * @typedef {object} Verdict
 * @property {"active" | "revoked" | "expired" | "unknown" | "unverified"} status
 * @property {string} [reason] why it is unknown, unverified, or refused though it is active
 * @property {{ id: string, title?: string, owner: { type: string, id: string | null }, expires_at?: string | null, revoked_at?: string | null, last_used_at?: string | null }} [key]
 * @property {string} [page] its page in the dashboard
 */

const AT_ONCE = 8;
/** After so many keys without an answer the others are not asked for. */
const PATIENCE = 5;

const DAMAGED = "it is damaged, and only whole keys can be verified";

/** What a key's status means here: one that is retiring works until its end. */
const STATUSES = /** @type {Record<string, Verdict["status"]>} */ ({
  active: "active",
  retiring: "active",
  revoked: "revoked",
  expired: "expired",
});

const REASONS = /** @type {Record<string, string>} */ ({
  malformed: "it is no key of this deployment's brand",
  wrong_environment: "it belongs to the other environment, live or test",
  forged: "this deployment did not issue it",
  unknown: "there is no such key, or it may not be seen by whoever asks",
  not_a_member: "it works, but not for the organization that asks",
});

/**
 * Gives each finding its verdict, and tells why some have none.
 * @param {Finding[]} findings @param {import("../server.mjs").Server} server @returns {Promise<string[]>}
 */
export async function verify(findings, server) {
  const keys = wholeKeys(findings);
  /** @type {Map<string, Verdict>} */
  const verdicts = new Map();
  /** @type {Map<string, number>} */
  const failures = new Map();
  /** @type {string | undefined} */
  let given;
  let failed = 0;

  const queue = keys.keys();
  const work = async () => {
    for (const token of queue) {
      const verdict = given === undefined ? await ask(token) : without(given);
      verdicts.set(token, verdict);
    }
  };
  /** @param {string} token @returns {Promise<Verdict>} */
  const ask = async (token) => {
    try {
      return await verdictOn(token, server);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      // Whoever may not verify may still read some of the keys.
      if (error.status !== 403) failed += 1;
      if (error.fatal || failed >= PATIENCE) given ??= error.message;
      return without(error.message);
    }
  };
  /** @param {string} reason @returns {Verdict} */
  const without = (reason) => {
    failures.set(reason, (failures.get(reason) ?? 0) + 1);
    return { status: "unverified", reason };
  };

  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const finding of findings)
    finding.verdict = verdicts.get(finding.damaged ? "" : finding.token) ?? {
      status: "unverified",
      reason: DAMAGED,
    };
  return [...failures].map(([reason, count]) => `${plural(count, "key")} could not be verified: ${reason}`);
}

/** All places of each whole key, by its text. @param {Finding[]} findings */
export function wholeKeys(findings) {
  /** @type {Map<string, Finding[]>} */
  const keys = new Map();
  for (const finding of findings) {
    // Whatever else went wrong, nothing but keys is sent to anybody.
    if (finding.damaged || !isWellFormed(finding.token)) continue;
    const places = keys.get(finding.token);
    if (places) places.push(finding);
    else keys.set(finding.token, [finding]);
  }
  return keys;
}

/**
 * A look-up tells more, and is no use of the key. It is for whoever may read the key, so a verification comes after it.
 * @param {string} token @param {import("../server.mjs").Server} server @returns {Promise<Verdict>}
 */
async function verdictOn(token, { post, address }) {
  try {
    const key = await post("/v1/lookup", { token });
    const status = meaning(STATUSES, key.status);
    if (!status) throw strange(address);
    return { status, ...described(key, address) };
  } catch (error) {
    if (!(error instanceof NoAnswer && error.problem === "key.not_found")) throw error;
  }
  const { valid, code, key } = await post("/v1/verify", { key: token, consistency: "strong" });
  const reason = meaning(REASONS, code);
  const about = key ? described(key, address) : {};
  if (valid === true) return { status: "active", ...about };
  if (code === "revoked" || code === "expired") return { status: code, ...about };
  if (code === "not_a_member") return { status: "active", reason, ...about };
  if (reason) return { status: "unknown", reason };
  throw strange(address);
}

/** What a word of a server's means here, if it is one of these. @template T @param {Record<string, T>} words @param {unknown} word */
const meaning = (words, word) =>
  typeof word === "string" && Object.hasOwn(words, word) ? words[word] : undefined;

/** What a server says goes into reports, so nothing else is taken from it than what Keyward says. */
const ID = /^[\w~-]{1,128}$/;
const TIME = /^[\d:.TZ-]{1,32}$/;
const OWNERS = ["organization", "user", "deployment"];
/** A title has 200 characters, of two units at the most. */
const TITLE = 400;

/** Whether it is a text like this, if it is there. @param {unknown} value @param {RegExp} form */
const mayBe = (value, form) => (value ?? null) === null || (typeof value === "string" && form.test(value));

/** @param {any} told @param {string} address @returns {Pick<Verdict, "key" | "page">} */
function described(told, address) {
  const { id, title, owner, expires_at, revoked_at, last_used_at } = told;
  const isOwner = OWNERS.includes(owner?.type) && mayBe(owner.id, ID);
  const isKey = id && mayBe(id, ID) && mayBe(title, /^/);
  const areTimes = [expires_at, revoked_at, last_used_at].every((time) => mayBe(time, TIME));
  if (!isOwner || !isKey || !areTimes) throw strange(address);
  const named = { type: owner.type, id: owner.id ?? null };
  const key = { id, title: title?.slice(0, TITLE), owner: named, expires_at, revoked_at, last_used_at };
  return { key, page: `${address}${pathOf(named)}/keys/${encodeURIComponent(id)}` };
}

/** As the dashboard has it. @param {{ type: string, id: string | null }} owner */
const pathOf = ({ type, id }) =>
  type === "deployment" ? "/deployment" : `/${type}s/${encodeURIComponent(id ?? "")}`;

/** A verdict in a few words. @param {Verdict} verdict */
export function inWords({ status, reason, key }) {
  /** @type {string[]} */
  const words = [status];
  if (key) words.push(`${key.title ? `“${escaped(key.title)}” ` : ""}${key.id} of ${named(key.owner)}`);
  if (reason) words.push(reason.replace(/\.$/, ""));
  return words.join(", ");
}

/** @param {{ type: string, id: string | null }} owner */
const named = ({ type, id }) => (id === null ? `the ${type}` : `${type} ${escaped(id)}`);

/** Whether a key may still work, as far as is known. @param {Pick<Finding, "verdict">} finding */
export const mayWork = ({ verdict }) => verdict?.status !== "revoked" && verdict?.status !== "expired";

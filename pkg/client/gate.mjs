// @ts-check
// Whether a request may pass: what all middleware asks, whatever the framework. Only a verdict that says so lets it pass.
import { credential } from "./credential.mjs";
import { only } from "./only.mjs";

/** @typedef {import("../types/gate.d.cts").Gate<any>} Options */
/** @typedef {{ method: string, header: import("./credential.mjs").Headers }} Asked */
/** @typedef {{ status: number, headers: Record<string, string>, body: string }} Refusal */
/** @typedef {import("../types/api.d.cts").VerifiedKey} VerifiedKey */
/** @typedef {{ key?: VerifiedKey, refusal?: Refusal }} Outcome neither for a preflight that passes */

const QUESTION = ["scopes", "organization", "consistency", "max_staleness_seconds", "on_outage"];
const OPTIONS = ["client", "from", "realm", "preflights", "onError", ...QUESTION];
const FROM = ["bearer", "basic", "x-api-key"];
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** As the contract has it: what no key can hold would be asked in vain for every request. */
const SCOPE = /^[a-z0-9:._*-]{1,64}$/;
/** After how many seconds it may be tried again, if nobody says. */
const AGAIN = 1;

/**
 * How the API's own problems are called, so that whoever calls both meets the same.
 * @type {Record<string, { status: number, title: string }>}
 */
const PROBLEMS = {
  "auth.malformed": { status: 400, title: "The Authorization header must be `Bearer` and one credential." },
  "auth.missing": { status: 401, title: "This request needs a credential." },
  "auth.invalid": { status: 401, title: "The credential is not accepted." },
  "auth.forbidden": { status: 403, title: "The credential may not do this." },
  "auth.insufficient_scope": { status: 403, title: "The key lacks a scope for this." },
  "server.unavailable": { status: 503, title: "Keys cannot be checked now; try again." },
};

/** What is said to whoever presents such a key; whatever else it is, it is not accepted. @type {Record<string, string>} */
const REASONS = {
  malformed: "This is no key.",
  wrong_environment: "This key is for another environment.",
  revoked: "The key was revoked.",
  expired: "The key has expired.",
};

const NOT_REACHED = "The key does not reach this organization.";

/** @param {Options} options @returns {(asked: Asked, context: unknown) => Promise<Outcome>} */
export function gate(options) {
  only("requireKey", options, OPTIONS);
  const {
    client,
    from = FROM,
    realm = "keyward",
    preflights = "pass",
    onError = report,
    organization,
    ...question
  } = options;
  if (typeof client !== "function" && typeof client?.verify !== "function")
    throw new TypeError("requireKey: client has to be a Keyward, or a function that gives one.");
  const scopes = question.scopes ?? [];
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === "string" && SCOPE.test(scope)))
    throw new TypeError("requireKey: scopes has to be an array of scopes.");
  if (!["pass", "refuse"].includes(preflights))
    throw new TypeError('requireKey: preflights has to be "pass" or "refuse".');
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm))
    throw new TypeError(
      "requireKey: realm has to be printable ASCII without quotation marks and backslashes.",
    );
  const places = from.map((place) => place.toLowerCase());
  if (places.length === 0 || !places.every((place) => TOKEN.test(place)))
    throw new TypeError('requireKey: from has to list "bearer", "basic" or names of headers.');
  const refuse = refusing(realm);

  return async ({ method, header }, context) => {
    const { key, wrong } = credential(header, places);
    if (wrong) return refuse("auth.malformed", wrong, { error: "invalid_request" });
    if (key === undefined) {
      if (preflights === "pass" && isPreflight(method, header)) return {};
      return refuse("auth.missing", "Send a key, as `Authorization: Bearer`.", {});
    }
    const asked = { ...question, scopes, ...organizationOf(organization, context) };
    let verdict;
    try {
      const asker = typeof client === "function" ? client(context) : client;
      verdict = await asker.verify(key, asked);
    } catch (error) {
      if (isNoOrganization(error)) return refuse("auth.forbidden", NOT_REACHED, {});
      tell(onError, error);
      const { retryAfter } = /** @type {any} */ (error) ?? {};
      return refuse("server.unavailable", "The key could not be checked.", { again: retryAfter ?? AGAIN });
    }
    if (verdict?.valid === true) return { key: /** @type {VerifiedKey} */ (verdict.key) };
    if (verdict?.code === "insufficient_scope")
      return refuse("auth.insufficient_scope", `The key lacks one of the scopes: ${scopes.join(" ")}.`, {
        error: "insufficient_scope",
        scope: scopes.join(" "),
      });
    if (verdict?.code === "not_a_member") return refuse("auth.forbidden", NOT_REACHED, {});
    const detail = REASONS[verdict?.code] ?? "The key is not accepted.";
    return refuse("auth.invalid", detail, { error: "invalid_token", error_description: detail });
  };
}

/** Whether there cannot be such an organization, or nobody may know of it. @param {any} error */
const isNoOrganization = (error) =>
  error?.code === "owner.not_found" || (error?.status === 400 && error.pointer === "/organization");

/** Whether a browser asks what it may send: it never sends a key along. @param {string} method @param {Asked["header"]} header */
const isPreflight = (method, header) =>
  method === "OPTIONS" && Boolean(header("origin")) && Boolean(header("access-control-request-method"));

/** Nothing may be required less because it could not be found out. @param {any} organization @param {unknown} context */
function organizationOf(organization, context) {
  if (organization === undefined) return {};
  const id = typeof organization === "function" ? organization(context) : organization;
  if (typeof id !== "string" || id === "") throw new TypeError("requireKey: organization has to be an id.");
  return { organization: id };
}

/**
 * Makes refusals (RFC 9457), with the challenge of RFC 6750: without a credential it names no error.
 * @param {string} realm
 */
const refusing =
  (realm) =>
  /** @param {string} code @param {string} detail @param {{ error?: string, error_description?: string, scope?: string, again?: number }} more @returns {Outcome} */
  (code, detail, { again, ...more }) => {
    const { status, title } = PROBLEMS[code];
    const challenge = Object.entries({ realm, ...more }).map(([name, value]) => `${name}="${value}"`);
    /** @type {Record<string, string>} */
    const headers = { "content-type": "application/problem+json", "cache-control": "no-store" };
    if (status === 401 || more.error) headers["www-authenticate"] = `Bearer ${challenge.join(", ")}`;
    if (again !== undefined) headers["retry-after"] = String(Math.max(0, Math.ceil(again)));
    const body = JSON.stringify({ type: `urn:keyward:problem:${code}`, title, status, detail, code });
    return { refusal: { status, headers, body } };
  };

/** @param {any} error */
const report = (error) =>
  console.error(`keyward: a key could not be checked: ${error?.message ?? "no reason"}`);

/** @param {(error: unknown) => void} onError @param {unknown} error */
function tell(onError, error) {
  try {
    onError(error);
  } catch {}
}

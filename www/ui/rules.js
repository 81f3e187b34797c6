// What may be said of a key, checked before it is sent and in words for people. The server decides: these are the limits
// of src/core/settings.rs and src/core/text.rs.
import { holdsSecret } from "../pasted.js";
import { asProblem, Problem } from "../problem.js";

export const TITLE_MAX = 200;
export const REASON_MAX = 500;
export const SCOPES_MAX = 100;
const METADATA_MAX = 4096;
const LEVELS_MAX = 32;
const SCOPE = /^[a-z0-9:._*-]{1,64}$/;

const BREAKS = /[\p{Cc}\u2028\u2029]/u;
const TURNS = /\p{Bidi_Control}/u;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u;
/** Invisible characters where they change what can be seen: in emoji, and in scripts whose letters join. */
const USEFUL = new RegExp(
  [
    String.raw`(?<=\p{Extended_Pictographic}|\uFE0F|[\u{1F3FB}-\u{1F3FF}])\u200D(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\u0600-\u0DFF\u0F00-\u109F\u1780-\u18AF])[\u200C\u200D](?=[\u0600-\u0DFF\u0F00-\u109F\u1780-\u18AF])`,
    String.raw`(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]`,
    String.raw`(?<=\p{ASCII})\uFE0F(?=\u20E3)`,
  ].join("|"),
  "gu",
);

const SECRET =
  "This looks like a key or a token. Everybody who can see this key could read it: enter something else.";
const CONTROL = "Remove the line breaks and control characters.";
const DIRECTION = "Remove the characters that change the direction of text.";
const UNSEEN = "Remove the invisible characters.";
const BLANK = "Enter something that people can see.";
const SCOPE_FORM =
  "Use 1 to 64 characters for each scope: lowercase letters, digits, colons, periods, hyphens, underscores, and asterisks.";
const AHEAD = "Choose a time in the future.";

const number = new Intl.NumberFormat("en");

/** @typedef {{ pointer: string, detail: string }} Wrong */

/** What is wrong with a title or a reason, if anything. @param {string} typed @param {number} most @param {string} [empty] */
export function textProblem(typed, most, empty = "Enter a title.") {
  const text = typed.trim().normalize("NFC");
  if (text === "") return empty;
  if (BREAKS.test(text)) return CONTROL;
  if (TURNS.test(text)) return DIRECTION;
  if (INVISIBLE.test(text.replace(USEFUL, ""))) return UNSEEN;
  if (/^[\s\u2800]*$/.test(text)) return BLANK;
  const length = [...text].length;
  if (length > most) return `Use at most ${most} characters. This has ${number.format(length)}.`;
  return holdsSecret(text) ? SECRET : null;
}

/** @param {string[]} scopes */
export function scopesProblem(scopes) {
  if (scopes.length > SCOPES_MAX) return `A key can have at most ${SCOPES_MAX} scopes.`;
  return scopes.every((scope) => SCOPE.test(scope)) ? null : SCOPE_FORM;
}

/** @param {Record<string, unknown>} metadata */
export function metadataProblem(metadata) {
  const bytes = new TextEncoder().encode(JSON.stringify(metadata)).length;
  if (bytes > METADATA_MAX)
    return `Metadata can take up ${number.format(METADATA_MAX)} bytes as JSON. This takes ${number.format(bytes)}.`;
  return levels(metadata) > LEVELS_MAX ? `Metadata can be nested at most ${LEVELS_MAX} levels deep.` : null;
}

/** @param {unknown} value @returns {number} */
const levels = (value) =>
  value !== null && typeof value === "object" ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;

/** Whether the page would change a number by reading it: one that JavaScript cannot hold. @param {unknown} value @returns {boolean} */
export const isInexact = (value) =>
  typeof value === "number"
    ? Number.isInteger(value) && !Number.isSafeInteger(value)
    : value !== null && typeof value === "object" && Object.values(value).some(isInexact);

/** Refuses to send a form with mistakes in it. @param {(Wrong | null)[]} found */
export function requireAll(found) {
  const errors = found.filter((wrong) => wrong !== null);
  if (errors.length > 0)
    throw new Problem({ code: "page.incomplete", title: "Check what you entered", errors });
}

/** @param {string} pointer @param {string | null} detail @returns {Wrong | null} */
export const wrong = (pointer, detail) => (detail === null ? null : { pointer, detail });

/** The server’s details by their beginnings, where the page has better words. @type {[string, string][]} */
const DETAILS = [
  ["must not be empty", "Enter a title."],
  ["must not hold control", CONTROL],
  ["must not hold characters that change the direction", DIRECTION],
  ["must not hold invisible", UNSEEN],
  ["must hold something that can be seen", BLANK],
  ["each scope must have", SCOPE_FORM],
  ["must hold at most 100 scopes", `A key can have at most ${SCOPES_MAX} scopes.`],
  ["must be at most 4096 bytes", `Metadata can take up ${number.format(METADATA_MAX)} bytes as JSON.`],
  ["must hold at most 32 levels", `Metadata can be nested at most ${LEVELS_MAX} levels deep.`],
  ["must be in the future", AHEAD],
];

/** Refusals that are about a field: which, the title, and what to do. @type {Record<string, [pointer: string, title: string, detail: string]>} */
const REFUSALS = {
  "auth.grant_exceeds_own": [
    "/scopes",
    "You can’t give more than you have",
    "The key you signed in with doesn’t have all of these scopes.",
  ],
  "auth.grant_exceeds_own_end": [
    "/expires_at",
    "You can’t give more than you have",
    "The key you signed in with ends sooner. Choose an earlier date.",
  ],
  "auth.grant_looser_than_own": [
    "/consistency",
    "You can’t give more than you have",
    "The key you signed in with is always checked strongly, so this one has to be too.",
  ],
  "key.not_active": ["", "This key no longer works", "It has expired or been revoked."],
  "key.already_revoked": ["", "This key is already revoked", ""],
  "key.already_rolled": [
    "",
    "This key was rolled already",
    "Another key replaces it. If you don’t have that key’s secret, roll that key instead.",
  ],
  "key.not_found": ["", "This key no longer exists", "Somebody has deleted it."],
  "key.revocation_put_off": [
    "/revoke_in",
    "Choose an earlier time",
    "This key is going to be revoked before that. You can bring a revocation forward, but not put it off.",
  ],
};

/**
 * What a request gives; a refusal is told in the page’s own words.
 * @template T
 * @param {Promise<T>} request
 */
export async function plainly(request) {
  try {
    return await request;
  } catch (thrown) {
    throw told(asProblem(thrown));
  }
}

/** @param {string} detail */
function inPlainWords(detail) {
  const most = /^must be at most (\d+) characters/.exec(detail)?.[1];
  if (most) return `Use at most ${most} characters.`;
  return DETAILS.find(([beginning]) => detail.startsWith(beginning))?.[1] ?? detail;
}

/** @param {Problem} problem */
function told(problem) {
  const { code, status, requestId } = problem;
  const same = { code, status, ...(requestId ? { request_id: requestId } : {}) };
  const refusal = REFUSALS[code];
  if (refusal) {
    const [pointer, title, detail] = refusal;
    return new Problem({ ...same, title, detail, errors: pointer ? [{ pointer, detail }] : [] });
  }
  if (problem.errors.length === 0) return problem;
  const errors = problem.errors.map(({ pointer, detail }) => ({
    pointer,
    detail: inPlainWords(detail),
  }));
  return new Problem({ ...same, title: problem.title, detail: problem.detail, errors });
}

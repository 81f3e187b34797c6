// @ts-check
// The settings of a key, from options.
import { instantOf } from "../shell/moments.mjs";

/**
 * @typedef {object} Flags
 * @property {string[]} [scope]
 * @property {boolean} [no-scopes]
 * @property {string[]} [link]
 * @property {string} [metadata]
 * @property {string} [consistency]
 * @property {string} [expires-in]
 * @property {string} [expires-at]
 * @property {boolean} [never-expires]
 */

/** What was said; the rest is left as it is. @param {Flags} flags */
export function settingsOf(flags) {
  const { scope, link, metadata, consistency, "no-scopes": none } = flags;
  if (scope && none) throw new TypeError("Say either --scope or --no-scopes.");
  const scopes = none ? [] : words("scope", scope);
  const links = words("link", link);
  const expires_at = expiryOf(flags);
  return {
    ...(scopes && { scopes }),
    ...(links && { links }),
    ...(metadata !== undefined && { metadata: objectOf(metadata) }),
    ...(consistency !== undefined && { consistency: /** @type {any} */ (consistency) }),
    ...(expires_at !== undefined && { expires_at }),
  };
}

/** Given several times, or with commas between. @param {string} option @param {string[] | undefined} given */
function words(option, given) {
  const parts = given?.flatMap((each) => each.trim().split(/\s*,\s*|\s+/));
  // As of a variable that is not set: nothing must be taken away, or asked for too little, because of it.
  if (parts?.includes("")) throw new TypeError(`--${option} has an empty part.`);
  return parts;
}

/** @param {Flags} flags */
function expiryOf({ "expires-in": expiresIn, "expires-at": expiresAt, "never-expires": never }) {
  if ([expiresIn, expiresAt, never].filter((one) => one !== undefined).length > 1)
    throw new TypeError("Say one of --expires-in, --expires-at and --never-expires.");
  if (never) return null;
  return instantOf("expires-in", expiresIn) ?? instantOf("expires-at", expiresAt);
}

/** @param {string} text */
function objectOf(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new TypeError(`--metadata takes a JSON object, such as '{"team": "payments"}'.`);
}

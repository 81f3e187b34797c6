// Keys and other secrets that somebody types or pastes where something else belongs, such as a search: they must not get
// into an address, and a key can be looked up.
/** @import { SessionOptions } from "./openapi.d.ts" */
import { explain, foreign } from "./format.js";
import { init, parse, scan, tryParse } from "./vendor/keyward.js";

/** A key from the first character behind its prefix on: a redacted form goes on with `***`. */
const KEY = /(?:[0-9a-z]+_)?(?<![0-9a-z])(?:sk|pat|pk)_(?:live|test)_[0-9a-z]+/i;
/** A root key, or the beginning of an identity provider’s token. */
const OTHER = /kwroot_[0-9a-z]|(?<!\w)[eE]yJ[\w-]{8}/;
/** So much of a secret that nobody means a title by it; hexadecimal digests may stand in one. */
const PART = /(?=[0-9a-f]*[g-z])[0-9a-z]{40}/i;

/** Without what copying puts in between: line breaks, invisible characters, the escapes of URLs, and wide letters. @param {string} text */
const joined = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s\p{Cf}]/gu, "")
    .replace(/%(?:25)*5F/gi, "_");

/** Whether there is a secret in a text, or a part of one: then it may get into no address. @param {string} text */
export const holdsSecret = (text) =>
  PART.test(text) || [text, joined(text)].some((form) => KEY.test(form) || OTHER.test(form));

/** @param {string} text */
const keysIn = (text) => [...new Set(scan(text).map(({ start, end }) => text.slice(start, end)))];

/**
 * The one key of this deployment in a text that holds a secret, or why there is none.
 * @param {string} text @param {SessionOptions} options
 * @returns {Promise<{ token: string } | { token: null, why: string, isUnfinished: boolean }>}
 */
export async function keyIn(text, options) {
  const none = (/** @type {string} */ why, isUnfinished = false) =>
    /** @type {const} */ ({ token: null, why, isUnfinished });
  try {
    await init();
  } catch {
    return none("The key couldn’t be read. Reload the page.");
  }
  const plain = joined(text);
  const found = keysIn(text);
  const [token, second] = found.length > 0 ? found : keysIn(plain);
  if (second) return none("There’s more than one key in this. Paste one of them.");
  if (token) {
    const why = foreign(parse(token), options);
    return why ? none(why) : { token };
  }
  if (OTHER.test(plain)) return none("This looks like a root key or a token. Lists hold neither.");
  const shaped = KEY.exec(text)?.[0] ?? KEY.exec(plain)?.[0];
  const read = tryParse(shaped ?? "");
  if (!shaped || read.ok) return none("This looks like a part of a key. Paste the whole key.", true);
  const { code, expected = 0, actual = 0 } = read;
  return none(explain(read), code === "key.bad_length" && actual < expected);
}

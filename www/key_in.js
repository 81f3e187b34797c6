// The key in a text that holds a secret. Loaded once there is one, with the WebAssembly that reads keys.
/** @import { SessionOptions } from "./openapi.d.ts" */
import { explain, foreign } from "./format.js";
import { joined, KEY, OTHER } from "./pasted.js";
import { init, parse, scan, tryParse } from "./vendor/keyward.js";

/** @param {string} text */
const keysIn = (text) => [
  ...new Set(scan(text).flatMap(({ start, end, damaged }) => (damaged ? [] : [text.slice(start, end)]))),
];

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

// @ts-check
// The key that a request carries, read as the server itself reads those of its callers.
import { isWellFormed } from "keyward";

/** @typedef {(name: string) => string | null | undefined} Headers a request's headers, by names in lower case */
/** @typedef {{ key?: string, wrong?: string }} Found a key, or why nobody can say which; neither if there is none */

/** The two kinds of `Authorization`; every other word is the name of a header that holds the key alone. */
const SCHEMES = ["bearer", "basic"];

/** @param {Headers} headers @param {readonly string[]} from in lower case @returns {Found} */
export function credential(headers, from) {
  const found = from.flatMap((place) => {
    const header = headers(SCHEMES.includes(place) ? "authorization" : place);
    if (header === null || header === undefined) return [];
    const read = SCHEMES.includes(place) ? authorization(header, place) : alone(header.trim());
    return read ? [read] : [];
  });
  const keys = new Set(found.map(({ key }) => key));
  if (keys.size > 1) return { wrong: "The request has different credentials; send one." };
  return found[0] ?? {};
}

/** Nothing for another scheme. @param {string} header @param {string} scheme @returns {Found | undefined} */
function authorization(header, scheme) {
  const [word, ...rest] = header.trim().split(/\s+/);
  if (word.toLowerCase() !== scheme) return undefined;
  const text = rest.join(" ");
  return scheme === "basic" ? basic(text) : alone(text);
}

/** A credential without the mark of RFC 8959. @param {string} text @returns {Found} */
function alone(text) {
  const key = text.replace(/^secret-token:/, "");
  if (key === "" || /[\s,]/.test(key))
    return { wrong: "The request has no credential, or more than one, where one has to be." };
  return { key };
}

/** Programs that know nothing else put the key as the name or as the password, and some as it is. @param {string} text @returns {Found} */
function basic(text) {
  const bare = text.replace(/:$/, "");
  if (isWellFormed(bare)) return { key: bare };
  let pair = "";
  try {
    pair = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {}
  if (isWellFormed(pair)) return { key: pair };
  const colon = pair.indexOf(":");
  if (colon < 0) return { wrong: "What follows Basic is not a name and a password." };
  const [name, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  if (isWellFormed(name) && isWellFormed(password) && name !== password)
    return { wrong: "Basic has two different keys, as the name and as the password; send one." };
  return alone(password === "" || (isWellFormed(name) && !isWellFormed(password)) ? name : password);
}

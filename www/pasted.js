// Keys and other secrets that somebody types or pastes where something else belongs, such as a search: they must not get
// into an address, and a key can be looked up.

/** A key from the first character behind its prefix on: a redacted form goes on with `***`. */
export const KEY = /(?:[0-9a-z]+_)?(?<![0-9a-z])(?:sk|pat|pk)_(?:live|test)_[0-9a-z]+/i;
/** A root key, or the beginning of an identity provider’s token. */
export const OTHER = /kwroot_[0-9a-z]|(?<!\w)[eE]yJ[\w-]{8}/;
/** So much of a secret that nobody means a title by it; hexadecimal digests may stand in one. */
const PART = /(?=[0-9a-f]*[g-z])[0-9a-z]{40}/i;

/** Without what copying puts in between: line breaks, invisible characters, the escapes of URLs, and wide letters. @param {string} text */
export const joined = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s\p{Cf}]/gu, "")
    .replace(/%(?:25)*5F/gi, "_");

/** Whether there is a secret in a text, or a part of one: then it may get into no address. @param {string} text */
export const holdsSecret = (text) =>
  PART.test(text) || [text, joined(text)].some((form) => KEY.test(form) || OTHER.test(form));

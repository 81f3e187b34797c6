// @ts-check
import { createRequire } from "node:module";
import { digest, isWellFormed } from "keyward";

/**
 * What names a key in lists: it is the same wherever the key stands and however it is written there, and is of no use to
 * whoever wants to restore it. The first 16 digits of the SHA-256 of a key, or of what is there of a damaged one.
 * @param {string} key
 */
export const fingerprintOf = (key) => (isWellFormed(key) ? digest(key) : sha256(key)).slice(0, 16);

/** Of what the package's core has no digest. Few need it, and `node:crypto` takes milliseconds to load. @param {string} text @returns {string} */
const sha256 = (text) =>
  createRequire(import.meta.url)("node:crypto")
    .createHash("sha256")
    .update(text)
    .digest("hex");

export const FINGERPRINT = /^[0-9a-f]{16}$/;

// @ts-check
import { createHash } from "node:crypto";

/**
 * What names a key in lists: it is the same wherever the key stands and however it is written there, and is of no use to
 * whoever wants to restore it. The first 16 digits of the SHA-256 of a key, or of what is there of a damaged one.
 * @param {string} key
 */
export const fingerprintOf = (key) => createHash("sha256").update(key).digest("hex").slice(0, 16);

export const FINGERPRINT = /^[0-9a-f]{16}$/;

// @ts-check
// Makes keys from docs/FORMAT.md, and values in KV from docs/STORAGE.md, alone, without the core: what a forger can make, and what a lost ledger has issued.
import { createHash, createHmac } from "node:crypto";
import { crc32 } from "node:zlib";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @param {bigint} number @param {number} width */
function base62(number, width) {
  let text = "";
  for (let rest = number, place = 0; place < width; place += 1, rest /= 62n)
    text = DIGITS[Number(rest % 62n)] + text;
  return text;
}

/** @param {Buffer} hash */
const first64 = (hash) => hash.readBigUInt64BE(0);

/** SHA-256 as hex. @param {string} text */
export const digestOf = (text) => createHash("sha256").update(text).digest("hex");

/** @param {string} owner `organization:<id>` or `user:<id>` */
export const ledgerOf = (owner) =>
  base62(first64(createHash("sha256").update(`ledger:${owner}`).digest()) % 62n ** 8n, 8);

/** @param {string} head everything before the checksum */
export const checksumOf = (head) => base62(BigInt(crc32(head)), 6);

/** Where KV keeps what it knows of a key. @param {string} token */
export const kvKeyOf = (token) => `key/${digestOf(token)}`;

/**
 * A value as KV holds it: with the stamp that a seal key makes for this place.
 * @param {string} sealKey as hex @param {string} place @param {string} value
 */
export function stamped(sealKey, place, value) {
  const key = createHmac("sha256", Buffer.from(sealKey, "hex")).update("keyward/kv/v1").digest();
  const stamp = createHmac("sha256", key).update(`${place}\0${value}`).digest("hex").slice(0, 32);
  return `${stamp}.${value}`;
}

/** What a value in KV says, its stamp aside. @param {string | null} stored */
export const unstamped = (stored) => JSON.parse(stored?.slice(stored.indexOf(".") + 1) ?? "{}");

/** The parts of a key that the server alone knows, as text. @param {string} token */
export const secretOf = (token) => token.slice(-49, -17);

/**
 * A key. Without a seal key its seal is made up.
 * @param {object} parts
 * @param {string} [parts.brand]
 * @param {string} [parts.kind]
 * @param {string} [parts.environment]
 * @param {string} parts.owner
 * @param {string} [parts.secret]
 * @param {string} [parts.sealKey] as hex
 */
export function mint({
  brand = "kw",
  kind = "sk",
  environment = "test",
  owner,
  secret = "M".repeat(32),
  sealKey,
}) {
  const sealed = `${brand}_${kind}_${environment}_1${ledgerOf(owner)}${secret}`;
  const seal = sealKey
    ? base62(first64(createHmac("sha256", Buffer.from(sealKey, "hex")).update(sealed).digest()), 11)
    : "0123456789a";
  return sealed + seal + checksumOf(sealed + seal);
}

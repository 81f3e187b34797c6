// @ts-check
// How other systems keep keys: a row of theirs as one that Keyward imports. What each column holds is written in
// docs/MOVING.md. A key that is there in clear is hashed here, so that its text goes nowhere.
import { createHash } from "node:crypto";
import { isObject } from "./dump.mjs";
import { fieldOf, isSet, jsonOf, momentOf, objectOf, textOf, Unfit, wordsOf } from "./fields.mjs";

/** @typedef {Record<string, unknown>} Row */
/**
 * @typedef {{
 *   algorithm?: string, encoding?: string, part?: string, salt?: string, "salt-encoding"?: string,
 *   "salt-position"?: string, pepper?: string, "pepper-encoding"?: string,
 * }} Form how the hashes of a dump were made, where its rows do not say so
 */
/** @typedef {(row: Row, form: Form, lost: (what: string) => void) => Row} System `lost`: what Keyward has nothing for */

/** @type {Record<string, System>} */
export const SYSTEMS = { medusa, unkey, "better-auth": betterAuth, keypal, csv: generic, keyward };

/** @param {string} key */
const hashed = (key) => ({
  algorithm: "sha256",
  encoding: "hex",
  value: createHash("sha256").update(key).digest("hex"),
});

/** @param {Row} row @param {string[]} names */
function neededText(row, ...names) {
  const text = textOf(row, ...names);
  if (text === undefined)
    throw new Unfit("row.hash_missing", `There is no ${names[0]}; does --from name the right system?`);
  return text;
}

/** Without what is not there. @param {Row} row */
const compact = (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

/** A key that is switched off, or deleted but kept, must not work here, where there is no such state: it was revoked then. @param {string | undefined} moment */
function off(moment) {
  if (moment !== undefined) return moment;
  throw new Unfit(
    "row.disabled",
    "The key is switched off, and nothing says since when: give it revoked_at.",
  );
}

/** When a key stopped to work: whatever came first. @param {(string | undefined)[]} moments */
const earliest = (...moments) => moments.filter((moment) => moment !== undefined).toSorted()[0];

/** Where a key has been, which the application may have written down. @param {string} system @param {string | undefined} id @param {string} [owner] */
const origin = (system, id, owner) => ({ imported_from: compact({ system, id, owner }) });

/** How much of a key's beginning and end a redacted form shows at most. */
const SIDE = 16;

/** The beginning of a key, and its end if it is known. @param {string | undefined} start @param {string} [end] */
const redacted = (start, end = "") =>
  start === undefined ? undefined : `${start.slice(0, SIDE)}***${end.slice(-SIDE)}`;

/** Medusa's tables `api_key` and `sales_channel`. @type {System} */
function medusa(row, _form, lost) {
  const id = textOf(row, "id");
  if (id?.startsWith("sc_")) return salesChannel(id, row, lost);
  const token = neededText(row, "token");
  const type = neededText(row, "type");
  const salt = textOf(row, "salt");
  // Publishable keys are kept in clear.
  const isClear = type === "publishable";
  if (!isClear && (salt === undefined || !/^[0-9a-f]{128}$/.test(token)))
    throw new Unfit(
      "row.hash_unsupported",
      "The token is not a hash by scrypt with a salt, as Medusa keeps it.",
    );
  return compact({
    hash: isClear ? hashed(token) : { algorithm: "scrypt", encoding: "hex", value: token, salt },
    title: textOf(row, "title") ?? `Medusa key ${id}`,
    type,
    redacted: textOf(row, "redacted"),
    created_at: momentOf(row, "created_at"),
    created_by: textOf(row, "created_by"),
    revoked_at: earliest(momentOf(row, "revoked_at"), momentOf(row, "deleted_at")),
    metadata: origin("medusa", id),
    links: wordsOf(row, "sales_channels"),
  });
}

/** A row of Medusa's table `sales_channel`, as the line of an export. One that is deleted and kept is closed. @param {string} id @param {Row} row @param {(what: string) => void} lost */
function salesChannel(id, row, lost) {
  if (!isEmpty(jsonOf(row, "metadata"))) lost("metadata");
  const created_at = momentOf(row, "created_at");
  const channel = {
    id,
    name: textOf(row, "name")?.normalize("NFC") ?? `Sales channel ${id}`,
    description: textOf(row, "description")?.normalize("NFC") ?? null,
    is_disabled: isSet(row, "is_disabled", false) || fieldOf(row, "deleted_at") !== undefined,
    created_at,
    updated_at: momentOf(row, "updated_at") ?? created_at,
  };
  return { kind: "channel", channel };
}

/** Unkey's table `keys`, or what its API lists with `decrypt`. @type {System} */
function unkey(row, _form, lost) {
  const id = textOf(row, "id", "keyId");
  const clear = textOf(row, "plaintext");
  if (fieldOf(row, "pending_migration_id") !== undefined)
    throw new Unfit("row.hash_unsupported", "The hash is of an import into Unkey that was never used there.");
  const identity = row.identity;
  const owner =
    textOf(row, "external_id", "externalId", "owner_id") ??
    (isObject(identity) ? textOf(identity, "externalId") : undefined);
  const isOff = !isSet(row, "enabled", true);
  for (const name of ["remaining_requests", "credits", "ratelimits", "refill_amount"])
    if (!isEmpty(fieldOf(row, name))) lost(name);
  return compact({
    hash: clear ? hashed(clear) : { algorithm: "sha256", encoding: "base64", value: neededText(row, "hash") },
    title: textOf(row, "name") ?? `Unkey key ${id ?? textOf(row, "start")}`,
    redacted: redacted(textOf(row, "start"), textOf(row, "end")),
    created_at: momentOf(row, "created_at_m", "createdAt"),
    expires_at: momentOf(row, "expires"),
    scopes: wordsOf(row, "permissions"),
    metadata: { ...objectOf(row, "meta"), ...origin("unkey", id, owner) },
    revoked_at: earliest(
      momentOf(row, "deleted_at_m"),
      isOff ? off(momentOf(row, "updated_at_m", "updatedAt", "created_at_m", "createdAt")) : undefined,
    ),
  });
}

/** @param {unknown} value */
const isEmpty = (value) =>
  value === undefined || (typeof value === "object" && Object.keys(value ?? {}).length === 0);

/** Better Auth's table `apikey`. @type {System} */
function betterAuth(row, _form, lost) {
  const id = textOf(row, "id");
  const key = neededText(row, "key");
  const start = textOf(row, "start");
  const owner = textOf(row, "referenceId", "reference_id", "userId", "user_id");
  // With disableKeyHashing it is kept in clear.
  const isHash = /^[A-Za-z0-9_-]{43}$/.test(key) && !(start !== undefined && key.startsWith(start));
  for (const name of ["remaining", "ipAllowlist", "ip_allowlist"])
    if (!isEmpty(fieldOf(row, name))) lost(name);
  if (isSet(row, "rateLimitEnabled", false) || isSet(row, "rate_limit_enabled", false)) lost("rateLimit");
  const updated = () => momentOf(row, "updatedAt", "updated_at") ?? momentOf(row, "createdAt", "created_at");
  return compact({
    hash: isHash ? { algorithm: "sha256", encoding: "base64url", value: key } : hashed(key),
    title: textOf(row, "name") ?? `Better Auth key ${id}`,
    redacted: redacted(start),
    created_at: momentOf(row, "createdAt", "created_at"),
    created_by: owner,
    expires_at: momentOf(row, "expiresAt", "expires_at"),
    scopes: permissions(jsonOf(row, "permissions")),
    metadata: { ...objectOf(row, "metadata"), ...origin("better-auth", id, owner) },
    revoked_at: isSet(row, "enabled", true) ? undefined : off(updated()),
  });
}

/** `{"files": ["read"]}` as `files:read`. @param {unknown} value @returns {string[] | undefined} */
function permissions(value) {
  if (value === undefined) return undefined;
  const entries = isObject(value) ? Object.entries(value) : [["", undefined]];
  return entries.flatMap(([resource, actions]) => {
    if (Array.isArray(actions) && actions.every((action) => typeof action === "string"))
      return actions.map((action) => `${resource}:${action}`);
    throw new Unfit("row.field_invalid", "permissions has to be an object of lists of texts.");
  });
}

/** keypal's records, as its tables and Redis hold them. @type {System} */
function keypal(row, { salt, algorithm }, lost) {
  const id = textOf(row, "id");
  const value = neededText(row, "keyHash", "key_hash");
  const about = objectOf(row, "metadata") ?? {};
  const owner = textOf(about, "ownerId");
  const isOff = !isSet(about, "enabled", true);
  if (!isEmpty(fieldOf(about, "resources"))) lost("resources");
  const kept = compact({ description: fieldOf(about, "description"), tags: fieldOf(about, "tags") });
  return compact({
    hash: compact({
      algorithm: algorithm ?? (value.length === 128 ? "sha512" : "sha256"),
      encoding: "hex",
      value,
      ...(salt === undefined ? {} : { salt, salt_position: "after" }),
    }),
    title: textOf(about, "name") ?? `keypal key ${id}`,
    created_at: momentOf(about, "createdAt"),
    created_by: owner,
    expires_at: momentOf(about, "expiresAt"),
    scopes: wordsOf(about, "scopes"),
    metadata: { ...kept, ...origin("keypal", id, owner) },
    revoked_at: earliest(momentOf(about, "revokedAt"), isOff ? off(momentOf(about, "createdAt")) : undefined),
  });
}

/** A table of one's own, with the columns that Keyward's rows have. @type {System} */
function generic(row, form) {
  const clear = textOf(row, "key");
  return compact({
    hash: clear ? hashed(clear) : statedHash(row, form),
    title: textOf(row, "title", "name") ?? `Key ${textOf(row, "id") ?? "without a name"}`,
    type: textOf(row, "type"),
    redacted: textOf(row, "redacted"),
    created_at: momentOf(row, "created_at"),
    created_by: textOf(row, "created_by"),
    expires_at: momentOf(row, "expires_at"),
    scopes: wordsOf(row, "scopes"),
    metadata: objectOf(row, "metadata"),
    revoked_at: momentOf(row, "revoked_at"),
    links: wordsOf(row, "links"),
  });
}

/** What a row says of its hash, or else what holds for all. @param {Row} row @param {Form} form */
function statedHash(row, form) {
  const salt = textOf(row, "salt") ?? form.salt;
  const ofSalt = {
    salt,
    salt_encoding: textOf(row, "salt_encoding") ?? form["salt-encoding"],
    salt_position: textOf(row, "salt_position") ?? form["salt-position"],
  };
  return compact({
    algorithm: textOf(row, "algorithm") ?? form.algorithm ?? "sha256",
    encoding: textOf(row, "encoding") ?? form.encoding ?? "hex",
    value: neededText(row, "hash"),
    part: textOf(row, "part") ?? form.part,
    ...(salt === undefined ? {} : ofSalt),
    pepper: form.pepper,
    pepper_encoding: form["pepper-encoding"],
  });
}

/** A line of an export, as it is. @type {System} */
function keyward(row) {
  return row;
}

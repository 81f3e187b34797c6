// @ts-nocheck: runs in workerd.
// What a careful person would write with Hono and WebCrypto: POST /v1/verify over the same records, in the same words.
// Built twice: with SEALED it refuses mistyped and forged keys before any read, as Keyward does; without, it looks up
// whatever it is asked for, as most do. Left out, as no case needs it: personal keys, strong verifies, people.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const KEY = /^([a-z][a-z0-9]{1,11})_(?:sk|pat|pk)_(live|test)_1[0-9A-Za-z]{57}$/;
const SCOPE = /^[a-z0-9_*:.-]{1,64}$/;
const KNOWN = new Set(["key", "organization", "scopes", "consistency"]);
const BODY_MAX = 65_536;

const encoder = new TextEncoder();
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** CRC-32 of ASCII text. */
function crc32(text, end) {
  let rest = -1;
  for (let at = 0; at < end; at += 1) rest = TABLE[(rest ^ text.charCodeAt(at)) & 255] ^ (rest >>> 8);
  return ~rest >>> 0;
}

function base62(number, width) {
  let text = "";
  for (; width > 0; width -= 1, number /= 62n) text = DIGITS[Number(number % 62n)] + text;
  return text;
}

/** The number that base62 text stands for, if it is small enough to be exact. */
function numberOf(text) {
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    value = value * 62 + code - (code < 58 ? 48 : code < 91 ? 55 : 61);
  }
  return value;
}

const sha256 = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)));

const isSame = (a, b) => a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

/** What the environment says, read and imported once per isolate. */
let settings;
function settingsOf(env) {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const importKey = (hex) => crypto.subtle.importKey("raw", Uint8Array.fromHex(hex), hmac, false, ["sign"]);
  settings ??= {
    brand: env.BRAND,
    environment: env.ENVIRONMENT,
    rootDigests: words(env.ROOT_KEY_DIGESTS).map((hex) => Uint8Array.fromHex(hex)),
    sealKeys: Promise.all(words(env.SEAL_KEYS).map(importKey)),
  };
  settings.stampKeys ??= settings.sealKeys.then((keys) =>
    Promise.all(
      keys.map(async (key) => {
        const derived = await crypto.subtle.sign("HMAC", key, encoder.encode("keyward/kv/v1"));
        return crypto.subtle.importKey("raw", derived, hmac, false, ["sign"]);
      }),
    ),
  );
  return settings;
}

async function isSealed(key, { sealKeys }) {
  const head = encoder.encode(key.slice(0, -17));
  const seal = encoder.encode(key.slice(-17, -6));
  for (const sealKey of await sealKeys) {
    const tag = new DataView(await crypto.subtle.sign("HMAC", sealKey, head)).getBigUint64(0);
    if (isSame(encoder.encode(base62(tag, 11)), seal)) return true;
  }
  return false;
}

/** Why a text cannot be a key of ours, without a look into storage. */
async function authenticate(key, { brand, environment, sealKeys }) {
  const parts = KEY.exec(key);
  if (!parts || crc32(key, key.length - 6) !== numberOf(key.slice(-6))) return "malformed";
  if (parts[1] !== brand || parts[2] !== environment) return "wrong_environment";
  return (await isSealed(key, { sealKeys })) ? undefined : "forged";
}

/** Whether this deployment has written a value in KV, and for this place. */
async function isStamped(place, stamp, value, { stampKeys }) {
  const stated = encoder.encode(stamp);
  for (const key of await stampKeys) {
    const tag = await crypto.subtle.sign("HMAC", key, encoder.encode(`${place}\0${value}`));
    if (isSame(encoder.encode(new Uint8Array(tag).subarray(0, 16).toHex()), stated)) return true;
  }
  return false;
}

/** What KV holds for a key. */
async function find(key, env) {
  const place = `key/${(await sha256(key)).toHex()}`;
  const stored = await env.KEYS.get(place, { cacheTtl: 30 });
  if (stored === null) return null;
  const [stamp, value] = [stored.slice(0, 32), stored.slice(33)];
  if (SEALED && !(await isStamped(place, stamp, value, settingsOf(env)))) return null;
  const found = JSON.parse(value);
  return found.v === 1 ? found.record : null;
}

function statusOf({ revocation, settings: { expires_at } }, now) {
  if (revocation && Date.parse(revocation.at) <= now) return "revoked";
  if (expires_at !== null && Date.parse(expires_at) <= now) return "expired";
  return revocation ? "retiring" : "active";
}

const holds = (held, scope) => held.includes("*") || held.includes(scope);

/** Who asks: the operator, or an organization by a key of its own. */
async function callerOf(context) {
  const [, token] = /^bearer +(\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
  if (!token) throw problem(401, "auth.missing");
  const settings = settingsOf(context.env);
  const digest = await sha256(token);
  if (settings.rootDigests.some((known) => isSame(known, digest))) return { isRoot: true };
  if (SEALED && (await authenticate(token, settings))) throw problem(401, "auth.invalid");
  const record = await find(token, context.env);
  if (!record || /revoked|expired/.test(statusOf(record, Date.now()))) throw problem(401, "auth.invalid");
  if (record.type !== "secret" || record.owner.type !== "organization") throw problem(403, "auth.forbidden");
  if (!holds(record.settings.scopes, "keys:verify")) throw problem(403, "auth.insufficient_scope");
  return { isRoot: false, organization: record.owner.id };
}

/** The question in a body, read strictly. */
async function questionOf(context) {
  const mediaType = context.req.header("content-type")?.split(";")[0].trim().toLowerCase();
  if (mediaType !== "application/json") throw problem(415, "request.media_type");
  let body;
  try {
    body = await context.req.json();
  } catch {
    throw problem(400, "request.bad_json");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw problem(400, "request.bad_json");
  const { key, organization = null, scopes = [], consistency = "fast" } = body;
  const isRight =
    Object.keys(body).every((name) => KNOWN.has(name)) &&
    typeof key === "string" &&
    (organization === null || typeof organization === "string") &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === "string" && SCOPE.test(scope)) &&
    (consistency === "fast" || consistency === "strong");
  if (!isRight) throw problem(400, "request.bad_field");
  return { key, organization, scopes };
}

function describe(record, status) {
  const { revocation, settings } = record;
  return {
    id: record.id,
    type: record.type,
    owner: record.owner,
    redacted: record.redacted,
    ...settings,
    status,
    created_at: record.created_at,
    created_by: record.created_by,
    updated_at: record.updated_at,
    revoked_at: revocation?.at ?? null,
    revoked_by: revocation?.by ?? null,
    revocation_reason: revocation?.reason ?? null,
    rolled_from: record.rolled_from,
    rolled_to: record.rolled_to,
    foreign: record.foreign !== null && record.foreign !== undefined,
  };
}

/** Whether the caller may see whose key it is. */
const sees = (caller, { type, id }) =>
  caller.isRoot || (type === "organization" && id === caller.organization);

async function verify(caller, { key, organization, scopes }, env) {
  const refused = (code) => ({ valid: false, code });
  const flaw = SEALED ? await authenticate(key, settingsOf(env)) : undefined;
  if (flaw) return refused(flaw);
  const record = await find(key, env);
  if (!record || !sees(caller, record.owner)) return refused("unknown");
  const status = statusOf(record, Date.now());
  if (status === "revoked" || status === "expired") return refused(status);
  if (organization !== null && record.owner.id !== organization) return refused("not_a_member");
  if (!scopes.every((scope) => holds(record.settings.scopes, scope))) return refused("insufficient_scope");
  return {
    valid: true,
    code: "valid",
    key: describe(record, status),
    consistency: "fast",
    as_of: new Date().toISOString(),
    max_staleness_seconds: 30,
  };
}

const problem = (status, code) => new HTTPException(status, { message: code });

const app = new Hono();

app.use(async (context, next) => {
  const started = Date.now();
  const request_id = `req_${crypto.randomUUID().replaceAll("-", "")}`;
  context.header("cache-control", "no-store");
  context.header("x-request-id", request_id);
  context.header("vary", "Origin");
  context.header("x-content-type-options", "nosniff");
  await next();
  const { status } = context.res;
  console.log(
    JSON.stringify({
      level: status >= 500 ? "error" : "info",
      message: "answered",
      request_id,
      operation: "verify_key",
      status,
      code: context.error?.message ?? null,
      milliseconds: Date.now() - started,
    }),
  );
});

app.onError((error, context) => {
  const status = error instanceof HTTPException ? error.status : 500;
  const code = error instanceof HTTPException ? error.message : "server.internal";
  return context.json({ status, code }, status, { "content-type": "application/problem+json" });
});

app.post(
  "/v1/verify",
  bodyLimit({
    maxSize: BODY_MAX,
    onError: () => {
      throw problem(413, "request.too_large");
    },
  }),
  async (context) => {
    const caller = await callerOf(context);
    return context.json(await verify(caller, await questionOf(context), context.env));
  },
);

export default app;

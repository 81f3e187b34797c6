// What moves keys in and out: the API's import and export, and the routes that it has for Medusa's clients.
/** @import { Imported, Owner } from "./openapi.d.ts" */
/** @import { Call, Query } from "./api.js" */
/** @import { Channel } from "./types.d.ts" */
import { base, call } from "./api.js";

const NDJSON = "application/x-ndjson";
/** Many rows at once take longer than what people do one by one. */
const PATIENCE_MS = 60_000;

/** The same rows again change nothing. @param {Owner} owner an organization @param {string} rows as NDJSON @param {boolean} dryRun whether it is only said what would be done @param {AbortSignal} signal @returns {Promise<Imported>} */
export const importKeys = (owner, rows, dryRun, signal) =>
  call("POST", `${base(owner)}/import`, {
    text: rows,
    headers: { "Content-Type": NDJSON },
    query: { dry_run: dryRun ? "true" : null },
    asks: dryRun,
    patience: PATIENCE_MS,
    signal,
  });

/** Where the next page of an answer begins, as its `Link` says; null after the last. @param {Response} response */
function afterIn({ headers }) {
  const next = /<([^>]*)>;\s*rel="?next"?/.exec(headers.get("Link") ?? "")?.[1];
  return next === undefined ? null : new URL(next, location.origin).searchParams.get("after");
}

/** A page of all that an organization has, as NDJSON. @param {Owner} owner @param {Query} query @param {AbortSignal} signal @returns {Promise<{ text: string, after: string | null }>} */
export const exportOrganization = (owner, query, signal) =>
  call("GET", `${base(owner)}/export`, {
    query,
    headers: { Accept: `${NDJSON}, application/json` },
    read: (text, response) => (response.ok ? { text, after: afterIn(response) } : JSON.parse(text)),
    patience: PATIENCE_MS,
    signal,
    fresh: true,
  });

/** What an answer to Medusa’s clients says is wrong, as other answers say it. @param {string} text @param {Response} response */
function readMedusa(text, { ok }) {
  const answer = JSON.parse(text);
  const { type, message } = answer;
  const code = type === "conflict" ? "auth.other_caller" : `medusa.${type ?? "unauthorized"}`;
  return ok ? answer : { code, title: message };
}

/** @param {string} method @param {Owner} owner an organization @param {string} path @param {Call} [more] */
const medusa = (method, { id }, path, more) =>
  call(method, `/admin/${path}`, {
    ...more,
    headers: { "Keyward-Organization": id ?? "" },
    read: readMedusa,
  });

/** @param {Owner} owner @returns {Promise<Channel[]>} */
export const listChannels = async (owner) =>
  (await medusa("GET", owner, "sales-channels", { query: { order: "name", limit: 1_000 }, fresh: true }))
    .sales_channels;

/** @param {Owner} owner @param {string} name @returns {Promise<Channel>} */
export const createChannel = async (owner, name) =>
  (await medusa("POST", owner, "sales-channels", { body: { name } })).sales_channel;

/** @param {Owner} owner @param {string} id @param {string} name @returns {Promise<unknown>} */
export const renameChannel = (owner, id, name) =>
  medusa("POST", owner, `sales-channels/${encodeURIComponent(id)}`, { body: { name } });

/** @param {Owner} owner @param {string} id @returns {Promise<unknown>} */
export const deleteChannel = (owner, id) =>
  medusa("DELETE", owner, `sales-channels/${encodeURIComponent(id)}`);

/** @param {Owner} owner @param {string} id of a publishable key @param {{ add?: string[], remove?: string[] }} body ids of sales channels @returns {Promise<unknown>} */
export const linkKey = (owner, id, body) =>
  medusa("POST", owner, `api-keys/${encodeURIComponent(id)}/sales-channels`, { body });

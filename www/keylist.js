// The rules of a list of keys: what its address asks for, which filters it offers, and which keys need care.
/** @import { Key, KeyList } from "./openapi.d.ts" */
/** @import { Query } from "./api.js" */
import { pageOf } from "./router.js";

const DAY_MS = 86_400_000;

export const SIZES = [20, 50, 100];

/** @type {Record<string, string>} */
export const ORDERS = {
  "-created_at": "Newest first",
  created_at: "Oldest first",
  title: "Title, A to Z",
  "-title": "Title, Z to A",
  "-last_used_at": "Last used first",
  last_used_at: "Least recently used first",
};
export const USUAL_ORDER = "-created_at";

/** @type {string[]} */
export const TYPES = ["secret", "publishable"];
/** In place of a type: keys of another system, which are of either. */
export const FOREIGN = "foreign";
/** @type {Key["status"][]} */
export const STATUSES = ["active", "retiring", "expired", "revoked"];
/** Of the keys that still work: only these can expire, or be in use. */
export const WORKING = "active,retiring";
/** Statuses that are often asked for together. @type {Record<string, string>} */
export const STATUS_SETS = { [WORKING]: "Active or retiring", "expired,revoked": "Expired or revoked" };
/** @type {Record<string, string>} */
export const EXPIRES = {
  7: "Expires within 7 days",
  14: "Expires within 14 days",
  30: "Expires within 30 days",
  never: "Never expires",
};
/** @type {Record<string, string>} */
export const UNUSED = { 30: "Unused for 30 days", 90: "Unused for 90 days", 365: "Unused for a year" };
/** @type {Record<string, string>} */
export const CREATED = { 1: "Last 24 hours", 7: "Last 7 days", 30: "Last 30 days", 90: "Last 90 days" };

/** What is kept of an order or a filter in an address: what is unknown never reaches a request. @param {Record<string, string>} known @param {string | null} value */
const among = (known, value) => (value !== null && Object.hasOwn(known, value) ? value : "");

/** @param {URLSearchParams} query */
export const statusesIn = (query) => {
  const chosen = (query.get("status") ?? "").split(",");
  return STATUSES.filter((status) => chosen.includes(status));
};

/** @param {URLSearchParams} query */
export const orderIn = (query) => among(ORDERS, query.get("order")) || USUAL_ORDER;

/** How many keys a page shows: as the address says, or as this browser’s user has last chosen. @param {URLSearchParams} query @param {number} [preferred] */
export const sizeIn = (query, preferred = 20) =>
  [Number(query.get("size")), preferred].find((size) => SIZES.includes(size)) ?? 20;

/** Local midnight, some days later; null for what is no date. @param {string | null} date as `2026-11-21` @param {number} [plus] */
function midnight(date, plus = 0) {
  const day = new Date(`${date}T00:00`);
  day.setDate(day.getDate() + plus);
  return Number.isNaN(day.getTime()) ? null : day.getTime();
}

/** @param {number | null} at */
const instant = (at) => (at === null ? null : new Date(at).toISOString());

/** What an address filters by, as the API takes it. @param {URLSearchParams} query @param {number} now @returns {Query} */
export function filtersIn(query, now = Date.now()) {
  const age = Number(among(CREATED, query.get("created")));
  const [expires, unused] = [
    among(EXPIRES, query.get("expires")),
    Number(among(UNUSED, query.get("unused"))),
  ];
  const [from, until] = [midnight(query.get("from")), midnight(query.get("to"), 1)];
  const type = query.get("type") ?? "";
  return {
    q: query.get("q"),
    type: TYPES.includes(type) ? type : null,
    foreign: type === FOREIGN ? "true" : null,
    status: statusesIn(query).join(","),
    scope: query.get("scope"),
    created_by: query.get("created_by"),
    // The API’s bounds are open: a day begins just after the millisecond before it.
    created_after: instant(age > 0 ? now - age * DAY_MS : from === null ? null : from - 1),
    created_before: instant(until),
    expires_before: instant(Number(expires) > 0 ? now + Number(expires) * DAY_MS : null),
    never_expires: expires === "never" ? "true" : null,
    unused_since: instant(unused > 0 ? now - unused * DAY_MS : null),
  };
}

/** @param {URLSearchParams} query */
export const isFiltered = (query) => Object.values(filtersIn(query)).some(Boolean);

/** What an address asks the API for. @param {URLSearchParams} query @param {number} size of a page @returns {Query & { offset: number }} */
export function queryOf(query, size) {
  const order = orderIn(query);
  return {
    ...filtersIn(query),
    order: order === USUAL_ORDER ? null : order,
    ...pageOf(query, size),
  };
}

/** A list with nothing in it. @param {number} limit @param {KeyList["permissions"]} permissions @returns {KeyList} */
export const noKeys = (limit, permissions) => ({
  ...{ keys: [], count: 0, count_is: "exact", unreadable: 0 },
  ...{ limit, offset: 0, after: null, permissions },
});

/** What of the active keys needs care: the filter that shows them, and what is said of so many. @type {{ filter: Record<string, string>, says: (count: number) => string }[]} */
export const CARE = [
  {
    filter: { status: "active", expires: "14" },
    says: (n) => `${n} ${n === 1 ? "expires" : "expire"} within 14 days`,
  },
  {
    filter: { status: "active", unused: "90" },
    says: (n) => `${n} unused for 90 days`,
  },
  {
    filter: { status: "active", expires: "never" },
    says: (n) => `${n} never ${n === 1 ? "expires" : "expire"}`,
  },
  {
    filter: { status: "active", scope: "*" },
    says: (n) => `${n} with full access (*)`,
  },
  {
    filter: { status: "active", type: FOREIGN },
    says: (n) => `${n} foreign ${n === 1 ? "key" : "keys"} to roll`,
  },
];

/** Whether somebody is only beginning: there is no key but one or two that were never used. @param {KeyList} list @param {URLSearchParams} query */
export const isBeginning = ({ count, keys }, query) =>
  !isFiltered(query) && count === keys.length && count <= 2 && keys.every(isFresh);

/** @param {Key} key */
const isFresh = ({ status, last_used_at }) => status === "active" && last_used_at === null;

/** Whether somebody may revoke a key, and there is something to revoke. @param {Key} key */
export const isRevocable = ({ status, permissions }) =>
  status !== "revoked" && permissions.includes("revoke_key");

/** Whether somebody may roll a key. @param {Key} key */
export const isRollable = ({ status, permissions, rolled_to }) =>
  (status === "active" || status === "retiring") && rolled_to === null && permissions.includes("roll_key");

// Addresses and what they mean: whatever can be shared is in the address. By hand: the Navigation API
// would do most of this, but it is new in some browsers and can’t always cancel Back, which has to wait while a new secret
// hasn’t been copied.
/** @import { Owner } from "./openapi.d.ts" */
/** @import { Route } from "./types.d.ts" */

/**
 * @param {URL | Location} url
 * @returns {Route}
 */
export function read(url) {
  const query = new URLSearchParams(url.search);
  const [first, id, section, key, ...rest] = url.pathname.split("/").slice(1).map(decode);
  /** @param {Route["view"]} view @param {Owner | null} [owner] @param {string | null} [key] @returns {Route} */
  const route = (view, owner = null, key = null) => ({ view, owner, key, query });
  if (rest.length > 0) return route("lost");
  if (!id) return first === "" ? route("home") : first === "check" ? route("check") : route("lost");
  if (first === "deployment" && id === "sessions" && section === undefined) return route("sessions");
  if (first !== "organizations" && first !== "users") return route("lost");
  /** @type {Owner} */
  const owner = { type: first === "users" ? "user" : "organization", id };
  if (section === "keys") return key ? route("key", owner, key) : route("keys", owner);
  if (key !== undefined) return route("lost");
  if (section === "activity") return route("activity", owner);
  if (section === "sessions" && owner.type === "user") return route("sessions", owner);
  if (section === "members" && owner.type === "organization") return route("members", owner);
  return route("lost");
}

/** @param {Owner} owner @param {string} [section] */
export const address = (owner, section = "keys") =>
  `/${owner.type === "organization" ? "organizations" : "users"}/${encodeURIComponent(owner.id ?? "")}/${section}`;

/** The page of the operator’s own sessions. */
export const OPERATORS_SESSIONS = "/deployment/sessions";

/**
 * An address with some of its query’s parameters changed; empty ones go.
 * @param {URLSearchParams} query
 * @param {Record<string, string>} changes
 * @param {string} [path]
 */
export function withParameter(query, changes, path = "") {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) next.set(name, value);
  for (const [name, value] of [...next]) if (!value) next.delete(name);
  const text = next.toString();
  return text ? `${path}?${text}` : path;
}

/** The part of a list that the query’s page is, as the API wants it. @param {URLSearchParams} query @param {number} limit */
export function pageOf(query, limit) {
  const page = Math.max(1, Math.trunc(Number(query.get("page"))) || 1);
  return { limit, offset: (page - 1) * limit };
}

/** Asked before the address changes, while something would be lost by it. @type {(() => boolean) | null} */
let guard = null;

/** @param {(() => boolean) | null} ask gives false to stay */
export function guardWith(ask) {
  guard = ask;
}

/**
 * Follows links, Back and Forward without reloading the page.
 * @param {() => void} changed
 */
export function follow(changed) {
  let here = location.href;
  addEventListener("popstate", () => {
    if (guard && !guard()) {
      history.pushState(null, "", here);
      return;
    }
    here = location.href;
    changed();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.getAttribute("href")?.startsWith("#")) return;
    if (link.hasAttribute("data-outside")) return;
    event.preventDefault();
    go(link.href);
  });
  /** @param {string} url @param {{ replace?: boolean }} [how] */
  function go(url, { replace = false } = {}) {
    const to = new URL(url, location.href).href;
    history[replace || to === location.href ? "replaceState" : "pushState"](null, "", to);
    here = location.href;
    changed();
  }
  return go;
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

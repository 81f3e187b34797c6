// Addresses and what they mean: whatever can be shared is in the address. By hand: the Navigation API
// would do most of this, but it is new in some browsers and can’t always cancel Back, which has to wait while a new secret
// hasn’t been copied.
/** @import { Owner } from "./openapi.d.ts" */
/** @import { Page, Route } from "./types.d.ts" */
import { DEPLOYMENT } from "./owners.js";

/** The first part of an address, and the type of owner that it means. @type {Record<string, Owner["type"]>} */
const TYPES = { organizations: "organization", users: "user", deployment: "deployment" };

/** The sections that each type of owner has. @type {Record<Owner["type"], Route["view"][]>} */
const SECTIONS = {
  organization: ["keys", "members", "activity", "settings"],
  user: ["keys", "activity", "sessions", "settings"],
  deployment: ["keys", "activity", "sessions"],
};

/**
 * @param {URL | Location} url
 * @returns {Route}
 */
export function read(url) {
  const query = new URLSearchParams(url.search);
  const [first = "", ...parts] = url.pathname.split("/").slice(1).map(decode);
  /** @param {Route["view"]} view @param {Owner | null} [owner] @param {string | null} [key] @returns {Route} */
  const route = (view, owner = null, key = null) => ({ view, owner, key, query });
  const type = Object.hasOwn(TYPES, first) ? TYPES[first] : undefined;
  if (!type) {
    if (parts.join("") !== "" || parts.length > 1) return route("lost");
    return first === "" ? route("home") : first === "check" ? route("check") : route("lost");
  }
  const owner = type === "deployment" ? DEPLOYMENT : { type, id: parts.shift() ?? "" };
  const [section, key, ...rest] = parts;
  if (owner.id === "" || rest.length > 0) return route("lost");
  if (section === "keys" && key) return route("key", owner, key);
  const view = SECTIONS[type].find((name) => name === (section || "keys"));
  return view && !key ? route(view, owner) : route("lost");
}

/** @param {Owner} owner @param {string} [section] */
export const address = (owner, section = "keys") =>
  owner.type === "deployment"
    ? `/deployment/${section}`
    : `/${owner.type}s/${encodeURIComponent(owner.id ?? "")}/${section}`;

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

/** How many pages can be turned to: the API skips 10,000 entries at the most. @param {number} limit */
export const pagesOf = (limit) => 10_000 / limit + 1;

/** The page to turn to from one that lies past the end. @param {import("./types.d.ts").Page} list */
export const lastPage = ({ count, count_is, limit }) =>
  count_is === "exact" ? String(Math.max(1, Math.ceil(count / limit))) : "";

/** The part of a list that the query’s page is, as the API wants it. @param {URLSearchParams} query @param {number} limit */
export function pageOf(query, limit) {
  const page = Math.min(Math.max(1, Math.trunc(Number(query.get("page"))) || 1), pagesOf(limit));
  return { limit, offset: (page - 1) * limit };
}

/**
 * A page as full as it can be: among very many, what is wanted may come after all that the API looks at for one answer.
 * @template {Page & { unreadable: number }} List
 * @param {{ limit: number, offset: number }} page that is wanted
 * @param {(part: { limit: number, offset: number | null, after: string | null }) => Promise<List>} ask for a part of the list
 * @param {(list: List) => unknown[]} entriesOf
 * @returns {Promise<List>}
 */
export async function wholePage({ limit, offset }, ask, entriesOf) {
  const list = await ask({ limit, offset, after: null });
  const entries = entriesOf(list);
  let left = limit - entries.length - list.unreadable;
  while (list.after !== null && left > 0) {
    const next = await ask({ limit: left, offset: null, after: list.after });
    entries.push(...entriesOf(next));
    left -= entriesOf(next).length + next.unreadable;
    list.unreadable += next.unreadable;
    list.after = next.after;
    list.count = Math.max(list.count, next.count, left < limit ? offset + limit - left : 0);
  }
  return Object.assign(list, { limit, offset });
}

/** Asked before Back and Forward, the last one first. @type {Set<() => boolean>} */
const guards = new Set();

/** @param {() => boolean} ask gives false to stay @returns {() => void} ends it */
export function guardWith(ask) {
  guards.add(ask);
  return () => guards.delete(ask);
}

/**
 * Follows links, Back and Forward without reloading the page.
 * @param {() => void} changed
 */
export function follow(changed) {
  let here = location.href;
  addEventListener("popstate", () => {
    if (![...guards].reverse().every((ask) => ask())) {
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

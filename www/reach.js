// Whether the server can be reached. While it can’t, what it has answered before stands in for what it would answer now,
// and the page asks again by itself: soon at first, then more and more seldom.
/** @import { Problem } from "./problem.js" */

/** @typedef {"offline" | "unreachable" | "failing"} Trouble */

const DELAYS_S = [1, 2, 4, 8, 15, 30, 60];
/** How many answers are kept. They are lists and facts; no answer to a GET holds a secret. */
const MOST = 60;

/** @type {Map<string, { answer: unknown, at: Date }>} */
const known = new Map();
/** The addresses that failed and have not been answered since. @type {Set<string>} */
const failing = new Set();
/** Those that had failed when the page last asked again. @type {Set<string>} */
let retried = new Set();
/** @type {"unreachable" | "failing"} */
let kind = "unreachable";
/** Whether something is shown as it was earlier, and since when. @type {Date | null} */
let shownFrom = null;
let latest = new Date();
let isIncomplete = false;
/** Answers come although the browser thinks that there is no network. */
let isOnlineAfterAll = false;
let attempts = 0;
let timer = 0;
let pending = 0;

const listeners = {
  changed: () => {},
  /** Asks who is signed in: whether the server is there, at the least cost. @type {() => Promise<unknown>} */
  probe: async () => {},
  recovered: () => {},
  /** @type {(isBusy: boolean) => void} */
  busy: () => {},
};

/** @param {typeof listeners} callbacks */
export function watch(callbacks) {
  Object.assign(listeners, callbacks);
}

/** What is wrong, and from when the shown data is; null if nothing is wrong. */
export function trouble() {
  const isOffline = !navigator.onLine && !isOnlineAfterAll;
  if (!isOffline && failing.size === 0) return null;
  return {
    kind: /** @type {Trouble} */ (isOffline ? "offline" : kind),
    from: isIncomplete ? null : (shownFrom ?? latest),
  };
}

/** @param {string} url @param {unknown} answer */
export function answered(url, answer) {
  latest = new Date();
  known.delete(url);
  known.set(url, { answer, at: latest });
  for (const oldest of known.keys()) if (known.size > MOST) known.delete(oldest);
  heard(url);
}

/** An answer that isn’t kept. @param {string} url */
export function heard(url) {
  isOnlineAfterAll = !navigator.onLine;
  if (retried.delete(url)) attempts = 0;
  if (failing.delete(url) && failing.size === 0) settle();
}

/**
 * Notes that nothing has been heard from an address, and gives what it answered before.
 * @param {string} url @param {Problem} problem
 * @param {boolean} [isShown] whether what it would have answered is on the page
 */
export function failed(url, problem, isShown = true) {
  const before = known.get(url);
  isOnlineAfterAll = false;
  if (before) shownFrom = shownFrom && shownFrom < before.at ? shownFrom : before.at;
  else if (isShown) isIncomplete = true;
  kind = problem.code.startsWith("network.") ? "unreachable" : "failing";
  failing.add(url);
  timer ||= window.setTimeout(again, (DELAYS_S[Math.min(attempts, DELAYS_S.length - 1)] ?? 60) * 1000);
  listeners.changed();
  return before;
}

/** Something was changed, so what was answered before may no longer be so. */
export const forgetAnswers = () => known.clear();

/** Another page is looked at: what the last one couldn’t load no longer matters. */
export function startAfresh() {
  failing.clear();
  attempts = 0;
  settle();
}

function settle() {
  clearTimeout(timer);
  timer = 0;
  shownFrom = null;
  isIncomplete = false;
  listeners.changed();
}

/** Asks again now. */
export async function again() {
  clearTimeout(timer);
  timer = 0;
  // Nobody looks, or there is no network: the events below come here again.
  if (failing.size === 0 || (!navigator.onLine && !isOnlineAfterAll) || document.visibilityState === "hidden")
    return;
  attempts += 1;
  const isThere = await listeners.probe().then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  retried = new Set(failing);
  failing.clear();
  settle();
  listeners.recovered();
}

function soon() {
  attempts = 0;
  listeners.changed();
  again();
}
addEventListener("online", soon);
addEventListener("offline", () => {
  isOnlineAfterAll = false;
  listeners.changed();
});
addEventListener("visibilitychange", () => document.visibilityState === "visible" && soon());

/**
 * Work that somebody waits for: a thin line says so unless it is quick.
 * @template T
 * @param {Promise<T>} work
 */
export async function awaited(work) {
  pending += 1;
  listeners.busy(true);
  try {
    return await work;
  } finally {
    pending -= 1;
    listeners.busy(pending > 0);
  }
}

// @ts-check
// What is new in a list whose newest entries come first, each once, until Ctrl-C.
import { entriesOf } from "../account/answers.mjs";
import { escaped } from "../terminal/names.mjs";
import { say } from "../terminal/output.mjs";

const PAUSE_MS = 2_000;
/** The most that a page holds. */
const PAGE = 100;
/** How many ids are remembered: far more than could come again. */
const REMEMBERED = 10_000;

/** @typedef {import("keyward/client").Event} Event */

/** @param {{ pages: (size: number, signal: AbortSignal) => { pages(): AsyncIterable<any> }, known: Event[], show: (event: Event) => void }} what `known`: newest first */
export async function watch({ pages, known, show }) {
  const stop = new AbortController();
  const end = () => stop.abort();
  // Whoever reads may go: then nobody watches.
  process.stdout.once("error", end);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, end);
  /** In the order in which they came. @type {Set<string>} */
  const seen = new Set();
  /** @param {Event[]} events newest first */
  const tell = (events) => {
    for (const event of events.toReversed()) {
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      show(event);
    }
    for (const id of seen) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(id);
    }
  };
  tell(known);
  let silent = false;
  while (!stop.signal.aborted) {
    await pause(stop.signal);
    if (stop.signal.aborted) break;
    try {
      tell(await unseen(pages(PAGE, stop.signal), seen));
      if (silent) say("It answers again.\n");
      silent = false;
    } catch (error) {
      if (stop.signal.aborted) break;
      const { status, message } = /** @type {any} */ (error);
      // What may pass is waited for; all else is an answer.
      if (status === undefined || (status >= 400 && status < 500 && status !== 429)) throw error;
      if (!silent) say(`keyward: ${escaped(message)}; watching on.\n`);
      silent = true;
    }
  }
}

/** What comes before the newest that is known. @param {{ pages(): AsyncIterable<any> }} pages @param {Set<string>} seen */
async function unseen(pages, seen) {
  /** @type {Event[]} */
  const found = [];
  for await (const page of pages.pages())
    for (const event of entriesOf(page, "events")) {
      if (seen.has(event.id)) return found;
      found.push(event);
    }
  return found;
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
const pause = (signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });

// @ts-check
// Lists: all pages, or as many entries as are wanted, as a table, as JSON, or only their ids.
import { entriesOf } from "../account/answers.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, printJson, say } from "../terminal/output.mjs";
import { table } from "./table.mjs";

/** The most that a page holds. */
const PAGE = 100;

/** @param {string | undefined} text */
export function limitOf(text) {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new TypeError("--limit takes a whole number, 1 or more.");
  return Number(text);
}

/** How many to ask for at once. @param {number} limit */
export const pageOf = (limit) => Math.min(limit, PAGE);

/**
 * Entries from as many pages as it takes, and whether there are more.
 * @template T @param {{ pages(): { [Symbol.asyncIterator](): AsyncIterator<any> } }} pages @param {string} entries their name @param {number} limit
 * @returns {Promise<{ found: T[], left: boolean }>}
 */
export async function take(pages, entries, limit) {
  /** @type {T[]} */
  const found = [];
  for await (const page of pages.pages()) {
    if (page.unreadable > 0)
      say(`keyward: ${page.unreadable} of them could not be read there, and are not shown.\n`);
    for (const one of entriesOf(page, entries)) found.push(one);
    if (found.length >= limit)
      return { found: found.slice(0, limit), left: found.length > limit || page.after !== null };
  }
  return { found, left: false };
}

/**
 * @template T @param {{ found: T[], left: boolean }} entries @param {{ json?: boolean, quiet?: boolean }} flags
 * @param {{ head: string[], row: (entry: T) => string[], id: (entry: T) => string, noun: string }} how
 */
export function printList({ found, left }, { json, quiet }, { head, row, id, noun }) {
  if (json) return printJson(found);
  if (quiet) return print(found.map((entry) => `${escaped(id(entry))}\n`).join(""));
  if (found.length === 0) return say(`There is no ${noun}.\n`);
  print(table(head, found.map(row)));
  if (left) say("There are more; --limit says how many to show.\n");
}

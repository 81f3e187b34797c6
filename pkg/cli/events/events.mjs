// @ts-check
// `keyward events`: the audit trail, once or as it goes on.

import { limitOf, pageOf, printList, take } from "../shell/lists.mjs";
import { ownerOf } from "../shell/owner.mjs";
import { printJson } from "../terminal/output.mjs";
import { watch } from "./watch.mjs";
import { EVENT_COLUMNS, eventRow, printEvent } from "./words.mjs";

/** How many are shown, unless more are asked for: a trail may be long. */
const SHOWN = "50";
const BEFORE_WATCHING = "10";

/** @typedef {import("keyward/client").Event} Event */

/** @param {string[]} _args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function events(_args, flags, asked) {
  const { json } = flags;
  const limit = limitOf(flags.limit ?? (flags.watch ? BEFORE_WATCHING : SHOWN));
  const query = { q: flags.search, action: flags.action, actor: flags.actor, key: flags.key };
  const { call } = await ownerOf(flags, asked);
  /** @param {number} size @param {AbortSignal} [signal] */
  const pages = (size, signal) => call("events", { ...query, limit: size }, { signal });
  const found = /** @type {{ found: Event[], left: boolean }} */ (
    await take(pages(pageOf(limit)), "events", limit)
  );
  if (flags.watch) {
    const show = (/** @type {Event} */ event) => (json ? printJson(event, 0) : printEvent(event));
    await watch({ pages, known: found.found, show });
    return 0;
  }
  printList(found, flags, {
    head: EVENT_COLUMNS,
    row: eventRow,
    ...{ id: (/** @type {Event} */ { id }) => id, noun: "such event" },
  });
  return 0;
}

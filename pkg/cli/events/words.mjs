// @ts-check
// Events, as people see them.

import { shownActor } from "../keys/words.mjs";
import { dim } from "../terminal/color.mjs";
import { escaped } from "../terminal/names.mjs";
import { print } from "../terminal/output.mjs";

/** @typedef {import("keyward/client").Event} Event */

export const EVENT_COLUMNS = ["AT", "ACTION", "KEY", "BY", "DETAILS"];

/** @param {Event} event */
export const eventRow = ({ at, action, key, actor, details }) => [
  at.replace("T", " ").replace(/\.\d+Z$/, "Z"),
  action,
  key ? `${key.title} (${key.id})` : "",
  shownActor(actor),
  inWords(details),
];

/** One line, as it happens: what comes next is not known, so there are no columns to fit. @param {Event} event */
export function printEvent(event) {
  const [at, ...rest] = eventRow(event).map(escaped);
  print(`${dim(at)}  ${rest.filter((text) => text !== "").join("  ")}\n`);
}

/** @param {Event["details"]} details */
const inWords = (details) =>
  Object.entries(details)
    .map(([name, value]) => {
      if (name === "changes") return changed(/** @type {any} */ (value));
      return `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;
    })
    .join(" ");

/** @param {{ field: string, old: unknown, new: unknown }[]} changes */
const changed = (changes) =>
  changes.map((one) => `${one.field}: ${JSON.stringify(one.old)} → ${JSON.stringify(one.new)}`).join(", ");

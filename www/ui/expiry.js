// The field for when a key expires.
import { html, nothing } from "../vendor/lit.js";
import { field, onValue } from "./form.js";
import { dateField, exactly, midnight } from "./time.js";

const DAY_MS = 86_400_000;
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** @type {[days: number, words: string][]} */
const TERMS = [
  [7, "7 days"],
  [30, "30 days"],
  [60, "60 days"],
  [90, "90 days"],
  [365, "1 year"],
];

/** @param {number} days */
const ahead = (days) => new Date(Date.now() + days * DAY_MS);

/**
 * @param {{ value: string, chosen: (choice: string) => void, current?: string | null, error: string | null }} parts current: the key’s expiry, if it has one
 */
export function expiryField({ value, chosen, current = null, error }) {
  const tomorrow = dateField(midnight(dateField(new Date()), 1));
  /** @param {string} choice @param {string} words */
  const option = (choice, words) =>
    html`<option value=${choice} ?selected=${value === choice}>${words}</option>`;
  return html`
    <div class="split">
      ${field(
        { id: "expiry", label: "Expires", error: value === "date" ? null : error },
        ({ describedby, invalid }) => html`<select
          id="expiry" name="expiry" aria-describedby=${describedby} aria-invalid=${invalid} .value=${value}
          @change=${onValue(chosen)}
        >
          ${current ? option("keep", `No change (${DAY.format(new Date(current))})`) : nothing}
          ${option("never", "Never")}
          ${TERMS.map(([days, words]) => option(String(days), `In ${words} (${DAY.format(ahead(days))})`))}
          ${option("date", "On a date…")}
        </select>`,
      )}
      ${
        value === "date"
          ? field(
              { id: "expiry-date", label: "Stops working at the start of", error },
              ({ describedby, invalid }) => html`<input
                id="expiry-date" name="expiry_date" type="date" required min=${tomorrow}
                aria-describedby=${describedby} aria-invalid=${invalid}
              />`,
            )
          : nothing
      }
    </div>`;
}

/** The time that was chosen; undefined to leave it as it is. @param {FormData} fields */
export function expiryFrom(fields) {
  const choice = String(fields.get("expiry"));
  if (choice === "keep") return undefined;
  if (choice === "never") return null;
  if (choice === "date") {
    const date = midnight(String(fields.get("expiry_date")));
    return Number.isNaN(date.getTime()) ? "" : date.toISOString();
  }
  return ahead(Number(choice)).toISOString();
}

/** What is wrong with the time that was chosen, if anything. @param {string | null | undefined} at */
export function expiryProblem(at) {
  if (at === "") return "Choose a date.";
  return at && Date.parse(at) <= Date.now()
    ? `Choose a date in the future. ${exactly(at)} has passed.`
    : null;
}

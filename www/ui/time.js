// Times for people. How long ago something was is kept current by GitHub’s <relative-time> element.
import "../vendor/relative-time.js";
import { html, nothing } from "../vendor/lit.js";

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

/** “Nov 21, 2026, 09:30”. @param {string} iso */
export const exactly = (iso) => EXACT.format(new Date(iso));

/**
 * “3 hours ago”, “in 2 days”. The exact time is shown on hover and on focus.
 * @param {string} iso
 * @param {boolean} [takesFocus] not where it stands in a table, whose row shows its exact times when it has the focus
 */
export const ago = (iso, takesFocus = true) =>
  html`<relative-time
    datetime=${iso} title=${exactly(iso)} threshold="P100Y" tabindex=${takesFocus ? "0" : nothing}
  ></relative-time>`;

/** “Nov 21, 2026”. @param {string} iso */
export const day = (iso) =>
  html`<time datetime=${iso} title=${exactly(iso)}>${DAY.format(new Date(iso))}</time>`;

/** “Nov 21, 2026, 09:30”. @param {string} iso */
export const moment = (iso) => html`<time datetime=${iso}>${exactly(iso)}</time>`;

/** Midnight of a local day, some days later. @param {string} date as `2026-11-21` @param {number} [plus] */
export function midnight(date, plus = 0) {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  return new Date(year ?? NaN, (month ?? NaN) - 1, (dayOfMonth ?? NaN) + plus);
}

/** As date fields want it. @param {Date} date */
export const dateField = (date) => momentField(date).slice(0, 10);

/** As fields of date and time want it. @param {Date} date */
export const momentField = (date) =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

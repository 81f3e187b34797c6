// Times for people: short on the page, exact in the tooltip, machine-readable in the markup.
import { html } from "../html.js";

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** @param {string} iso */
const secondsTo = (iso) => (Date.parse(iso) - Date.now()) / 1000;

/** @param {number} seconds */
function relative(seconds) {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  if (unit === "second") return seconds > 0 ? "in under a minute" : "just now";
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

/** @param {string} iso */
export const exactly = (iso) => EXACT.format(new Date(iso));

/** “3 hours ago”, “in 2 days”. @param {string} iso */
export const ago = (iso) =>
  html`<time datetime=${iso} title=${exactly(iso)}>${relative(secondsTo(iso))}</time>`;

/** “Nov 21, 2026”. @param {string} iso */
export const day = (iso) =>
  html`<time datetime=${iso} title=${exactly(iso)}>${DAY.format(new Date(iso))}</time>`;

/** “Nov 21, 2026, 09:30”. @param {string} iso */
export const moment = (iso) => html`<time datetime=${iso}>${exactly(iso)}</time>`;

/** “23 h left”. @param {string} iso */
export function left(iso) {
  const seconds = Math.max(0, secondsTo(iso));
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} days left`;
  if (seconds >= 3_600) return `${Math.floor(seconds / 3_600)} h left`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min left` : "seconds left";
}

/** Midnight of a local day, some days later. @param {string} date as `2026-11-21` @param {number} [plus] */
export function midnight(date, plus = 0) {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  return new Date(year ?? NaN, (month ?? NaN) - 1, (dayOfMonth ?? NaN) + plus);
}

/** As date fields want it. @param {Date} date */
export const dateField = (date) =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

/** As fields of date and time want it. @param {Date} date */
export const momentField = (date) =>
  new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

// Times for people: how long ago, as they would say it, with the exact time on hover and on focus (tip.js). By hand:
// relative-time-element says neither “just now” nor plain dates, and keeps its text from the page’s styles.
import { html, nothing } from "../vendor/lit.js";
import "./tip.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What is farther away is told by its date. */
const NEAR_DAYS = 30;

const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const ZONED = new Intl.DateTimeFormat("en", {
  ...{ year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  ...{ hourCycle: "h23", timeZoneName: "short" },
});
const DATE = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const DATE_OF_YEAR = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** “Nov 21, 2026, 09:30”. @param {string} iso */
export const exactly = (iso) => EXACT.format(new Date(iso));

/** “Nov 21, 2026, 09:30 GMT+1”. @param {string} iso */
const zoned = (iso) => ZONED.format(new Date(iso));

/** Without the year if it is this one. @param {Date} date @param {Date} now */
const dateIn = (date, now) => (date.getFullYear() === now.getFullYear() ? DATE_OF_YEAR : DATE).format(date);

/** How many midnights lie between two times. @param {Date} from @param {Date} to */
const midnights = (from, to) =>
  Math.round((new Date(to).setHours(0, 0, 0, 0) - new Date(from).setHours(0, 0, 0, 0)) / DAY);

/**
 * “just now”, “3 hours ago”, “yesterday”, “in 2 weeks”; what is a month away or more has its date.
 * @param {Date} date
 * @param {Date} now
 */
export function inWords(date, now) {
  const off = date.getTime() - now.getTime();
  const size = Math.abs(off);
  const days = midnights(now, date);
  const whole = (/** @type {number} */ unit) => Math.trunc(off / unit);
  if (size < MINUTE) return off > 0 ? "in less than a minute" : "just now";
  if (size < HOUR) return RELATIVE.format(whole(MINUTE), "minute");
  if (days === 0 || size < 6 * HOUR) return RELATIVE.format(whole(HOUR), "hour");
  if (Math.abs(days) < 14) return RELATIVE.format(days, "day");
  if (Math.abs(days) < NEAR_DAYS) return RELATIVE.format(Math.trunc(days / 7), "week");
  return dateIn(date, now);
}

class RelativeTime extends HTMLElement {
  #words = "";

  static observedAttributes = ["datetime"];

  connectedCallback() {
    shown.add(this);
    this.tell();
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.tell();
  }

  tell() {
    const words = inWords(new Date(this.getAttribute("datetime") ?? ""), new Date());
    if (this.#words !== words) this.replaceChildren(words);
    this.#words = words;
  }
}

/** What is on the page and has to be kept current. @type {Set<RelativeTime>} */
const shown = new Set();
const keepCurrent = () => {
  for (const time of shown) time.tell();
};
setInterval(keepCurrent, MINUTE / 4);
addEventListener("visibilitychange", keepCurrent);
customElements.define("relative-time", RelativeTime);

/**
 * “3 hours ago”, “in 2 days”. The exact time is shown on hover and on focus.
 * @param {string} iso
 * @param {boolean} [takesFocus] not where it stands in a table, whose row shows its exact times when it has the focus
 */
export const ago = (iso, takesFocus = true) =>
  html`<relative-time role="time" datetime=${iso} data-tip=${zoned(iso)} tabindex=${takesFocus ? "0" : nothing}></relative-time>`;

/** “Nov 21”, with the year if it is another one. @param {string} iso */
export const day = (iso) =>
  html`<time datetime=${iso} data-tip=${zoned(iso)}>${dateIn(new Date(iso), new Date())}</time>`;

/** “Nov 21, 2026, 09:30”. @param {string} iso */
export const moment = (iso) => html`<time datetime=${iso} data-tip=${zoned(iso)}>${exactly(iso)}</time>`;

/** “Nov 21, 2026, 09:30 (in 2 days)”; without what would only be the date once more. @param {string} iso */
export const when = (iso) =>
  html`${moment(iso)}${Math.abs(midnights(new Date(), new Date(iso))) < NEAR_DAYS ? html` <span class="hint">(${ago(iso)})</span>` : nothing}`;

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

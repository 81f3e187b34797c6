// The search and filters above the table of keys, and the query that they make for the API.
/** @import { Owner } from "../openapi.d.ts" */

import { pageOf } from "../router.js";
import { onValue } from "../ui/form.js";
import * as icons from "../ui/icons.js";
import { midnight } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { STATUS, TYPE } from "../words.js";

export const LIMIT = 20;
const FILTERS = ["q", "type", "status", "created", "from", "to", "created_by"];
const AGES = { 1: "Last 24 hours", 7: "Last 7 days", 30: "Last 30 days", 90: "Last 90 days" };

/** @param {URLSearchParams} query */
export const isFiltered = (query) => FILTERS.some((name) => query.get(name));

/** @param {URLSearchParams} query */
export function apiQuery(query) {
  const age = Number(query.get("created"));
  const [from, to] = [query.get("from"), query.get("to")].map((date, plus) =>
    date ? midnight(date, plus) : null,
  );
  // The API’s bounds are open: a day begins just after the millisecond before it.
  const after = age > 0 ? new Date(Date.now() - age * 86_400_000) : from && new Date(from.getTime() - 1);
  return {
    q: query.get("q"),
    type: query.get("type"),
    status: query.get("status"),
    order: query.get("order"),
    created_by: query.get("created_by"),
    created_after: after && instant(after),
    created_before: to && instant(to),
    ...pageOf(query, LIMIT),
  };
}

/** @param {Date} date */
const instant = (date) => (Number.isNaN(date.getTime()) ? null : date.toISOString());

/**
 * @param {{ query: URLSearchParams, typed: string, owner: Owner, search: (field: HTMLInputElement, pasted?: string) => boolean, set: (changes: Record<string, string>) => void }} parts
 */
export function filterBar({ query, typed, owner, search, set }) {
  const custom = query.get("created") === "custom";
  const typedIn = (/** @type {InputEvent & { target: HTMLInputElement }} */ { target }) => search(target);
  /** What is pasted or dropped is looked at before the field has it: a secret never gets there. */
  const inserted = (
    /** @type {{ target: HTMLInputElement, clipboardData?: DataTransfer, dataTransfer?: DataTransfer, preventDefault(): void }} */ event,
  ) => {
    const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
    if (search(event.target, text)) event.preventDefault();
  };
  /** @param {string} name @param {string} label @param {string} all @param {Record<string, string>} options @param {(value: string) => void} chosen */
  const select = (name, label, all, options, chosen) => {
    const value = query.get(name) ?? "";
    return html`
      <select aria-label=${label} .value=${value} @change=${onValue(chosen)}>
        <option value="" ?selected=${value === ""}>${all}</option>
        ${Object.entries(options).map(([key, words]) => html`<option value=${key} ?selected=${value === key}>${words}</option>`)}
      </select>`;
  };
  /** @param {string} name @param {string} label */
  const date = (name, label) => html`
    <label><span>${label}</span><input type="date" .value=${query.get(name) ?? ""} @change=${onValue((value) => set({ [name]: value }))} /></label>`;
  return html`
    <form class="filters" role="search" aria-label="Keys" @submit=${(/** @type {SubmitEvent} */ event) => event.preventDefault()}>
      <div class="search">
        ${icons.search}
        <input
          type="search" aria-label="Search by title or key" placeholder="Search by title or key" maxlength="200"
          autocomplete="off" spellcheck="false" .value=${typed}
          @input=${typedIn} @paste=${inserted} @drop=${inserted}
        />
      </div>
      ${owner.type === "organization" ? select("type", "Type", "Any type", TYPE, (type) => set({ type })) : nothing}
      ${select("status", "Status", "Any status", STATUS, (status) => set({ status }))}
      ${select("created", "Created", "Created any time", { ...AGES, custom: "Custom range…" }, (created) => set({ created, from: "", to: "" }))}
      ${custom ? html`<div class="dates">${date("from", "From")} ${date("to", "To")}</div>` : nothing}
    </form>`;
}

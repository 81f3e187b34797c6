// The search and the filters above the table of keys. On small screens the filters open below the search.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Search } from "./search.js" */
import {
  CREATED,
  EXPIRES,
  FOREIGN,
  filtersIn,
  STATUS_SETS,
  statusesIn,
  UNUSED,
  WORKING,
} from "../keylist.js";
import { userName } from "../owners.js";
import { onValue } from "../ui/form.js";
import { html, nothing } from "../vendor/lit.js";
import { STATUS, TYPE } from "../words.js";
import { inserted, searchField } from "./search_field.js";

/** @typedef {(changes: Record<string, string>) => void} Set */

/** @param {{ name: string, label: string, all: string, options: Record<string, string>, value: string, chosen: (value: string) => void }} parts */
const select = ({ name, label, all, options, value, chosen }) => html`
  <select name=${name} aria-label=${label} .value=${value} @change=${onValue(chosen)}>
    <option value="" ?selected=${value === ""}>${all}</option>
    ${Object.entries(options).map(([key, words]) => html`<option value=${key} ?selected=${value === key}>${words}</option>`)}
  </select>`;

/** Any statuses at once. @param {URLSearchParams} query @param {Set} set */
function statusBoxes(query, set) {
  const chosen = statusesIn(query);
  /** @param {string} status */
  const toggle =
    (status) =>
    (/** @type {{ target: HTMLInputElement }} */ { target }) => {
      const next = target.checked ? [...chosen, status] : chosen.filter((other) => other !== status);
      set({ status: next.join(",") });
    };
  return html`
    <fieldset>
      <legend class="sr-only">Show keys that are</legend>
      ${Object.entries(STATUS).map(
        ([status, name]) => html`<label><input
          type="checkbox" .checked=${chosen.some((one) => one === status)} @change=${toggle(status)}
        /><span>${name}</span></label>`,
      )}
    </fieldset>`;
}

/** @param {{ query: URLSearchParams, search: Search, set: Set, isOpen: boolean, scopes: string[], choosing: ReadonlySet<string>, choose: (name: string, isOpen: boolean) => void, toggle: () => void, owner: Owner }} parts */
export function filterBar({ query, search, set, isOpen, scopes, choosing, choose, toggle, owner }) {
  const submitted = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    search.now();
  };
  const value = (/** @type {string} */ name) => query.get(name) ?? "";
  /** Expiry and use are asked of keys that still work, unless a status says otherwise. @param {string} name */
  const working = (name) => (/** @type {string} */ chosen) =>
    set({
      [name]: chosen,
      ...(chosen && chosen !== "never" && !value("status") ? { status: WORKING } : {}),
    });
  const scope = value("scope");
  const ownScope = choosing.has("scope") || (scope !== "" && scope !== "*");
  const status = statusesIn(query).join(",");
  const ownStatus = choosing.has("status") || (status.includes(",") && !Object.hasOwn(STATUS_SETS, status));
  const isCustom = value("created") === "custom";
  const maker = value("created_by");
  /** One of the choices that are offered, or one’s own. @param {string} name */
  const chosenFor = (name) => (/** @type {string} */ chosen) => {
    choose(name, chosen === "own");
    if (chosen !== "own") set({ [name]: chosen });
  };
  const scopeTyped = (/** @type {{ target: HTMLInputElement }} */ { target }) => {
    if (!search.takeFrom(target)) set({ scope: target.value.trim().toLowerCase() });
  };
  const { q, ...others } = filtersIn(query);
  const active = Object.values(others).filter(Boolean).length;
  return html`
    <form class="filters" role="search" aria-label="Keys" @submit=${submitted}>
      ${searchField(search, "Search by title or key")}
      <button class="button fold" type="button" aria-expanded=${isOpen ? "true" : "false"} @click=${toggle}>Filters${active > 0 ? ` (${active})` : ""}</button>
      <div class="selects ${isOpen ? "open" : ""}">
        ${owner.type === "organization" ? select({ name: "type", label: "Type", all: "Any type", options: { ...TYPE, [FOREIGN]: "Foreign" }, value: value("type"), chosen: (type) => set({ type }) }) : nothing}
        ${select({ name: "status", label: "Status", all: "Any status", options: { ...STATUS, ...STATUS_SETS, own: "Several…" }, value: ownStatus ? "own" : status, chosen: chosenFor("status") })}
        ${select({ name: "expires", label: "Expiry", all: "Any expiry", options: EXPIRES, value: value("expires"), chosen: working("expires") })}
        ${select({ name: "unused", label: "Use", all: "Any use", options: UNUSED, value: value("unused"), chosen: working("unused") })}
        ${select({ name: "scope", label: "Scope", all: "Any scope", options: { "*": "Full access (*)", own: "A scope…" }, value: ownScope ? "own" : scope, chosen: chosenFor("scope") })}
        ${select({ name: "created", label: "Created", all: "Created any time", options: { ...CREATED, custom: "Custom range…" }, value: value("created"), chosen: (created) => set({ created, from: "", to: "" }) })}
        ${maker ? html`<button class="button" type="button" @click=${() => set({ created_by: "" })}>Created by ${userName(maker.replace("user:", ""))} <span aria-hidden="true">×</span><span class="sr-only">(remove this filter)</span></button>` : nothing}
      </div>
      ${
        ownStatus || ownScope || isCustom
          ? html`<div class="ranges">
              ${ownStatus ? statusBoxes(query, set) : nothing}
              ${
                ownScope
                  ? html`<label><span>Scope</span><input
                      class="mono" list="scopes-in-use" maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"
                      .value=${scope === "*" ? "" : scope} @change=${scopeTyped} @paste=${inserted(search.takeFrom)} @drop=${inserted(search.takeFrom)}
                    /><datalist id="scopes-in-use">${scopes.map((one) => html`<option value=${one}></option>`)}</datalist></label>`
                  : nothing
              }
              ${isCustom ? html`${date("from", "From")} ${date("to", "To")}` : nothing}
            </div>`
          : nothing
      }
    </form>`;

  /** @param {string} name @param {string} label */
  function date(name, label) {
    return html`<label><span>${label}</span><input type="date" .value=${value(name)} @change=${onValue((chosen) => set({ [name]: chosen }))} /></label>`;
  }
}

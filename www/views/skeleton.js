// The shape of the table of keys, before there is anything to put into it.
/** @import { Owner } from "../openapi.d.ts" */
import { html, nothing } from "../vendor/lit.js";

/** The columns by their classes: name, and of those that sort the field and the first direction. @type {Record<string, [name: string, field?: string, first?: "ascending" | "descending"]>} */
export const COLUMNS = {
  named: ["Key", "title", "ascending"],
  type: ["Type"],
  status: ["Status"],
  scopes: ["Scopes"],
  used: ["Last used", "last_used_at", "descending"],
  created: ["Created", "created_at", "descending"],
};

/** What the table’s columns depend on. @param {{ type: string }} owner @param {boolean} isPicking */
export const kind = ({ type }, isPicking) =>
  `keys ${type === "organization" ? "typed" : ""} ${isPicking ? "picking" : ""}`;

/** A table of the same shape. @param {Owner} owner @param {boolean} isNarrow */
export function skeleton(owner, isNarrow) {
  /** @param {string} size */
  const bone = (size) => html`<span class="bone ${size}"></span>`;
  const columns = Object.keys(COLUMNS).slice(1);
  const bones = isNarrow
    ? html`<td class="brief"><span class="line"><span class="mono">${bone("w2")}</span>${bone("w1")}</span>${bone("w3")}</td>`
    : columns.map((column) => html`<td class=${column}>${bone("w1")}</td>`);
  const named = isNarrow
    ? bone("w3")
    : html`<span class="title">${bone("w3")}</span><span class="sub">${bone("w2")}</span>`;
  return html`
    <div role="status"><span class="sr-only">Loading keys</span></div>
    ${isNarrow ? html`<div class="sorting" aria-hidden="true">${bone("w2")}</div>` : nothing}
    <table class=${kind(owner, true)} aria-hidden="true">
      ${
        isNarrow
          ? nothing
          : html`<thead>
              <tr>
                <td class="pick"></td>
                ${Object.entries(COLUMNS).map(([column, [name]]) => html`<td class=${column}>${name}</td>`)}
                <td class="more"></td>
              </tr>
            </thead>`
      }
      <tbody>
        ${Array.from({ length: 8 }, () => html`<tr><td class="pick"></td><th class="named">${named}</th>${bones}<td class="more"></td></tr>`)}
      </tbody>
    </table>`;
}

/** As tall as the filters. */
export const noFilters = html`<div class="filters" aria-hidden="true"><span class="search"><input disabled /></span><span class="selects"></span></div>`;

// The line above a list that says which of its active keys need care, and leads to them. It is asked for once the list is
// shown, and what cannot be asked is left out.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Amount } from "../types.d.ts" */
import * as api from "../api.js";
import { CARE, FOREIGN, filtersIn } from "../keylist.js";
import { withParameter } from "../router.js";
import { html, nothing } from "../vendor/lit.js";
import { figure } from "../words.js";

/** @type {Amount} */
const NONE = { count: 0, count_is: "exact" };

/** How many active keys need each kind of care. @param {Owner} owner @param {AbortSignal} signal @returns {Promise<Amount[]>} */
export const countCare = (owner, signal) =>
  Promise.all(
    CARE.map(async ({ filter }) =>
      // Only organizations have foreign keys.
      filter.type === FOREIGN && owner.type !== "organization"
        ? NONE
        : api.countKeys(owner, filtersIn(new URLSearchParams(filter)), signal).catch(() => NONE),
    ),
  );

/** @param {{ counts: Amount[], query: URLSearchParams, path: string }} parts */
export function careLine({ counts, query, path }) {
  const links = CARE.map(({ filter, says }, n) => {
    const { count, count_is } = counts[n] ?? NONE;
    const href = withParameter(new URLSearchParams(filter), {}, path);
    const isHere = Object.entries(filter).every(([name, value]) => query.get(name) === value);
    return count > 0
      ? html`<a href=${isHere ? path : href} aria-current=${isHere ? "true" : nothing}>${says(count).replace(String(count), figure({ count, count_is }))}</a>`
      : nothing;
  });
  return links.every((link) => link === nothing)
    ? nothing
    : html`<nav class="care" aria-label="Needs attention"><span>Needs attention</span>${links}</nav>`;
}

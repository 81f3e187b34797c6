// The table of keys.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */

import { address, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { actorName, scopeChips, statusBadge, typeBadge } from "../ui/parts.js";
import { ago, day } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";

/** Names of the columns; of those that sort, the field and the first direction. @type {[string, string?, ("ascending" | "descending")?][]} */
const COLUMNS = [
  ["Key", "title", "ascending"],
  ["Type"],
  ["Status"],
  ["Scopes"],
  ["Last used", "last_used_at", "descending"],
  ["Created", "created_at", "descending"],
];

/** @param {URLSearchParams} query @param {string} path */
function header(query, path) {
  const order = query.get("order") || "-created_at";
  const by = order.replace("-", "");
  const direction = order.startsWith("-") ? "descending" : "ascending";
  return html`<thead><tr>${COLUMNS.map(([name, field, first]) => {
    if (!field) return html`<th scope="col">${name}</th>`;
    const next = field === by ? (direction === "ascending" ? "descending" : "ascending") : first;
    const to = `${next === "descending" ? "-" : ""}${field}`;
    const href = withParameter(query, { order: to === "-created_at" ? "" : to, page: "" }, path);
    return html`<th scope="col" aria-sort=${field === by ? direction : nothing}>
      <a class="sort" href=${href}>${name}${icons.down}</a>
    </th>`;
  })}</tr></thead>`;
}

/** When a key that works stops working. @param {Key} key */
function ends({ status, expires_at: expires, revoked_at: revoked }) {
  if (status === "retiring" && revoked) return html`<span class="sub">stops ${ago(revoked, false)}</span>`;
  return status === "active" && expires
    ? html`<span class="sub">expires ${ago(expires, false)}</span>`
    : nothing;
}

/** @param {Key} key @param {Owner} owner @param {Context} context */
const row = (key, owner, { me }) => html`
  <tr class="link">
    <th scope="row">
      <a class="title" href="${address(owner)}/${key.id}">${key.title}</a>
      <span class="sub mono">${key.redacted}</span>
    </th>
    <td>${typeBadge(key)}</td>
    <td>
      ${statusBadge(key)}
      ${ends(key)}
    </td>
    <td data-label="Scopes">${scopeChips(key.scopes, 2)}</td>
    <td data-label="Last used">${key.last_used_at ? ago(key.last_used_at, false) : html`<span class="hint">Never</span>`}</td>
    <td data-label="Created">${day(key.created_at)}<span class="sub cut">by ${actorName(key.created_by, me)}</span></td>
  </tr>`;

/**
 * A click anywhere in a row follows the link of its title, as a convenience: the link is what the keyboard and assistive
 * technology use. What can be clicked by itself keeps its own click, and selecting text is no click.
 * @param {MouseEvent} event
 */
function followRow(event) {
  const { target, button, defaultPrevented } = event;
  if (!(target instanceof Element) || defaultPrevented || button > 1) return;
  if (target.closest("a, button, input, label, select, summary, .menu")) return;
  const link = target.closest("tr")?.querySelector("a");
  if (!link || getSelection()?.isCollapsed === false) return;
  if (button === 1 || event.metaKey || event.ctrlKey || event.shiftKey) open(link.href, "_blank", "noopener");
  else link.click();
}

/**
 * @param {{ context: Context, owner: Owner, keys: Key[], query: URLSearchParams, isLoading: boolean }} parts
 */
export const keysTable = ({ context, owner, keys, query, isLoading }) => html`
  <table class="cards" aria-busy=${isLoading ? "true" : "false"}>
    <caption class="sr-only">Keys</caption>
    ${header(query, address(owner))}
    <tbody @click=${followRow} @auxclick=${followRow}>${keys.map((key) => row(key, owner, context))}</tbody>
  </table>`;

export const skeleton = () => html`
  <div role="status"><span class="sr-only">Loading keys</span></div>
  <table class="cards" aria-hidden="true">
    <thead><tr>${COLUMNS.map(([name]) => html`<th>${name}</th>`)}</tr></thead>
    <tbody>
      ${Array.from(
        { length: 6 },
        () => html`<tr>
          <th><span class="bone w3"></span><span class="sub"><span class="bone w2"></span></span></th>
          ${COLUMNS.slice(1).map(() => html`<td><span class="bone w1"></span></td>`)}
        </tr>`,
      )}
    </tbody>
  </table>`;

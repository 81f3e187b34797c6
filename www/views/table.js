// The table of keys: on small screens each row becomes a card of three lines.
/** @import { Key } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { isRevocable, isRollable, orderIn, USUAL_ORDER } from "../keylist.js";
import { address, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { closeMenus } from "../ui/menu.js";
import { actorName, foreignBadge, scopeChips, statusBadge, typeBadge } from "../ui/parts.js";
import { ago, day } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { COLUMNS, kind } from "./skeleton.js";

/** @typedef {"roll" | "revoke" | "copy"} Act */
/**
 * @typedef {object} Parts
 * @property {Context} context
 * @property {import("../openapi.d.ts").Owner} owner
 * @property {Key[]} keys
 * @property {URLSearchParams} query
 * @property {boolean} isLoading
 * @property {boolean} isPicking whether keys can be chosen, if not these then others
 * @property {boolean} isNarrow
 * @property {Set<string>} picked the ids of the keys that are chosen
 * @property {(keys: Key[], isPicked: boolean) => void} pick
 * @property {(act: Act, key: Key) => void} act
 */

/** @param {URLSearchParams} query @param {string} path */
function headings(query, path) {
  const order = orderIn(query);
  const by = order.replace("-", "");
  const direction = order.startsWith("-") ? "descending" : "ascending";
  return Object.entries(COLUMNS).map(([column, [name, field, first]]) => {
    if (!field) return html`<th scope="col" class=${column}>${name}</th>`;
    const next = field === by ? (direction === "ascending" ? "descending" : "ascending") : first;
    const to = `${next === "descending" ? "-" : ""}${field}`;
    const href = withParameter(query, { order: to === USUAL_ORDER ? "" : to, page: "" }, path);
    return html`<th scope="col" class=${column} aria-sort=${field === by ? direction : nothing}>
      <a class="sort" href=${href}>${name}${icons.down}</a>
    </th>`;
  });
}

/** For screen readers: cards show none. @param {boolean} isPicking */
const briefHeadings = (isPicking) => html`<thead class="sr-only"><tr>
  ${[...(isPicking ? ["Selection"] : []), "Key", "Details", "Actions"].map((name) => html`<th scope="col">${name}</th>`)}
</tr></thead>`;

/** When a key that works stops working. @param {Key} key */
function ends({ status, expires_at: expires, revoked_at: revoked }) {
  if (status === "retiring" && revoked) return html`stops ${ago(revoked, false)}`;
  return status === "active" && expires ? html`expires ${ago(expires, false)}` : null;
}

/** Chooses every key of the page that can be chosen. @param {Parts} parts */
export function pickAll({ keys, picked, pick }) {
  const offered = keys.filter(isRevocable);
  const chosen = offered.filter(({ id }) => picked.has(id)).length;
  return html`<input
    type="checkbox" aria-label="Select all keys on this page" .checked=${chosen > 0 && chosen === offered.length}
    .indeterminate=${chosen > 0 && chosen < offered.length}
    @change=${(/** @type {{ target: HTMLInputElement }} */ { target }) => pick(offered, target.checked)}
  />`;
}

/** The key whose menu has been opened last. @type {string | undefined} */
let opened;

/** A list that is read again may put another key in a row: a menu that is open there was opened for the former. @param {Element} list */
export function closeOthersMenu(list) {
  /** @type {HTMLElement | null} */
  const menu = list.querySelector("details.row[open]");
  if (menu && menu.dataset.key !== opened) closeMenus();
}

/** @param {Key} key @param {Parts["act"]} act */
function menu(key, act) {
  /** The focus returns to the menu’s button, since the choice is gone once the menu is closed. @param {Act} chosen */
  const choose =
    (chosen) =>
    (/** @type {{ currentTarget: Element }} */ { currentTarget }) => {
      /** @type {HTMLElement | null} */ (currentTarget.closest("details")?.querySelector("summary"))?.focus();
      act(chosen, key);
    };
  const opens = () => {
    opened = key.id;
  };
  return html`
    <details class="menu row" data-key=${key.id}>
      <summary @focus=${opens} @click=${opens}><span class="sr-only">Actions for ${key.title}</span>${icons.dots}</summary>
      <div class="panel">
        <button type="button" @click=${choose("copy")}>Copy key ID</button>
        ${isRollable(key) ? html`<button type="button" @click=${choose("roll")}>Roll…</button>` : nothing}
        ${isRevocable(key) ? html`<button class="grave" type="button" @click=${choose("revoke")}>Revoke…</button>` : nothing}
      </div>
    </details>`;
}

/** @param {Key} key @param {Parts} parts */
function row(key, parts) {
  const { owner, picked, pick, act, isPicking, isNarrow } = parts;
  const chosen = (/** @type {{ target: HTMLInputElement }} */ { target }) => pick([key], target.checked);
  return html`
    <tr class="link">
      ${isPicking ? html`<td class="pick">${isRevocable(key) ? html`<input type="checkbox" aria-label="Select ${key.title}" .checked=${picked.has(key.id)} @change=${chosen} />` : nothing}</td>` : nothing}
      <th scope="row" class="named">
        <a class="title" href="${address(owner)}/${key.id}">${key.title}</a>
        ${isNarrow ? nothing : html`<span class="sub mono">${key.redacted}</span>`}
      </th>
      ${isNarrow ? brief(key) : cells(key, parts)}
      <td class="more">${menu(key, act)}</td>
    </tr>`;
}

/** @param {Key} key @param {Parts} parts */
function cells(key, { context }) {
  const end = ends(key);
  return html`
    <td class="type">${typeBadge(key)}${foreignBadge(key)}</td>
    <td class="status">${statusBadge(key)}${end ? html`<span class="sub">${end}</span>` : nothing}</td>
    <td class="scopes">${scopeChips(key.scopes, 2)}</td>
    <td class="used">${key.last_used_at ? ago(key.last_used_at, false) : html`<span class="hint">Never</span>`}</td>
    <td class="created">${day(key.created_at)}<span class="sub cut">${key.foreign ? "imported by" : "by"} ${actorName(key.created_by, context.me)}</span></td>`;
}

/** The same in two lines, so that the title has the first to itself. @param {Key} key */
const brief = (key) => html`
  <td class="brief">
    <span class="line"><span class="mono">${key.redacted}</span><span>${foreignBadge(key)} ${statusBadge(key)}</span></span>
    ${key.last_used_at ? html`Used ${ago(key.last_used_at, false)}` : "Never used"} · ${ends(key) ?? html`created ${day(key.created_at)}`}
  </td>`;

/**
 * A click anywhere in a row follows the link of its title, as a convenience: the link is what the keyboard and assistive
 * technology use. What can be clicked by itself keeps its own click, and selecting text is no click.
 * @param {MouseEvent} event
 */
function followRow(event) {
  const { target, button, defaultPrevented } = event;
  if (!(target instanceof Element) || defaultPrevented || button > 1) return;
  if (target.closest("a, button, input, label, select, summary, .menu, .pick, .more")) return;
  const link = target.closest("tr")?.querySelector("a");
  if (!link || getSelection()?.isCollapsed === false) return;
  if (button === 1 || event.metaKey || event.ctrlKey || event.shiftKey) open(link.href, "_blank", "noopener");
  else link.click();
}

/** @param {Parts} parts */
export function keysTable(parts) {
  const { owner, keys, query, isLoading, isPicking, isNarrow } = parts;
  const box = keys.some(isRevocable)
    ? html`<th class="pick" scope="col">${pickAll(parts)}</th>`
    : html`<td class="pick"></td>`;
  return html`
    <table class=${kind(owner, isPicking)} aria-busy=${isLoading ? "true" : "false"}>
      <caption class="sr-only">Keys</caption>
      ${
        isNarrow
          ? briefHeadings(isPicking)
          : html`<thead>
        <tr>
          ${isPicking ? box : nothing}
          ${headings(query, address(owner))}
          <th class="more" scope="col"><span class="sr-only">Actions</span></th>
        </tr>
      </thead>`
      }
      <tbody @click=${followRow} @auxclick=${followRow}>${keys.map((key) => row(key, parts))}</tbody>
    </table>`;
}

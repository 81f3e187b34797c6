// What stands around the table of keys: its order on small screens, its pages, and what to do with keys that are chosen.
import { ORDERS, orderIn, SIZES, USUAL_ORDER } from "../keylist.js";
import { onValue } from "../ui/form.js";
import { button, pages } from "../ui/parts.js";
import { html, nothing } from "../vendor/lit.js";

/** The order, where there are no column headings. @param {URLSearchParams} query @param {(order: string) => void} sort */
export function sortBy(query, sort) {
  const order = orderIn(query);
  const chosen = (/** @type {string} */ next) => sort(next === USUAL_ORDER ? "" : next);
  return html`<label><span>Sort by</span> <select aria-label="Sort by" .value=${order} @change=${onValue(chosen)}>
    ${Object.entries(ORDERS).map(([value, words]) => html`<option value=${value} ?selected=${value === order}>${words}</option>`)}
  </select></label>`;
}

/** @param {{ count: number, clear: () => void, revoke: () => void }} parts */
export const picked = ({ count, clear, revoke }) => html`
  <div class="pages picked">
    <span role="status">${count} selected</span>
    <span class="actions">${button("Clear", clear, "small")} ${button("Revoke…", revoke, "small grave")}</span>
  </div>`;

/**
 * @param {{ list: import("../types.d.ts").Page, size: number, query: URLSearchParams, path: string, resize: (size: number) => void, turned: () => void }} parts
 */
export function turner({ list, size, query, path, resize, turned }) {
  const [usual = 20] = SIZES;
  const sized = new URLSearchParams(query);
  // The number of a page means something only with its size.
  if (size !== usual) sized.set("size", String(size));
  /** @param {MouseEvent} event */
  const followed = ({ target, button, metaKey, ctrlKey, shiftKey }) => {
    const isPlain = button === 0 && !metaKey && !ctrlKey && !shiftKey;
    if (isPlain && target instanceof Element && target.closest("a")) turned();
  };
  const more =
    list.count > usual
      ? html`<label class="size"><span>Show</span> <select aria-label="Keys per page" .value=${String(size)} @change=${onValue((value) => resize(Number(value)))}>
          ${SIZES.map((one) => html`<option value=${one} ?selected=${one === size}>${one}</option>`)}
        </select></label>`
      : nothing;
  return html`<div @click=${followed}>${pages({ ...list, noun: "keys", query: sized, path, more })}</div>`;
}

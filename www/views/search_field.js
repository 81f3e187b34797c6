// The field of a search.
/** @import { Search } from "./search.js" */
import * as icons from "../ui/icons.js";
import { html, noChange } from "../vendor/lit.js";

/** @typedef {{ target: HTMLInputElement, clipboardData?: DataTransfer, dataTransfer?: DataTransfer, preventDefault(): void }} Insertion */

/** What is pasted or dropped is looked at before the field has it: a secret never gets there. @param {(field: HTMLInputElement, text: string) => boolean} take */
export const inserted = (take) => (/** @type {Insertion} */ event) => {
  const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
  if (take(event.target, text)) event.preventDefault();
};

/** @param {Search} search @param {string} label */
export function searchField(search, label) {
  const typed = (/** @type {InputEvent & { target: HTMLInputElement }} */ { target }) => search.take(target);
  return html`
    <div class="search">
      ${icons.search}
      <input
        type="search" aria-label=${label} placeholder=${label} maxlength="200" autocomplete="off" spellcheck="false"
        .value=${search.typed ?? noChange} @input=${typed} @paste=${inserted(search.take)} @drop=${inserted(search.take)}
      />
    </div>`;
}

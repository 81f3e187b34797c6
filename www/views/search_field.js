// The field of a search that has no filters beside it.
/** @import { Search } from "./search.js" */
import * as icons from "../ui/icons.js";
import { html } from "../vendor/lit.js";

/** @typedef {{ target: HTMLInputElement, clipboardData?: DataTransfer, dataTransfer?: DataTransfer, preventDefault(): void }} Insertion */

/** @param {Search} search @param {string} label */
export function searchField(search, label) {
  const typed = (/** @type {InputEvent & { target: HTMLInputElement }} */ { target }) => search.take(target);
  /** What is pasted or dropped is looked at before the field has it: a secret never gets there. @param {Insertion} event */
  const inserted = (event) => {
    const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
    if (search.take(event.target, text)) event.preventDefault();
  };
  return html`
    <div class="search">
      ${icons.search}
      <input
        type="search" aria-label=${label} placeholder=${label} maxlength="200" autocomplete="off" spellcheck="false"
        .value=${search.typed} @input=${typed} @paste=${inserted} @drop=${inserted}
      />
    </div>`;
}

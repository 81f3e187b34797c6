// A search field whose text is asked for once the typing pauses. A key that is typed or pasted into it is looked up instead,
// and gets neither into an address nor into a query.
/** @import { Context } from "../types.d.ts" */
import { holdsSecret } from "../pasted.js";
import { html } from "../vendor/lit.js";
import { Lookup } from "./lookup.js";

const TYPING_MS = 250;

export class Search {
  #lookup;
  #ask;
  #pause = 0;
  /** What the field shows. */
  typed = "";

  /**
   * @param {Context} context
   * @param {{ update: () => void, ask: (text: string) => void }} parts
   */
  constructor(context, { update, ask }) {
    this.#lookup = new Lookup(context, update);
    this.#ask = ask;
  }

  /** Forgets what it was about. */
  stop() {
    clearTimeout(this.#pause);
    this.#lookup.stop();
  }

  /** There was a secret in the address of the page. */
  exposed() {
    this.#lookup.exposed();
  }

  /** @param {HTMLInputElement} field @param {string} [pasted] what the field is about to hold as well @returns {boolean} whether there is a secret in it */
  #take(field, pasted) {
    const { value, selectionStart, selectionEnd } = field;
    const before = value.slice(0, selectionStart ?? value.length);
    const after = value.slice(selectionEnd ?? value.length);
    const secret = [pasted ?? value, before + (pasted ?? "") + after].find(holdsSecret);
    if (pasted !== undefined && secret === undefined) return false;
    this.stop();
    if (secret === undefined) {
      this.typed = value;
      this.#pause = window.setTimeout(() => this.#ask(value.trim()), TYPING_MS);
      return false;
    }
    const empty = () => {
      field.value = "";
      this.typed = "";
      this.#ask("");
    };
    if (pasted !== undefined) empty();
    this.#lookup.take(secret, pasted === undefined ? empty : null);
    return true;
  }

  /** @param {string} label */
  field(label) {
    const typed = (/** @type {InputEvent & { target: HTMLInputElement }} */ { target }) => this.#take(target);
    /** What is pasted or dropped is looked at before the field has it: a secret never gets there. */
    const inserted = (
      /** @type {{ target: HTMLInputElement, clipboardData?: DataTransfer, dataTransfer?: DataTransfer, preventDefault(): void }} */ event,
    ) => {
      const text = (event.clipboardData ?? event.dataTransfer)?.getData("text") ?? "";
      if (this.#take(event.target, text)) event.preventDefault();
    };
    return html`<input
      type="search" aria-label=${label} placeholder=${label} maxlength="200" autocomplete="off" spellcheck="false"
      .value=${this.typed} @input=${typed} @paste=${inserted} @drop=${inserted}
    />`;
  }

  notice() {
    return this.#lookup.notice();
  }
}

// What somebody has filled in is not discarded silently: a form that isn’t as it was opened asks first, whether it is left
// by Escape, Cancel or Back; and when the page is left, the browser asks.
/** @import { Dialog } from "./dialog.js" */
import { html } from "../vendor/lit.js";

export class Draft {
  /** @type {Dialog | null} */
  #dialog = null;
  #first = "";
  /** What had the focus when the question was asked. @type {Element | null} */
  #before = null;
  /** Whether the question is on the page. */
  isAsking = false;

  /** Notes how the form is when it opens, and keeps watch from then on. @param {Dialog} dialog */
  start(dialog) {
    this.#dialog = dialog;
    this.#first = filled();
    addEventListener("beforeunload", this.#unload);
  }

  stop() {
    removeEventListener("beforeunload", this.#unload);
  }

  mayClose() {
    if (filled() === this.#first) return true;
    if (!this.isAsking) {
      this.#before = document.activeElement;
      this.#ask(true);
    }
    focusOn(".question button");
    return false;
  }

  /** Takes the place of the form’s buttons. */
  question() {
    return html`<div class="actions question" role="alert">
      <p><strong>Discard changes?</strong></p>
      <button class="button" type="button" @click=${this.#stay}>Keep editing</button>
      <button class="button danger" type="button" @click=${() => this.#dialog?.close()}>Discard</button>
    </div>`;
  }

  #stay = () => {
    this.#ask(false);
    if (this.#before instanceof HTMLElement && this.#before.isConnected) this.#before.focus();
    else focusOn(".actions button");
  };

  /** @param {boolean} isAsking */
  #ask(isAsking) {
    this.isAsking = isAsking;
    this.#dialog?.update();
  }

  #unload = (/** @type {BeforeUnloadEvent} */ event) => {
    if (filled() !== this.#first) event.preventDefault();
  };
}

/** The open form; of several the last. @returns {HTMLFormElement | undefined} */
const form = () => /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("dialog form")]).at(-1);

/** @param {string} selector */
function focusOn(selector) {
  /** @type {HTMLElement | null | undefined} */ (form()?.querySelector(selector))?.focus();
}

/** What the form holds; a field that is empty counts as if it weren’t there. */
function filled() {
  const fields = [...new FormData(form())].filter(([, value]) => value !== "");
  return JSON.stringify(fields);
}

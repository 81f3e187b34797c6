// Forms: one submission at a time, and what is wrong beside its field. By hand: the server decides
// what is valid, so there is nothing for a form library to do.
/** @import { Problem } from "../problem.js" */

import { asProblem } from "../problem.js";
import { html, nothing } from "../vendor/lit.js";

/** @typedef {ReturnType<typeof submission>} Submission */

/**
 * The state of a submission. While one is under way another is ignored, so a double click does nothing twice.
 * @param {() => void} update
 * @param {() => void} [failed]
 */
export function submission(update, failed = () => {}) {
  return {
    pending: false,
    /** @type {Problem | null} */
    problem: null,
    /** @param {() => Promise<void>} work */
    async run(work) {
      if (this.pending) return;
      this.pending = true;
      this.problem = null;
      update();
      try {
        await work();
      } catch (thrown) {
        this.problem = asProblem(thrown);
        failed();
      } finally {
        this.pending = false;
        update();
        /** @type {HTMLElement | null} */
        const wrong = this.problem ? document.querySelector("[aria-invalid=true]") : null;
        wrong?.focus();
      }
    },
    /** @param {string} pointer */
    at(pointer) {
      return this.problem?.at(pointer) ?? null;
    },
  };
}

/**
 * A control with its label, its hint and its error.
 * @param {{ id: string, label: string, hint?: unknown, error?: string | null }} words
 * @param {(aria: { describedby: string | typeof nothing, invalid: "true" | typeof nothing }) => unknown} control
 */
export function field({ id, label, hint, error }, control) {
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${control({ describedby: described || nothing, invalid: error ? "true" : nothing })}
      ${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}
      ${error ? html`<span class="error" id="${id}-error">${error}</span>` : nothing}
    </div>`;
}

/**
 * A single-line field, named after its id. Its text goes to no spell checker.
 * @param {{ id: string, label: string, hint?: unknown, error?: string | null, value?: string, focus?: boolean, required?: boolean, holdsId?: boolean, typed?: (text: string) => void }} parts
 */
export const textField = ({
  value = "",
  focus = false,
  required = false,
  holdsId = false,
  typed,
  ...words
}) =>
  field(
    words,
    ({ describedby, invalid }) => html`<input
      id=${words.id} name=${words.id} ?required=${required} ?autofocus=${focus} autocomplete="off" spellcheck="false"
      autocapitalize=${holdsId ? "none" : nothing} maxlength=${holdsId ? 128 : nothing}
      aria-describedby=${describedby} aria-invalid=${invalid} .value=${value} @input=${typed ? onValue(typed) : nothing}
    />`,
  );

/**
 * A radio button or checkbox with its label and a hint.
 * @param {{ type: "radio" | "checkbox", name: string, value: string, label: unknown, hint: string, checked: boolean, chosen?: (value: string) => void }} parts
 */
export function choice({ type, name, value, label, hint, checked, chosen }) {
  const id = `${name}-${value}`;
  return html`
    <div class="choice">
      <input
        type=${type} id=${id} name=${name} value=${value} .checked=${checked} aria-describedby="${id}-hint"
        @change=${() => chosen?.(value)}
      />
      <span><label for=${id}>${label}</label><span class="hint" id="${id}-hint">${hint}</span></span>
    </div>`;
}

/**
 * What is wrong with the form as a whole, unless fields show all of it.
 * @param {Problem | null} problem
 * @param {string[]} [pointers] the fields that show their own errors
 */
export function problemNotice(problem, pointers = []) {
  if (!problem) return html`<div role="alert"></div>`;
  const shown =
    problem.errors.length > 0 &&
    problem.errors.every(({ pointer }) => pointers.some((p) => `${pointer}/`.startsWith(`${p}/`)));
  return html`<div role="alert">${
    shown
      ? html`<p class="sr-only">${problem.errors.map(({ detail }) => detail).join(". ")}</p>`
      : html`<p class="notice bad"><strong>${problem.title}</strong> ${problem.explanation}</p>`
  }</div>`;
}

/**
 * @param {{ label: string, busy: string, pending: boolean, kind?: "primary" | "danger", disabled?: boolean }} parts
 */
export const submitButton = ({ label, busy, pending, kind = "primary", disabled = false }) =>
  html`<button class="button ${kind}" type="submit" aria-disabled=${pending || disabled ? "true" : nothing}>${pending ? busy : label}</button>`;

/** Passes on a field’s value. @param {(value: string) => void} take */
export const onValue =
  (take) =>
  (/** @type {globalThis.Event} */ { target }) =>
    take(/** @type {HTMLInputElement | HTMLSelectElement} */ (target).value);

/** Passes on a form’s fields instead of letting the browser send them. @param {(fields: FormData) => void} send */
export const onSubmit = (send) => (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  send(new FormData(/** @type {HTMLFormElement} */ (event.target)));
};

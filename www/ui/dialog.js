// Dialogs. The browser’s own <dialog> keeps the focus inside and closes on Escape; this adds what it lacks: content that
// changes, asking before it closes, and a form that stays open while it is sent.
/** @import { TemplateResult } from "../vendor/lit.js" */
/** @import { Draft } from "./draft.js" */
/** @import { Submission } from "./form.js" */
import { guardWith } from "../router.js";
import { html, nothing, render } from "../vendor/lit.js";
import { giveBack, opener } from "./focus.js";
import { onSubmit, problemNotice, submission, submitButton } from "./form.js";

/** @typedef {{ update(): void, close(): void }} Dialog */
/**
 * @typedef {object} FormParts
 * @property {unknown} heading
 * @property {string} [about] the redacted key that it is about
 * @property {string[]} [pointers] the fields that show their own errors
 * @property {unknown} content
 * @property {string} label of the button that sends it
 * @property {string} busy the same while it is sent
 * @property {"primary" | "danger"} [kind]
 * @property {boolean} [disabled]
 */

/** @typedef {{ mayClose?: () => boolean, closed?: () => void, isForm?: boolean, kind?: string }} More */

/** @type {Map<Dialog, { mustStay: () => boolean, gone: Promise<void> }>} */
const open = new Map();

/**
 * Closes every dialog, as when the session has ended; but what can’t be had again, a new secret, stays until it is saved.
 * @returns {Promise<unknown>} when the last one is closed
 */
export function closeDialogs() {
  const dialogs = [...open];
  for (const [dialog, { mustStay }] of dialogs) if (!mustStay()) dialog.close();
  return Promise.all(dialogs.map(([, { gone }]) => gone));
}

/**
 * @param {(dialog: Dialog) => TemplateResult} content its heading has the id `dialog-title`
 * @param {More} [more] `isForm`: what it holds can be typed again
 * @returns {Dialog}
 */
export function openDialog(content, more = {}) {
  const { mayClose = () => true, closed = () => {}, isForm = false, kind = "" } = more;
  const element = document.createElement("dialog");
  element.className = kind;
  element.setAttribute("aria-labelledby", "dialog-title");
  const before = opener();
  let isOpen = true;
  const { promise: gone, resolve: goes } = /** @type {PromiseWithResolvers<void>} */ (
    Promise.withResolvers()
  );
  /** @type {Dialog} */
  const dialog = {
    update() {
      if (isOpen) render(content(dialog), element);
    },
    close() {
      endGuard();
      element.close();
    },
  };
  // A dialog is about the page beneath it, so whoever leaves that leaves both.
  const endGuard = guardWith(() => {
    if (!mayClose()) return false;
    dialog.close();
    return true;
  });
  const ask = (/** @type {globalThis.Event} */ event) => {
    if (!mayClose()) event.preventDefault();
  };
  element.addEventListener("cancel", ask);
  element.addEventListener("keydown", (event) => {
    // Chromium lets a second Escape through whatever `cancel` says; the key itself can always be held back.
    if (event.key === "Escape") ask(event);
  });
  element.addEventListener("close", () => {
    isOpen = false;
    endGuard();
    open.delete(dialog);
    render(nothing, element);
    element.remove();
    giveBack(before);
    closed();
    goes();
  });
  document.body.append(element);
  open.set(dialog, { mustStay: () => !isForm && !mayClose(), gone });
  dialog.update();
  element.showModal();
  return dialog;
}

/**
 * A dialog that is a form. It stays open while it is sent, and shows what goes wrong.
 * @param {(form: Submission) => FormParts} describe
 * @param {(fields: FormData) => Promise<void>} send closes the dialog when it is done
 * @param {() => void} [failed]
 * @param {Draft | null} [draft] asks before what somebody has filled in is discarded
 * @returns {Dialog}
 */
export function openForm(describe, send, failed, draft = null) {
  const form = submission(() => dialog.update(), failed);
  const mayClose = () => !form.pending && (draft?.mayClose() ?? true);
  const content = () => {
    const { heading, about, pointers, content, ...button } = describe(form);
    return html`
      <form @submit=${onSubmit((fields) => form.run(() => send(fields)))} novalidate>
        <div>
          <h2 id="dialog-title">${heading}</h2>
          ${about ? html`<p class="hint mono">${about}</p>` : nothing}
        </div>
        ${problemNotice(form.problem, pointers)}
        <div class="stack">${content}</div>
        ${
          draft?.isAsking
            ? draft.question()
            : html`<div class="actions">
                <button class="button" type="button" @click=${() => mayClose() && dialog.close()}>Cancel</button>
                ${submitButton({ ...button, pending: form.pending })}
              </div>`
        }
      </form>`;
  };
  const dialog = openDialog(content, { mayClose, closed: () => draft?.stop(), isForm: true });
  draft?.start(dialog);
  return dialog;
}

// Real dialogs: the browser keeps the focus inside, Escape closes, and focus returns to where it was.
/** @import { TemplateResult } from "lit-html" */
import { nothing, render } from "../html.js";

/** @typedef {{ update(): void, close(): void }} Dialog */

/** @type {Set<Dialog>} */
const open = new Set();

/** Closes every dialog, as when the session is over. */
export function closeDialogs() {
  for (const dialog of open) dialog.close();
}

/**
 * @param {(dialog: Dialog) => TemplateResult} content its heading has the id `dialog-title`
 * @param {{ mayClose?: () => boolean, closed?: () => void }} [more]
 * @returns {Dialog}
 */
export function openDialog(content, { mayClose = () => true, closed = () => {} } = {}) {
  const element = document.createElement("dialog");
  element.setAttribute("aria-labelledby", "dialog-title");
  const before = document.activeElement;
  let isOpen = true;
  /** @type {Dialog} */
  const dialog = {
    update() {
      if (isOpen) render(content(dialog), element);
    },
    close() {
      element.close();
    },
  };
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
    open.delete(dialog);
    render(nothing, element);
    element.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    else document.querySelector("h1")?.focus();
    closed();
  });
  document.body.append(element);
  open.add(dialog);
  dialog.update();
  element.showModal();
  return dialog;
}

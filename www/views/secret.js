// The dialog that shows a new secret key, once. Only one variable in here holds its text, until the dialog closes.
/** @import { Key } from "../openapi.d.ts" */
import { copy, select } from "../ui/copy.js";
import { openDialog } from "../ui/dialog.js";
import { html, nothing } from "../vendor/lit.js";
import { Usage } from "./usage.js";

/** @typedef {"" | "copied" | "refused"} Said */

const SAYS = {
  "": nothing,
  copied: html`<p class="notice good">Copied. Paste it where it’s needed.</p>`,
  refused: html`<p class="notice warn">Your browser blocked copying. The key is selected: press Ctrl+C or ⌘C.</p>`,
};

/**
 * @param {{ key: Pick<Key, "title" | "redacted" | "type" | "owner" | "scopes">, token: string, note?: unknown }} issued
 * @returns {Promise<void>} when the dialog is closed
 */
export function showSecret({ key, token: secret, note = nothing }) {
  let shown = false;
  let taken = false;
  let leaving = false;
  /** @type {Said} */
  let said = "";
  const mask = key.redacted.replace("***", "•".repeat(24));
  const usage = new Usage({ key: { ...key, token: null }, update: () => dialog.update() });
  /** @type {ReturnType<typeof openDialog>} */
  let dialog;

  return new Promise((resolve) => {
    dialog = openDialog(
      () => html`
        <div class="sheet secret">
          <div>
            <h2 id="dialog-title" tabindex="-1" autofocus>Save your key “${key.title}”</h2>
            <p class="hint">This is the only time you’ll see it. Keyward doesn’t keep a readable copy.</p>
          </div>
          ${note}
          <div class="stack">
            <div class="vault">
              <code id="secret" tabindex="0" role="group" aria-label="The key" @copy=${copiedByHand}>${shown ? secret : mask}</code>
              <span class="actions">
                <button class="button small" type="button" aria-pressed=${shown ? "true" : "false"} @click=${reveal}>${shown ? "Hide key" : "Reveal key"}</button>
                <button class="button small primary" type="button" @click=${take}>Copy key</button>
              </span>
            </div>
            <div role="status">${SAYS[said]}</div>
            ${usage.render()}
          </div>
          ${
            leaving
              ? html`<div class="stack leaving" role="alert">
                  <p class="notice warn"><strong>You haven’t copied the key.</strong> Once you close this, nobody can show it again.</p>
                  <div class="actions">
                    <button class="button" type="button" @click=${leave}>Close without copying</button>
                    <button class="button primary" type="button" @click=${stay}>Back to the key</button>
                  </div>
                </div>`
              : html`<div class="actions"><button class="button primary" type="button" @click=${leave}>I have stored it</button></div>`
          }
        </div>`,
      { mayClose, closed },
    );
    const warn = (/** @type {BeforeUnloadEvent} */ event) => {
      if (!taken) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    usage.load();

    function reveal() {
      shown = !shown;
      dialog.update();
    }
    function copiedByHand() {
      if (shown) taken = true;
    }
    async function take() {
      said = (await copy(secret)) ? "copied" : "refused";
      taken ||= said === "copied";
      leaving &&= !taken;
      if (said === "refused") shown = true;
      dialog.update();
      if (said === "refused") select(document.querySelector("#secret"));
    }
    function mayClose() {
      if (taken) return true;
      leaving = true;
      dialog.update();
      /** @type {HTMLElement | null} */ (document.querySelector(".leaving .primary"))?.focus();
      return false;
    }
    function stay() {
      leaving = false;
      dialog.update();
      /** @type {HTMLElement | null} */ (document.querySelector("#secret"))?.focus();
    }
    function leave() {
      taken = true;
      dialog.close();
    }
    function closed() {
      secret = "";
      removeEventListener("beforeunload", warn);
      resolve();
    }
  });
}

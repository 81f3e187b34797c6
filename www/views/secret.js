// The dialog that shows a new secret key, once. Only one variable in here holds its text, until the dialog closes.

import { guardWith } from "../router.js";
import { copy, select } from "../ui/copy.js";
import { openDialog } from "../ui/dialog.js";
import { html, nothing } from "../vendor/lit.js";

/** @typedef {"" | "copied" | "command" | "refused"} Said */

const SAYS = {
  "": nothing,
  copied: html`<p class="notice good">Copied. Paste it where it’s needed.</p>`,
  command: html`<p class="notice good">Copied the command, including the key.</p>`,
  refused: html`<p class="notice warn">Your browser blocked copying. The key is selected: press Ctrl+C or ⌘C.</p>`,
};

/**
 * @param {{ title: string, token: string, redacted: string, note?: unknown }} issued
 * @returns {Promise<void>} when the dialog is closed
 */
export function showSecret({ title, token: secret, redacted, note = nothing }) {
  let shown = false;
  let taken = false;
  let leaving = false;
  /** @type {Said} */
  let said = "";
  const command = (/** @type {string} */ key) =>
    `curl ${location.origin}/v1/whoami \\\n  -H "Authorization: Bearer ${key}"`;
  const mask = redacted.replace("***", "•".repeat(24));

  return new Promise((resolve) => {
    const dialog = openDialog(
      () => html`
        <div class="sheet">
          <div>
            <h2 id="dialog-title" tabindex="-1" autofocus>Save your key “${title}”</h2>
            <p class="hint">This is the only time you’ll see it. Keyward doesn’t keep a readable copy.</p>
          </div>
          ${note}
          <div class="stack">
            <div class="vault">
              <code id="secret" tabindex="0" role="group" aria-label="The key" @copy=${copiedByHand}>${shown ? secret : mask}</code>
              <span class="actions">
                <button class="button small" type="button" aria-pressed=${shown ? "true" : "false"} @click=${reveal}>${shown ? "Hide" : "Reveal"}</button>
                <button class="button small primary" type="button" @click=${take}>Copy key</button>
              </span>
            </div>
            <div>
              <p class="label" id="try">Try it</p>
              <div class="vault">
                <code tabindex="0" role="group" aria-labelledby="try">${command(mask)}</code>
                <button class="button small" type="button" @click=${takeCommand}>Copy command</button>
              </div>
            </div>
            <div role="status">${SAYS[said]}</div>
          </div>
          ${
            leaving
              ? html`<div class="stack" role="alert">
                  <p class="notice warn"><strong>You haven’t copied the key.</strong> Once you close this, nobody can show it again.</p>
                  <div class="actions">
                    <button class="button" type="button" @click=${leave}>Close without copying</button>
                    <button class="button primary" type="button" @click=${stay}>Back to the key</button>
                  </div>
                </div>`
              : html`<div class="actions"><button class="button primary" type="button" @click=${done}>Done</button></div>`
          }
        </div>`,
      { mayClose, closed },
    );
    const warn = (/** @type {BeforeUnloadEvent} */ event) => {
      if (!taken) event.preventDefault();
    };
    guardWith(mayClose);
    addEventListener("beforeunload", warn);

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
    async function takeCommand() {
      if (await copy(command(secret))) {
        said = "command";
        taken = true;
        leaving = false;
      } else {
        said = "refused";
        shown = true;
      }
      dialog.update();
      if (said === "refused") select(document.querySelector("#secret"));
    }
    function mayClose() {
      if (taken) return true;
      leaving = true;
      dialog.update();
      return false;
    }
    function done() {
      if (mayClose()) dialog.close();
    }
    function stay() {
      leaving = false;
      dialog.update();
    }
    function leave() {
      taken = true;
      dialog.close();
    }
    function closed() {
      secret = "";
      guardWith(null);
      removeEventListener("beforeunload", warn);
      resolve();
    }
  });
}

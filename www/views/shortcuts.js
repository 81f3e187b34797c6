// The dialog that lists the keyboard’s shortcuts, and turns the single letters off.
import { openDialog } from "../ui/dialog.js";
import "../ui/page_styles.js";
import { isMac, letLettersWork, lettersWork } from "../ui/shortcuts.js";
import { html, nothing } from "../vendor/lit.js";

/** @type {[keys: string[], does: string][]} */
const SHORTCUTS = [
  [[isMac ? "⌘" : "Ctrl", "K"], "Go to or do something"],
  [["/"], "Search"],
  [["C"], "Create a key or an organization, on a list of them"],
  [["G", "K"], "Go to keys"],
  [["G", "M"], "Go to members"],
  [["G", "A"], "Go to activity"],
  [["G", "S"], "Go to settings"],
  [["G", "C"], "Check a key"],
  [["?"], "Show these shortcuts"],
  [["Esc"], "Close a dialog or a menu"],
];

export function showShortcuts() {
  const dialog = openDialog(
    () => html`<div class="sheet">
      <h2 id="dialog-title">Keyboard shortcuts</h2>
      <dl class="shortcuts">${SHORTCUTS.map(
        ([keys, does]) =>
          html`<div><dt>${does}</dt><dd>${keys.map((key, index) => html`${index > 0 ? " " : nothing}<kbd>${key}</kbd>`)}</dd></div>`,
      )}</dl>
      <div class="choice">
        <input
          type="checkbox" id="letters" aria-describedby="letters-hint" .checked=${lettersWork()}
          @change=${(/** @type {{ target: EventTarget | null }} */ { target }) => letLettersWork(/** @type {HTMLInputElement} */ (target).checked)}
        />
        <span><label for="letters">Use single-key shortcuts</label><span class="hint" id="letters-hint">Turn this off if you press them by accident. ${isMac ? "⌘" : "Ctrl"} K keeps working.</span></span>
      </div>
      <div class="actions"><button class="button primary" type="button" autofocus @click=${() => dialog.close()}>Done</button></div>
    </div>`,
    { isForm: true },
  );
}

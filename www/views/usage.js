// How to use a key: one choice of what to do with it, and the lines to copy. They are loaded when they are first shown.
/** @import { Key } from "../openapi.d.ts" */
/** @import { Snippet } from "./snippets.js" */
import { copy, select } from "../ui/copy.js";
import { onValue } from "../ui/form.js";
import { html, nothing } from "../vendor/lit.js";

export class Usage {
  #key;
  #update;
  /** @type {{ programs: Snippet[], settings: Snippet[] } | null} */
  #snippets = null;
  #isBroken = false;
  #chosen = "";
  #said = "";

  /** @param {{ key: Pick<Key, "type" | "owner" | "scopes" | "token">, update: () => void }} parts */
  constructor({ key, update }) {
    this.#key = key;
    this.#update = update;
  }

  load = async () => {
    if (this.#snippets) return;
    const { type, owner, scopes, token } = this.#key;
    const loaded = await import("./snippets.js").catch(() => null);
    this.#isBroken = !loaded;
    if (loaded) {
      // A personal key verifies nothing for a server.
      const verifies = owner.type !== "user" && ["keys:verify", "*"].some((scope) => scopes.includes(scope));
      const isPublic = type === "publishable";
      const { origin } = location;
      this.#snippets = {
        programs: isPublic
          ? loaded.programs({ origin, verifies: false, token })
          : loaded.programs({ origin, verifies }),
        settings: isPublic ? [] : loaded.settings(verifies ? "KEYWARD_KEY" : "API_KEY"),
      };
    }
    this.#update();
  };

  /** @param {string} label */
  render(label = "How to use it") {
    if (this.#isBroken)
      return html`<p class="notice warn">The examples couldn’t be loaded. <button class="button small" type="button" @click=${this.load}>Try again</button></p>`;
    if (!this.#snippets) return nothing;
    const { programs, settings } = this.#snippets;
    const all = [...settings, ...programs];
    const shown = all.find(({ id }) => id === this.#chosen) ?? all[0];
    if (!shown) return nothing;
    /** @param {string} name @param {Snippet[]} snippets */
    const group = (name, snippets) =>
      snippets.length > 0
        ? html`<optgroup label=${name}>${snippets.map(({ id, name }) => html`<option value=${id} ?selected=${id === shown.id}>${name}</option>`)}</optgroup>`
        : nothing;
    const take = async () => {
      const isCopied = await copy(shown.code);
      this.#said = isCopied
        ? "Copied the code."
        : "Your browser blocked copying. The code is selected: press Ctrl+C or ⌘C.";
      this.#update();
      if (!isCopied) select(document.querySelector(".snippet"));
    };
    return html`
      <div class="field usage">
        <label for="usage">${label}</label>
        <div class="choose">
          <select id="usage" aria-describedby="usage-hint" @change=${onValue((id) => {
            this.#chosen = id;
            this.#said = "";
            this.#update();
          })}>
            ${group("Set it as a variable", settings)}
            ${group("Verify it", programs)}
          </select>
          <button class="button" type="button" @click=${take}>Copy code</button>
        </div>
        <span class="hint" id="usage-hint">${shown.hint}</span>
        <pre class="snippet" tabindex="0" role="group" aria-label="Code"><code>${shown.code}</code></pre>
        <div class="hint" role="status">${this.#said}</div>
      </div>`;
  }
}

// The field for a key’s metadata: rows of a name and a value. Values are text; what programs have put there in another form
// is edited as the JSON that it is.
import { html, nothing } from "../vendor/lit.js";
import { isInexact, metadataProblem, wrong } from "./rules.js";

/** @typedef {{ name: string, value: string, isJson: boolean }} Row */

export class MetadataField {
  #update;
  #isLocked;
  #before;
  /** @type {Row[]} */
  #rows;

  /** @param {{ metadata?: Record<string, unknown>, update: () => void }} parts */
  constructor({ metadata = {}, update }) {
    this.#update = update;
    this.#isLocked = isInexact(metadata);
    this.#before = JSON.stringify(metadata);
    this.#rows = Object.entries(metadata).map(([name, value]) =>
      typeof value === "string"
        ? { name, value, isJson: false }
        : { name, value: JSON.stringify(value), isJson: true },
    );
  }

  /** The rows that aren’t empty, with their numbers. */
  get #filled() {
    return this.#rows.map((row, index) => ({ ...row, index })).filter(({ name, value }) => name || value);
  }

  /** What is wrong with it, if anything; a row by its number. */
  problem() {
    if (!this.isChanged()) return null;
    const seen = new Set();
    for (const { name, value, isJson, index } of this.#filled) {
      const at = `/metadata/${index}`;
      if (!name.trim()) return wrong(at, "Enter a name for this value.");
      if (seen.has(name)) return wrong(at, "Use each name once.");
      if (isJson && parsed(value) === undefined) return wrong(at, "This isn’t valid JSON.");
      seen.add(name);
    }
    return wrong("/metadata", metadataProblem(this.value()));
  }

  /** Whether it isn’t as it was. */
  isChanged() {
    return !this.#isLocked && JSON.stringify(this.value()) !== this.#before;
  }

  /** As it is sent. @returns {Record<string, unknown>} */
  value() {
    return Object.fromEntries(
      // What isn’t JSON is a change all the same.
      this.#filled.map(({ name, value, isJson }) => [name, isJson ? (parsed(value) ?? value) : value]),
    );
  }

  #add = () => {
    this.#rows.push({ name: "", value: "", isJson: false });
    this.#update();
    document.getElementById(`metadata-name-${this.#rows.length - 1}`)?.focus();
  };

  /** @param {number} index */
  #remove(index) {
    this.#rows.splice(index, 1);
    this.#update();
    const next = Math.min(index, this.#rows.length - 1);
    document.getElementById(next < 0 ? "metadata-add" : `metadata-remove-${next}`)?.focus();
  }

  /** @param {import("../problem.js").Problem | null} problem */
  render(problem) {
    if (this.#isLocked)
      return html`<div class="field"><span class="label">Metadata</span><span class="hint">This metadata has numbers that are too large for a browser to keep exact. Use the API to change it.</span></div>`;
    const error = problem?.at("/metadata") ?? null;
    /** @param {number} index */
    const isWrong = (index) => problem?.errors.some(({ pointer }) => pointer === `/metadata/${index}`);
    return html`
      <fieldset class="field metadata">
        <legend>Metadata</legend>
        <span class="hint">Optional. Your application gets it each time it verifies the key.</span>
        ${this.#rows.map((row, index) => this.#row(row, index, isWrong(index) ? error : null))}
        ${error ? html`<span class="error" id="metadata-error">${error}</span>` : nothing}
        <div><button id="metadata-add" class="button small" type="button" @click=${this.#add}>Add metadata</button></div>
      </fieldset>`;
  }

  /** @param {Row} row @param {number} index @param {string | null} error */
  #row(row, index, error) {
    /** @param {"name" | "value"} part @param {string} label */
    const input = (part, label) => html`<input
      id="metadata-${part}-${index}" name="metadata_${part}" autocomplete="off" autocapitalize="none" spellcheck="false"
      class=${part === "value" && row.isJson ? "mono" : nothing}
      placeholder=${label} aria-label="${label} ${index + 1}" aria-invalid=${error ? "true" : nothing}
      aria-describedby=${error ? "metadata-error" : nothing} .value=${row[part]}
      @input=${(/** @type {InputEvent} */ { target }) => {
        row[part] = /** @type {HTMLInputElement} */ (target).value;
        this.#update();
      }}
    />`;
    return html`<div class="pair">
      ${input("name", "Name")}
      ${input("value", row.isJson ? "JSON value" : "Value")}
      <button
        id="metadata-remove-${index}" class="button quiet" type="button"
        aria-label="Remove ${row.name || `row ${index + 1}`}" @click=${() => this.#remove(index)}
      >×</button>
    </div>`;
  }
}

/** @param {string} json */
function parsed(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

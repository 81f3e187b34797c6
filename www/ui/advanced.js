// What few need to decide about a key: its consistency and its metadata, folded away until then.
/** @import { Consistency } from "../openapi.d.ts" */
/** @import { Submission } from "./form.js" */
import { CONSISTENCY } from "../bound.js";
import { html, nothing } from "../vendor/lit.js";
import { choice } from "./form.js";
import { MetadataField } from "./metadata.js";

export class AdvancedFields {
  #update;
  #consistency;
  #isOpen;
  #metadata;

  /** @param {{ metadata?: Record<string, unknown>, consistency?: Consistency, update: () => void }} parts */
  constructor({ metadata = {}, consistency = "fast", update }) {
    this.#update = update;
    this.#consistency = consistency;
    this.#metadata = new MetadataField({ metadata, update });
    this.#isOpen = consistency === "strong" || Object.keys(metadata).length > 0;
  }

  /** What is wrong with them, if anything. */
  problem() {
    return this.#metadata.problem();
  }

  /** The metadata, if it isn’t as it was. */
  metadata() {
    return this.#metadata.isChanged() ? this.#metadata.value() : undefined;
  }

  /** @param {Submission} form @param {boolean} [decides] whether the consistency can be changed */
  render(form, decides = true) {
    const error = form.at("/consistency");
    // A field that is wrong has to be seen.
    this.#isOpen ||= Boolean(error ?? form.at("/metadata"));
    return html`
      <details class="advanced" ?open=${this.#isOpen} @toggle=${this.#toggled}>
        <summary>Advanced</summary>
        <div class="stack">
          ${decides ? this.#consistencyField(error) : nothing}
          ${this.#metadata.render(form.problem)}
        </div>
      </details>`;
  }

  #toggled = (/** @type {ToggleEvent} */ { target }) => {
    this.#isOpen = /** @type {HTMLDetailsElement} */ (target).open;
    this.#update();
  };

  /** @param {string | null} error */
  #consistencyField(error) {
    /** @param {Consistency} value */
    const one = (value) =>
      choice({
        type: "radio",
        name: "consistency",
        value,
        label: CONSISTENCY[value].name,
        hint: CONSISTENCY[value].means,
        checked: this.#consistency === value,
        chosen: () => {
          this.#consistency = value;
          this.#update();
        },
      });
    return html`
      <fieldset class="field" aria-describedby=${error ? "consistency-error" : nothing}>
        <legend>Consistency</legend>
        <div class="choices">${one("fast")}${one("strong")}</div>
        ${error ? html`<span class="error" id="consistency-error">${error}</span>` : nothing}
      </fieldset>`;
  }
}

/** @param {FormData} fields @returns {Consistency} */
export const consistencyFrom = (fields) => (fields.get("consistency") === "strong" ? "strong" : "fast");

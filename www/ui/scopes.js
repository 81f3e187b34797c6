// The field for a key’s scopes: those that mean something here, each with what it allows, and the application’s own, with
// those that other keys of the same owner have as suggestions.
/** @import { Owner, Whoami } from "../openapi.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../vendor/lit.js";
import { OPERATOR_SCOPES, SCOPES } from "../words.js";
import { choice, field, onValue } from "./form.js";

const LOOKED_AT = 100;
const SUGGESTED = 8;
/** Suggestions that come later than that are no help. */
const PATIENCE_MS = 5_000;
const EVERYTHING = /** @type {const} */ (["*", "Everything, in Keyward and in your application"]);

/** @param {string} text */
const words = (text) => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

export class ScopesField {
  #update;
  #isOperators;
  #offered;
  #scopes;
  #typed;
  /** What other keys have, the most frequent first. @type {string[]} */
  #used = [];

  /** @param {{ owner: Owner, me: Whoami, scopes?: string[], update: () => void }} parts scopes: those that the key has already */
  constructor({ owner, me, scopes = [], update }) {
    this.#update = update;
    this.#isOperators = owner.type === "deployment";
    const ours = this.#isOperators ? OPERATOR_SCOPES : SCOPES;
    // What the credential itself has, and what the key has: more than that can’t be given.
    const known = [...me.scopes, ...scopes];
    this.#offered = [
      ...ours.filter(([scope]) => known.includes("*") || known.includes(scope)),
      ...(known.includes("*") ? [EVERYTHING] : []),
    ];
    this.#scopes = scopes;
    this.#typed = scopes.filter((scope) => !this.#isOurs(scope)).join(" ");
    this.#learn(owner);
  }

  /** @param {string} scope */
  #isOurs = (scope) => this.#offered.some(([ours]) => ours === scope);

  /** @param {Owner} owner */
  async #learn(owner) {
    const list = await api
      .listKeys(owner, { limit: LOOKED_AT }, AbortSignal.timeout(PATIENCE_MS))
      .catch(() => null);
    /** @type {Map<string, number>} */
    const times = new Map();
    for (const scope of list?.keys.flatMap(({ scopes }) => scopes) ?? [])
      if (!this.#isOurs(scope) && scope !== "*") times.set(scope, (times.get(scope) ?? 0) + 1);
    this.#used = [...times].sort(([, one], [, other]) => other - one).map(([scope]) => scope);
    if (this.#used.length > 0) this.#update();
  }

  /** The word that is being typed: none once it is one of the suggestions. */
  get #begun() {
    const last = /[\s,]$/.test(this.#typed) ? "" : (words(this.#typed).at(-1) ?? "");
    return this.#used.includes(last) ? "" : last;
  }

  /** @param {string} scope */
  #toggle(scope) {
    const begun = this.#begun;
    const typed = words(this.#typed);
    const rest = typed.filter((word) => word !== scope && (word !== begun || !scope.startsWith(begun)));
    this.#typed = (typed.includes(scope) ? rest : [...rest, scope]).join(" ");
    this.#update();
  }

  /** @param {{ isSecret: boolean, error: string | null }} parts */
  render({ isSecret, error }) {
    const typed = words(this.#typed);
    const suggested = this.#used.filter((scope) => scope.startsWith(this.#begun)).slice(0, SUGGESTED);
    const label = this.#isOperators ? "Other scopes" : isSecret ? "Your application’s scopes" : "Scopes";
    const hint = this.#isOperators
      ? "Optional. What it can pass on to keys that it creates. Separate scopes with spaces."
      : html`Optional. Separate scopes with spaces: <span class="mono">orders:read invoices:write</span>`;
    return html`
      ${
        isSecret
          ? html`<fieldset class="field">
              <legend>In Keyward, this key can</legend>
              <div class="choices">
                ${this.#offered.map(([scope, allows]) =>
                  choice({
                    type: "checkbox",
                    name: "scope",
                    value: scope,
                    label: html`<span class="mono">${scope}</span>`,
                    hint: allows,
                    checked: this.#scopes.includes(scope),
                  }),
                )}
              </div>
            </fieldset>`
          : nothing
      }
      ${field(
        { id: "scopes", label, hint, error },
        ({ describedby, invalid }) => html`<input
          id="scopes" name="scopes" class="mono" autocomplete="off" autocapitalize="none" spellcheck="false"
          aria-describedby=${describedby} aria-invalid=${invalid} .value=${this.#typed}
          @input=${onValue((text) => {
            this.#typed = text;
            this.#update();
          })}
        />`,
      )}
      ${
        suggested.length > 0
          ? html`<div class="suggestions" role="group" aria-label="Scopes of other keys">
              <span class="hint">In use</span>
              ${suggested.map((scope) => html`<button class="chip" type="button" aria-pressed=${typed.includes(scope) ? "true" : "false"} @click=${() => this.#toggle(scope)}>${scope}</button>`)}
            </div>`
          : nothing
      }`;
  }
}

/** @param {FormData} fields */
export const scopesFrom = (fields) => [
  ...new Set([...fields.getAll("scope").map(String), ...words(String(fields.get("scopes") ?? ""))]),
];

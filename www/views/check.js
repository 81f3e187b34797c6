// Checks any key: its format at once and in the browser, whether it is valid by asking the server.
/** @import { Verdict } from "../openapi.d.ts" */
/** @import { Reading } from "../format.js" */
/** @import { Answered } from "./verdict.js" */
import * as api from "../api.js";
import { explain, kindOf, read } from "../format.js";
import { choice, onSubmit, problemNotice, submission, submitButton } from "../ui/form.js";
import { head } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing } from "../vendor/lit.js";
import { verdictCard } from "./verdict.js";

export class CheckView extends View {
  /** @type {Reading | null} */
  #local = null;
  /** @type {Answered | null} */
  #answer = null;
  /** @type {"fast" | "strong"} */
  #consistency = "fast";
  #isBroken = false;
  /** Counts what was typed, so that an answer about an older text is not shown. */
  #turn = 0;
  #form = submission(() => this.requestUpdate());

  /** @override */
  get name() {
    return "Check a key";
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#local = null;
    this.#answer = null;
  }

  /** @param {InputEvent & { target: HTMLTextAreaElement }} event */
  #inspect = async ({ target }) => {
    const mine = ++this.#turn;
    this.#answer = null;
    this.#form.problem = null;
    const found = target.value.trim() ? await read(target.value).catch(() => null) : undefined;
    if (mine !== this.#turn || !this.isConnected) return;
    this.#isBroken = found === null;
    this.#local = found ?? null;
    this.requestUpdate();
  };

  #ask = () => {
    if (!this.#local) return;
    const question = { key: this.#local.text, consistency: this.#consistency };
    const mine = this.#turn;
    this.#form.run(async () => {
      const verdict = await api.verifyKey(question);
      if (mine === this.#turn) this.#answer = { verdict, asked: question.consistency };
    });
  };

  /** Selects a character in the field. @param {string} text @param {number} index */
  #point(text, index) {
    const area = /** @type {HTMLTextAreaElement | null} */ (this.querySelector("#key"));
    if (!area) return;
    const start = area.value.indexOf(text) + index;
    area.focus();
    area.setSelectionRange(start, start + 1);
  }

  #result() {
    if (this.#isBroken)
      return html`<p class="notice bad">The checker couldn’t be loaded. Reload the page.</p>`;
    if (!this.#local) return nothing;
    const { text, key, fault } = this.#local;
    if (fault) {
      const { index } = fault;
      return html`<div class="notice bad">
        <strong>Not a key.</strong> ${explain(fault)}
        ${index === undefined ? nothing : html`<button class="button small" type="button" @click=${() => this.#point(text, index)}>Show where</button>`}
      </div>`;
    }
    if (!key) return nothing;
    const { brand, environment } = this.context.options;
    const isForeign = key.brand !== brand || key.environment !== environment;
    return html`<div class="notice ${isForeign ? "warn" : "good"}">
      <strong>Well-formed.</strong> ${kindOf(key)} for the ${key.environment} environment:
      <span class="mono">${key.redacted}</span>.
      ${isForeign ? `This deployment issues “${brand}” keys for the ${environment} environment, so it won’t accept this one.` : "Only the server can tell whether it’s valid."}
    </div>`;
  }

  #server() {
    if (!this.context.me.permissions.includes("verify_key"))
      return html`<p class="hint">This page checks the format only. To ask the server whether a key is valid, sign in with a root key.</p>`;
    /** @param {"fast" | "strong"} value @param {string} label @param {string} hint */
    const way = (value, label, hint) =>
      choice({
        type: "radio",
        name: "consistency",
        value,
        label,
        hint,
        checked: this.#consistency === value,
        chosen: () => {
          this.#consistency = value;
        },
      });
    const { problem, pending } = this.#form;
    return html`
      <form class="stack" @submit=${onSubmit(this.#ask)}>
        <fieldset class="field">
          <legend>Consistency</legend>
          ${way("fast", "Fast", "Reads KV, the copy at the edge. A revocation can take about a minute to show.")}
          ${way("strong", "Strong", "Asks the ledger. Revocations show immediately.")}
        </fieldset>
        ${problemNotice(problem)}
        <div>${submitButton({ label: "Ask the server", busy: "Asking…", pending, disabled: !this.#local?.key })}</div>
      </form>`;
  }

  /** @override */
  render() {
    return html`
      ${head({
        title: this.name,
        text: "The key is read in your browser. Nothing is sent unless you ask the server, and nothing is stored.",
      })}
      <div class="card"><div class="body stack">
        <div class="field">
          <label for="key">Key</label>
          <textarea id="key" class="mono" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="local" @input=${this.#inspect}></textarea>
        </div>
        <div id="local" role="status">${this.#result()}</div>
        ${this.#server()}
      </div></div>
      <div role="status">${this.#answer ? verdictCard(this.#answer) : nothing}</div>`;
  }
}
customElements.define("keyward-check", CheckView);

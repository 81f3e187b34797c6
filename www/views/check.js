// Checks any key: its format at once and in the browser, whether it is valid by asking the server.
/** @import { Verdict } from "../openapi.d.ts" */
/** @import { Reading } from "../format.js" */
/** @import { Answered } from "./verdict.js" */
import * as api from "../api.js";
import { explain, kindOf, read } from "../format.js";
import { choice, field, onSubmit, onValue, problemNotice, submission, submitButton } from "../ui/form.js";
import { head } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing } from "../vendor/lit.js";
import { verdictCard } from "./verdict.js";

/** What a key of another system looks like: see src/core/foreign.rs. */
const FOREIGN = /^[\x21-\x7e]{8,512}$/;

/** What is wrong with texts that have the shape of a key of Keyward. */
const SHAPED = ["key.unknown_version", "key.bad_length", "key.bad_checksum"];

export class CheckView extends View {
  /** @type {Reading | null} */
  #local = null;
  /** @type {Answered | null} */
  #answer = null;
  /** @type {"fast" | "strong"} */
  #consistency = "fast";
  /** The organization that the key has to reach; null for the operator, who is told of every key. */
  #organization = this.#preselected();
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

  /** The one that the person comes from, or their first. */
  #preselected() {
    const { me, owner } = this.context;
    if (this.#isOperator) return null;
    const own = me.organizations.find(({ id }) => owner?.type === "organization" && id === owner.id);
    return (own ?? me.organizations[0])?.id ?? null;
  }

  /** Whether the server says of every key whether it is valid, whoever asks. */
  get #isOperator() {
    const { me } = this.context;
    return me.type === "root" || (me.type === "key" && me.key?.owner.type === "deployment");
  }

  /** Whether it may be a key that another system has issued: those are known in the organization that has imported them. */
  get #mayBeForeign() {
    const { text = "", fault = null } = this.#local ?? {};
    if (!fault || this.#organization === null || SHAPED.includes(fault.code)) return false;
    return FOREIGN.test(text) && !text.startsWith(`${this.context.options.brand}_`);
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
    const question = {
      key: this.#local.text,
      consistency: this.#consistency,
      organization: this.#organization,
    };
    const name = this.context.me.organizations.find(({ id }) => id === this.#organization)?.name ?? null;
    const mine = this.#turn;
    this.#form.run(async () => {
      const verdict = await api.verifyKey(question);
      const asked = { consistency: question.consistency, organization: name };
      if (mine !== this.#turn) return;
      this.#answer = { verdict, asked, context: this.context };
      this.requestUpdate();
      await this.updateComplete;
      this.querySelector("#verdict")?.closest(".card")?.scrollIntoView({ block: "nearest" });
    });
  };

  /** An answer to an older question goes. */
  #askAnew() {
    this.#turn += 1;
    this.#answer = null;
    this.#form.problem = null;
    this.requestUpdate();
  }

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
    if (this.#mayBeForeign)
      return html`<p class="notice warn"><strong>Not a key of Keyward.</strong> If another system issued it and it was imported, the server knows it.</p>`;
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

  /** Why the server isn’t asked for this person; empty if it is. */
  #obstacle() {
    const { me } = this.context;
    if (me.permissions.includes("verify_key") && (this.#isOperator || this.#organization)) return "";
    const checks = "This page checks the format only.";
    if (me.type === "key" && !me.scopes.some((scope) => scope === "*" || scope === "keys:verify"))
      return `${checks} To ask the server, sign in with a key that has the scope “keys:verify”.`;
    if (me.organizations.length === 0)
      return `${checks} The server answers for members of an organization, and you don’t belong to one yet.`;
    return `${checks} You don’t have permission to ask the server whether a key is valid.`;
  }

  #organizations() {
    const { organizations } = this.context.me;
    const [only] = organizations;
    if (this.#isOperator || !only) return nothing;
    const about = "The answer is the one your server gets: whether the key works in this organization.";
    if (organizations.length === 1)
      return html`<p>Organization: <strong>${only.name}</strong><br /><span class="hint">${about}</span></p>`;
    return field(
      { id: "organization", label: "Organization", hint: about },
      ({ describedby }) => html`<select
        id="organization" aria-describedby=${describedby} .value=${this.#organization ?? ""}
        @change=${onValue((id) => {
          this.#organization = id;
          this.#askAnew();
        })}
      >${organizations.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.#organization}>${name}</option>`)}</select>`,
    );
  }

  #server() {
    const obstacle = this.#obstacle();
    if (obstacle) return html`<p class="hint">${obstacle}</p>`;
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
          this.#askAnew();
        },
      });
    const { problem, pending } = this.#form;
    const isPersonal = this.#local?.key?.kind === "pat";
    return html`
      <form class="stack" @submit=${onSubmit(this.#ask)}>
        ${this.#organizations()}
        ${isPersonal && !this.#isOperator ? html`<p class="notice">This is a personal key. It works in every organization its user belongs to, for as long as they belong to it.</p>` : nothing}
        <fieldset class="field">
          <legend>Consistency</legend>
          ${way("fast", "Fast", "Asks the nearest copy, as your servers usually do. A change can take about a minute to show up there.")}
          ${way("strong", "Strong", "Asks the place where keys are changed. A little slower, and always up to date.")}
        </fieldset>
        ${problemNotice(problem)}
        <div>${submitButton({ label: "Ask the server", busy: "Asking…", pending, disabled: !this.#local?.key && !this.#mayBeForeign })}</div>
      </form>`;
  }

  /** @override */
  render() {
    return html`
      ${head({
        title: this.name,
        text: "Your browser reads the key. It’s only sent if you ask the server, and it’s never stored.",
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

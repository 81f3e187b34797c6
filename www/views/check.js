// Checks any key: its format at once and in the browser, whether it is valid by asking the server.
/** @import { Verdict, VerifyKeyRequest } from "../openapi.d.ts" */
/** @import { Reading } from "../format.js" */
/** @import { Answered } from "./verdict.js" */
import { call, getOrganization } from "../api.js";
import { PROMISE, STALENESS_DEFAULT, STALENESS_MAX, span } from "../bound.js";
import { explain, kindOf, read } from "../format.js";
import { choice, field, onSubmit, onValue, problemNotice, submission, submitButton } from "../ui/form.js";
import { head } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing } from "../vendor/lit.js";
import { boundPicture } from "./bound_picture.js";
import { verdictCard } from "./verdict.js";

/** What a key of another system looks like: see src/core/foreign.rs. */
const FOREIGN = /^[\x21-\x7e]{8,512}$/;

/** What is wrong with texts that have the shape of a key of Keyward. */
const SHAPED = ["key.unknown_version", "key.bad_length", "key.bad_checksum"];

/** How old the answer may be that is asked for, in seconds. */
const BOUNDS = [0, 10, STALENESS_DEFAULT, 300, STALENESS_MAX];

/** The verdict, and when it was given by the server’s own clock: that of this machine may be wrong. @param {VerifyKeyRequest} body @returns {Promise<{ verdict: Verdict, at: Date }>} */
const verifyKey = (body) =>
  call("POST", "/v1/verify", {
    body,
    read: (text, { ok, headers }) => {
      const answer = JSON.parse(text);
      return ok ? { verdict: answer, at: new Date(headers.get("Date") ?? Date.now()) } : answer;
    },
  });

export class CheckView extends View {
  /** @type {Reading | null} */
  #local = null;
  /** @type {Answered | null} */
  #answer = null;
  /** How old the answer may be, in seconds. */
  #bound = STALENESS_DEFAULT;
  /** The organization that the key has to reach; null for the operator, who is told of every key. */
  #organization = this.#preselected();
  /** How old an answer that organization allows while a ledger can’t be reached, in seconds, once that is known. */
  #outage = 0;
  /** Whether such an answer is wanted. */
  #takesStale = false;
  #isBroken = false;
  /** Counts what was typed, so that an answer about an older text is not shown. */
  #turn = 0;
  #form = submission(() => this.requestUpdate());

  /** @override */
  get name() {
    return "Check a key";
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    void this.#learn();
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

  /** @override */
  reload() {
    void this.#learn();
  }

  /** Asks what the chosen organization allows. Without an answer it’s taken for what all allow who have said nothing. */
  async #learn() {
    const id = this.#organization;
    if (id === null) return;
    const organization = await getOrganization({ type: "organization", id }).catch(() => null);
    if (id !== this.#organization) return;
    this.#outage = organization?.on_outage_max_seconds ?? 0;
    this.requestUpdate();
  }

  /** Whether an older answer is to be asked for: only where it can be given. */
  get #asksForStale() {
    return this.#takesStale && (this.#isOperator || this.#outage > 0);
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
      max_staleness_seconds: this.#bound,
      organization: this.#organization,
      ...(this.#asksForStale ? { on_outage: /** @type {const} */ ("stale") } : {}),
    };
    const name = this.context.me.organizations.find(({ id }) => id === this.#organization)?.name ?? null;
    const mine = this.#turn;
    this.#form.run(async () => {
      const { verdict, at } = await verifyKey(question);
      const asked = { bound: question.max_staleness_seconds, organization: name };
      if (mine !== this.#turn) return;
      this.#answer = { verdict, at, asked, context: this.context };
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
          this.#outage = 0;
          void this.#learn();
          this.#askAnew();
        })}
      >${organizations.map(({ id, name }) => html`<option value=${id} ?selected=${id === this.#organization}>${name}</option>`)}</select>`,
    );
  }

  /** Whether an older answer is better than none, where that may be chosen. The operator isn’t told whose key it is before. */
  #outageChoice() {
    if (!this.#isOperator && this.#outage === 0) return nothing;
    const allowed = this.#isOperator
      ? "The last known answer, as old as the key’s organization allows."
      : `The last known answer, up to ${span(this.#outage)} old, as your organization allows.`;
    return choice({
      type: "checkbox",
      name: "outage",
      value: "stale",
      label: "Take an older answer if the ledger can’t be reached",
      hint: `${allowed} A key that’s been revoked since then may still be called valid. Otherwise there’s no answer.`,
      checked: this.#takesStale,
      chosen: () => {
        this.#takesStale = !this.#takesStale;
        this.#askAnew();
      },
    });
  }

  #server() {
    const obstacle = this.#obstacle();
    if (obstacle) return html`<p class="hint">${obstacle}</p>`;
    const { problem, pending } = this.#form;
    const isPersonal = this.#local?.key?.kind === "pat";
    return html`
      <form class="stack" @submit=${onSubmit(this.#ask)}>
        ${this.#organizations()}
        ${isPersonal && !this.#isOperator ? html`<p class="notice">This is a personal key. It works in every organization its user belongs to, for as long as they belong to it.</p>` : nothing}
        ${field(
          {
            id: "bound",
            label: "How old the answer may be",
            hint: this.#bound
              ? "A copy answers if it can prove that it’s no older, as it does for your servers, and otherwise the ledger. The ceiling of the key’s organization still holds."
              : "The ledger answers, where keys are changed. A little slower, and always up to date.",
          },
          ({ describedby }) =>
            html`<select id="bound" aria-describedby=${describedby} @change=${onValue((seconds) => {
              this.#bound = Number(seconds);
              this.#askAnew();
            })}>${BOUNDS.map((seconds) => html`<option value=${seconds} ?selected=${seconds === this.#bound}>${span(seconds)}</option>`)}</select>`,
        )}
        ${this.#outageChoice()}
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
        <details class="advanced">
          <summary>How long a revoked key may be accepted</summary>
          <div class="stack"><p class="hint">${PROMISE}</p>${boundPicture()}</div>
        </details>
      </div></div>
      <div role="status">${this.#answer ? verdictCard(this.#answer) : nothing}</div>`;
  }
}
customElements.define("keyward-check", CheckView);

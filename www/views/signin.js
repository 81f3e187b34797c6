// Signing in. A mistyped key is noticed here, before anything is sent.
/** @import { SessionOptions, Whoami } from "../openapi.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { bare, objection } from "../format.js";
import { field, onSubmit, onValue, problemNotice, submission, submitButton } from "../ui/form.js";
import { logo } from "../ui/icons.js";
import { html, LitElement, nothing } from "../vendor/lit.js";

export class SignIn extends LitElement {
  #wrong = "";
  #isShown = false;
  /** Counts what was typed, so that an objection to an older text is not shown. */
  #turn = 0;
  #form = submission(() => this.requestUpdate());

  /** @param {{ options: SessionOptions, reason: string, signedIn: (me: Whoami) => void }} parts */
  constructor({ options, reason, signedIn }) {
    super();
    this.options = options;
    this.reason = reason;
    this.signedIn = signedIn;
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** @override */
  firstUpdated() {
    this.#field?.focus();
  }

  get #field() {
    return /** @type {HTMLInputElement | null} */ (this.querySelector("#credential"));
  }

  /** @param {string} text @param {boolean} isSent */
  async #look(text, isSent) {
    const mine = ++this.#turn;
    const said = text.trim() || isSent ? await objection(text, this.options).catch(() => null) : null;
    if (mine !== this.#turn) return;
    this.#form.problem = null;
    this.#wrong = said ?? "";
    this.requestUpdate();
  }

  /** @param {FormData} fields */
  #send = (fields) => {
    const text = String(fields.get("credential"));
    this.#form.run(async () => {
      await this.#look(text, true);
      if (this.#wrong) return this.#field?.focus();
      const me = await api.startSession(bare(text));
      this.querySelector("form")?.reset();
      this.signedIn(me);
    });
  };

  /** @param {Problem | null} problem */
  #refusal(problem) {
    if (problem?.status !== 401) return problemNotice(problem);
    return html`<div role="alert"><p class="notice bad"><strong>This key wasn’t accepted.</strong> It may be revoked or expired, or belong to another deployment.</p></div>`;
  }

  #toggle = () => {
    this.#isShown = !this.#isShown;
    this.requestUpdate();
  };

  /** @override */
  render() {
    const { options, reason } = this;
    const provider = options.identity_provider;
    const isTest = options.environment === "test";
    return html`
      <main id="main" class="gate" tabindex="-1">
        <div>
          ${logo}
          <h1 tabindex="-1">Sign in to Keyward</h1>
          <p class="lead">${isTest ? html`This is the <span class="badge">test</span> environment.` : "Manage your API keys, and those of your organizations."}</p>
          ${reason ? html`<p class="notice warn lead" role="alert">${reason}</p>` : nothing}
          <form class="stack" @submit=${onSubmit(this.#send)} novalidate>
            ${this.#refusal(this.#form.problem)}
            ${field(
              {
                id: "credential",
                label: "Key",
                hint: provider
                  ? "A personal key, a root key, or a token from your identity provider."
                  : "A personal key or a root key.",
                error: this.#wrong || null,
              },
              ({ describedby, invalid }) => html`<span class="with-button">
                <input
                  id="credential" name="credential" type=${this.#isShown ? "text" : "password"} autocomplete="off" autocapitalize="none" spellcheck="false"
                  aria-describedby=${describedby} aria-invalid=${invalid}
                  @input=${onValue((text) => this.#look(text, false))}
                />
                <button class="button quiet small" type="button" aria-pressed=${this.#isShown ? "true" : "false"} aria-label="Show the key" @click=${this.#toggle}>${this.#isShown ? "Hide" : "Show"}</button>
              </span>`,
            )}
            <p class="sr-only" role="status">${this.#wrong}</p>
            ${submitButton({ label: "Sign in", busy: "Signing in…", pending: this.#form.pending })}
            ${provider?.sign_in_url ? html`<a class="button" data-outside href=${provider.sign_in_url}>Continue with ${host(provider.issuer)}</a>` : nothing}
          </form>
        </div>
      </main>`;
  }
}
customElements.define("keyward-sign-in", SignIn);

/** @param {string} issuer */
const host = (issuer) => (URL.canParse(issuer) ? new URL(issuer).host : issuer);

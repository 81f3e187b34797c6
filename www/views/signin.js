// The way in. A mistyped key is caught here, before anything is sent.
/** @import { SessionOptions, Whoami } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { bare, objection } from "../format.js";
import { html, nothing } from "../html.js";
import { field, onSubmit, onValue, problemNotice, submission, submitButton } from "../ui/form.js";
import { logo } from "../ui/icons.js";

/**
 * @param {{ options: SessionOptions, reason: string, update: () => void, signedIn: (me: Whoami) => void }} parts
 */
export function signInView({ options, reason, update, signedIn }) {
  let wrong = "";
  let shown = false;
  let turn = 0;
  const form = submission(update);

  /** @param {string} text @param {boolean} sending */
  async function look(text, sending) {
    const mine = ++turn;
    const said = text.trim() || sending ? await objection(text, options).catch(() => null) : null;
    if (mine !== turn) return;
    form.problem = null;
    wrong = said ?? "";
    update();
  }

  /** @param {HTMLFormElement} element @param {FormData} fields */
  function send(element, fields) {
    const text = String(fields.get("credential"));
    form.run(async () => {
      await look(text, true);
      if (wrong) return element.querySelector("input")?.focus();
      const me = await api.startSession(bare(text));
      element.reset();
      signedIn(me);
    });
  }

  /** @param {SubmitEvent} event */
  const submit = (event) =>
    onSubmit((fields) => send(/** @type {HTMLFormElement} */ (event.target), fields))(event);

  /** @param {Problem | null} problem */
  const refusal = (problem) =>
    problem?.status === 401
      ? html`<div role="alert"><p class="notice bad"><strong>The server does not accept this key.</strong> It may be revoked, expired, or made elsewhere.</p></div>`
      : problemNotice(problem);

  const provider = options.identity_provider;
  return () => html`
    <main id="main" class="gate" tabindex="-1">
      <div>
        ${logo}
        <h1 tabindex="-1">Sign in to Keyward</h1>
        <p class="lead">${options.environment === "test" ? html`This is the <span class="badge">test</span> environment.` : "Manage the API keys of your organizations, and your own."}</p>
        ${reason ? html`<p class="notice warn lead" role="alert">${reason}</p>` : nothing}
        <form class="stack" @submit=${submit} novalidate>
          ${refusal(form.problem)}
          ${field(
            {
              id: "credential",
              label: "Key",
              hint: provider
                ? "A personal key, a root key, or a token of your identity provider."
                : "A personal key or a root key.",
              error: wrong || null,
            },
            ({ describedby, invalid }) => html`<span class="with-button">
              <input
                id="credential" name="credential" type=${shown ? "text" : "password"} autocomplete="off" autocapitalize="none" spellcheck="false" autofocus
                aria-describedby=${describedby} aria-invalid=${invalid}
                @input=${onValue((text) => look(text, false))}
              />
              <button class="button quiet small" type="button" aria-pressed=${shown ? "true" : "false"} aria-label="Show the key" @click=${() => {
                shown = !shown;
                update();
              }}>${shown ? "Hide" : "Show"}</button>
            </span>`,
          )}
          <p class="sr-only" role="status">${wrong}</p>
          ${submitButton({ label: "Sign in", busy: "Signing in…", pending: form.pending })}
          ${provider?.sign_in_url ? html`<a class="button" data-outside href=${provider.sign_in_url}>Continue with ${host(provider.issuer)}</a>` : nothing}
        </form>
      </div>
    </main>`;
}

/** @param {string} issuer */
function host(issuer) {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

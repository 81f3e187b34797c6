// Checking any key: its text at once and locally, its validity by the server on request.
/** @import { Context, Verdict, View } from "../types.d.ts" */
/** @import { Reading } from "../format.js" */
import * as api from "../api.js";
import { explain, kindOf, read } from "../format.js";
import { html, nothing } from "../html.js";
import { mayVerify } from "../rights.js";
import { choice, onSubmit, problemNotice, submission, submitButton } from "../ui/form.js";
import { verdictCard } from "./verdict.js";

/** @param {Context} context @returns {View} */
export function checkView({ me, options, update }) {
  /** @type {Reading | null} */
  let local = null;
  /** @type {Verdict | null} */
  let verdict = null;
  let strong = false;
  let broken = false;
  let turn = 0;
  const form = submission(update);

  /** @param {InputEvent & { target: HTMLTextAreaElement }} event */
  async function inspect({ target }) {
    const mine = ++turn;
    verdict = null;
    form.problem = null;
    const found = target.value.trim() ? await read(target.value).catch(() => null) : undefined;
    if (mine !== turn) return;
    broken = found === null;
    local = found ?? null;
    update();
  }

  /** @param {string} consistency */
  const chosen = (consistency) => {
    strong = consistency === "strong";
  };

  function ask() {
    if (!local) return;
    const { text } = local;
    const mine = turn;
    form.run(async () => {
      const consistency = strong ? "strong" : "fast";
      const answer = await api.verifyKey({ key: text, consistency });
      if (mine === turn) verdict = { consistency, ...answer };
    });
  }

  /** Marks the character in the field. @param {number} index */
  function point(index) {
    const area = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#key"));
    if (!area || !local) return;
    const start = area.value.indexOf(local.text) + index;
    area.focus();
    area.setSelectionRange(start, start + 1);
  }

  function localResult() {
    if (broken) return html`<p class="notice bad">The checker could not be loaded. Reload the page.</p>`;
    if (!local) return nothing;
    const { key, fault } = local;
    if (fault) {
      const { index } = fault;
      return html`<div class="notice bad">
        <strong>Not a key.</strong> ${explain(fault)}
        ${index === undefined ? nothing : html`<button class="button small" type="button" @click=${() => point(index)}>Show where</button>`}
      </div>`;
    }
    if (!key) return nothing;
    const strange = key.brand !== options.brand || key.environment !== options.environment;
    return html`<div class="notice ${strange ? "warn" : "good"}">
      <strong>Well-formed.</strong> A ${kindOf(key)} for the ${key.environment} environment,
      <span class="mono">${key.redacted}</span>.
      ${strange ? `This deployment issues “${options.brand}” keys for the ${options.environment} environment, so it will refuse it.` : "Only the server can say whether it is valid."}
    </div>`;
  }

  const server = () =>
    mayVerify(me)
      ? html`
          <form class="stack" @submit=${onSubmit(ask)}>
            <fieldset class="field">
              <legend>How to check</legend>
              ${choice({ type: "radio", name: "consistency", value: "fast", checked: !strong, chosen, label: "Fast", hint: "From the edge’s cache: a revocation may be up to about a minute old." })}
              ${choice({ type: "radio", name: "consistency", value: "strong", checked: strong, chosen, label: "Strong", hint: "From the ledger itself: what was revoked is refused at once." })}
            </fieldset>
            ${problemNotice(form.problem)}
            <div>${submitButton({ label: "Ask the server", busy: "Asking…", pending: form.pending, disabled: !local?.key })}</div>
          </form>`
      : html`<p class="hint">The server’s verdict is given to root keys and to organization keys with the scope <span class="mono">keys:verify</span>. You are signed in as neither, so this page checks the text alone.</p>`;

  return {
    title: () => "Check a key",
    render: () => html`
      <div class="head">
        <div>
          <h1 tabindex="-1">Check a key</h1>
          <p>The text is read here, in this page. It is sent nowhere unless you ask the server, and kept nowhere.</p>
        </div>
      </div>
      <div class="card"><div class="body stack">
        <div class="field">
          <label for="key">Key</label>
          <textarea id="key" class="mono" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="local" @input=${inspect}></textarea>
        </div>
        <div id="local" role="status">${localResult()}</div>
        ${server()}
      </div></div>
      <div role="status">${verdict ? verdictCard(verdict) : nothing}</div>`,
    dispose() {
      turn += 1;
      local = null;
      verdict = null;
    },
  };
}

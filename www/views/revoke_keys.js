// The dialog that revokes several keys: it lists them, revokes one after the other, and says of each what became of it.
/** @import { Effective, Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { latest, settled, soon } from "../bound.js";
import { asProblem } from "../problem.js";
import { openDialog } from "../ui/dialog.js";
import { Draft } from "../ui/draft.js";
import { onSubmit, submission, submitButton, textField } from "../ui/form.js";
import { plainly, REASON_MAX, requireAll, textProblem, wrong } from "../ui/rules.js";
import "../ui/page_styles.js";
import { html, nothing } from "../vendor/lit.js";

/** @param {number} count */
const keys = (count) => (count === 1 ? "1 key" : `${count} keys`);

/** @param {{ context: Context, owner: Owner, chosen: Key[], changed: () => void }} parts `changed` is called at the end, if any key was revoked */
export function revokeKeys({ context: { notify }, owner, chosen, changed }) {
  /** What became of each key by its id: revoked, or why not. @type {Map<string, true | string>} */
  const results = new Map();
  /** By when they are refused. @type {Effective[]} */
  const effects = [];
  /** Whether no further key is to be revoked: it was closed, or somebody has had enough. */
  let isOver = false;
  const left = () => chosen.filter(({ id }) => results.get(id) !== true);
  const revoked = () => chosen.length - left().length;
  const failed = () => chosen.filter(({ id }) => typeof results.get(id) === "string");
  const form = submission(() => dialog.update());
  const draft = new Draft();
  /** What has been sent is no draft any more. */
  const mayClose = () => !form.pending && (results.size > 0 || draft.mayClose());

  /** @param {FormData} fields */
  async function revoke(fields) {
    const reason = String(fields.get("reason") ?? "").trim();
    requireAll([wrong("/reason", reason ? textProblem(reason, REASON_MAX) : null)]);
    isOver = false;
    for (const { id } of failed()) results.delete(id);
    for (const { id } of left()) {
      if (isOver) return;
      try {
        effects.push((await plainly(api.revokeKey(owner, id, reason ? { reason } : {}))).effective);
        results.set(id, true);
      } catch (thrown) {
        const problem = asProblem(thrown);
        // What is wrong with the reason is wrong for every key.
        if (problem.at("/reason")) throw problem;
        results.set(id, problem.message);
      }
      dialog.update();
    }
    if (left().length === 0) dialog.close();
  }

  /** @param {Key} key */
  function entry({ id, title, redacted }) {
    const result = results.get(id);
    return html`<li>
      <span><strong>${title}</strong> <span class="hint mono">${redacted}</span></span>
      ${result === true ? html`<span class="hint">Revoked</span>` : result ? html`<span class="error">${result}</span>` : nothing}
    </li>`;
  }

  function says() {
    if (form.pending) return `Revoked ${revoked()} of ${chosen.length}…`;
    if (revoked() === 0 && failed().length === 0) return nothing;
    const wrong = failed().length > 0 ? ` ${keys(failed().length)} couldn’t be revoked.` : "";
    return html`<p class="notice bad">Revoked ${revoked()} of ${keys(chosen.length)}.${wrong}</p>`;
  }

  function leave() {
    isOver = true;
    if (mayClose()) dialog.close();
  }

  const buttons = () => html`<div class="actions">
    <button class="button" type="button" @click=${leave}>${form.pending ? "Stop" : results.size > 0 ? "Close" : "Cancel"}</button>
    ${submitButton({ label: results.size > 0 ? `Revoke the other ${left().length}` : `Revoke ${keys(chosen.length)}`, busy: "Revoking…", pending: form.pending, kind: "danger" })}
  </div>`;

  const dialog = openDialog(
    () => html`
      <form @submit=${onSubmit((fields) => form.run(() => revoke(fields)))} novalidate>
        <h2 id="dialog-title" tabindex="-1" autofocus>Revoke ${keys(chosen.length)}?</h2>
        <div role="status">${says()}</div>
        ${form.problem && !form.at("/reason") ? html`<p class="notice bad" role="alert">${form.problem.message}</p>` : nothing}
        <ul class="chosen" tabindex="0" aria-label="Keys to revoke">${chosen.map(entry)}</ul>
        ${textField({ id: "reason", label: "Reason", hint: "Optional. Shown in each key’s activity.", error: form.at("/reason") })}
        <p>Anything that uses these keys stops working. ${soon(owner)} <strong>This can’t be undone.</strong></p>
        ${draft.isAsking ? draft.question() : buttons()}
      </form>`,
    {
      mayClose,
      isForm: true,
      closed: () => {
        isOver = true;
        draft.stop();
        if (revoked() === 0) return;
        const which = left().length === 0 ? keys(revoked()) : `${revoked()} of ${keys(chosen.length)}`;
        notify(`Revoked ${which}. ${settled(owner, latest(effects))}`);
        changed();
      },
    },
  );
  draft.start(dialog);
}

// Deleting a key. One that still works is revoked in the same step, and asks for its title first.
/** @import { Context, Key, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { openDialog } from "../ui/dialog.js";
import { cancelButton, field, onSubmit, problemNotice, submission, submitButton } from "../ui/form.js";

/**
 * @param {{ context: Context, owner: Owner, key: Key, deleted: () => void, reload: () => void }} parts
 */
export function deleteKey({ owner, key, deleted, reload }) {
  const revoke = key.status !== "revoked";
  let typed = "";
  const form = submission(() => dialog.update());
  const confirmed = () => !revoke || typed.trim().normalize() === key.title.normalize();

  const dialog = openDialog(
    ({ close, update }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <div>
          <h2 id="dialog-title">${revoke ? "Revoke and delete" : "Delete"} “${key.title}”?</h2>
          <p class="hint mono">${key.redacted}</p>
        </div>
        ${problemNotice(form.problem)}
        <div class="stack">
          <p>
            ${revoke ? "Whatever uses this key stops working: strong checks refuse it at once, others within about a minute. " : nothing}
            The key leaves the list; its audit trail stays. <strong>This cannot be undone.</strong>
          </p>
          ${
            revoke
              ? field(
                  {
                    id: "confirm",
                    label: "Type the key’s title to go on",
                    hint: html`<span class="mono">${key.title}</span>`,
                  },
                  ({ describedby }) => html`<input
                    id="confirm" autocomplete="off" spellcheck="false" autofocus aria-describedby=${describedby}
                    @input=${(/** @type {InputEvent & { target: HTMLInputElement }} */ event) => {
                      typed = event.target.value;
                      update();
                    }}
                  />`,
                )
              : nothing
          }
        </div>
        <div class="actions">
          ${cancelButton(close)}
          ${submitButton({ label: revoke ? "Revoke and delete" : "Delete key", busy: "Deleting…", pending: form.pending, kind: "danger", disabled: !confirmed() })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  function send() {
    if (!confirmed()) return;
    form.run(async () => {
      try {
        await api.deleteKey(owner, key.id, revoke);
        dialog.close();
        deleted();
      } catch (thrown) {
        reload();
        throw thrown;
      }
    });
  }
}

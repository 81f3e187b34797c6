// Renaming a key, and changing its scopes and expiry while it works.
/** @import { Context, Key, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html } from "../html.js";
import { openDialog } from "../ui/dialog.js";
import { expiryField, expiryFrom, scopesField, scopesFrom } from "../ui/fields.js";
import { cancelButton, field, onSubmit, problemNotice, submission, submitButton } from "../ui/form.js";
import { works } from "../ui/parts.js";

/**
 * @param {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, reload: () => void }} parts
 */
export function updateKey({ context: { me, notify }, owner, key, changed, reload }) {
  let expiry = key.expires_at ? "keep" : "never";
  const form = submission(() => dialog.update());

  const dialog = openDialog(
    ({ close, update }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Edit “${key.title}”</h2>
        ${problemNotice(form.problem, ["/title", "/scopes", "/expires_at"])}
        <div class="stack">
          ${field(
            { id: "title", label: "Title", error: form.at("/title") },
            ({ describedby, invalid }) => html`<input
              id="title" name="title" required autocomplete="off" autofocus
              aria-describedby=${describedby} aria-invalid=${invalid} .value=${key.title}
            />`,
          )}
          ${
            works(key)
              ? html`
                  ${scopesField({ me, owner, secret: key.type === "secret", scopes: key.scopes, error: form.at("/scopes") })}
                  ${expiryField({
                    value: expiry,
                    current: key.expires_at,
                    chosen: (choice) => {
                      expiry = choice;
                      update();
                    },
                    error: form.at("/expires_at"),
                  })}`
              : html`<p class="hint">The key is ${key.status}, so only its title can be changed.</p>`
          }
        </div>
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Save", busy: "Saving…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** Only what was changed is sent, so that two people's changes do not undo each other. @param {FormData} fields */
  function changes(fields) {
    const title = String(fields.get("title")).trim();
    /** @type {Record<string, unknown>} */
    const body = title === key.title ? {} : { title };
    if (!works(key)) return body;
    const scopes = scopesFrom(fields);
    if (scopes.toSorted().join(" ") !== key.scopes.toSorted().join(" ")) body.scopes = scopes;
    const expires = expiryFrom(fields);
    if (expires !== undefined && expires !== key.expires_at) body.expires_at = expires;
    return body;
  }

  /** @param {FormData} fields */
  function send(fields) {
    form.run(async () => {
      const body = changes(fields);
      try {
        const next = Object.keys(body).length > 0 ? await api.updateKey(owner, key.id, body) : key;
        dialog.close();
        notify("Saved.");
        changed(next);
      } catch (thrown) {
        reload();
        throw thrown;
      }
    });
  }
}

// The dialog that revokes a key, now or later.
/** @import { Key, Owner, RevokeKeyRequest } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { missing } from "../problem.js";
import { openForm } from "../ui/dialog.js";
import { choice, field, textField } from "../ui/form.js";
import { exactly, momentField } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";

/**
 * @param {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, reload: () => void }} parts
 */
export function revokeKey({ context: { notify }, owner, key, changed, reload }) {
  let later = false;
  const at = (/** @type {number} */ minutes) => momentField(new Date(Date.now() + minutes * 60_000));

  /** @param {string} value @param {string} label @param {string} hint @param {boolean} checked */
  const when = (value, label, hint, checked) =>
    choice({ type: "radio", name: "when", value, label, hint, checked, chosen: choose });

  const dialog = openForm(
    (form) => ({
      heading: `Revoke “${key.title}”?`,
      about: key.redacted,
      pointers: ["/revoke_in", "/reason"],
      label: later ? "Schedule revocation" : "Revoke now",
      busy: "Revoking…",
      kind: "danger",
      content: html`
        ${key.status === "retiring" && key.revoked_at ? html`<p class="notice warn">This key stops working on ${exactly(key.revoked_at)}. You can choose an earlier time, but not a later one.</p>` : nothing}
        <fieldset class="field">
          <legend>When</legend>
          ${when("now", "Now", "Immediately for strong verification, and within about a minute for fast verification.", !later)}
          ${when("later", "Later", "The key works until then. You can choose an earlier time, but not a later one.", later)}
        </fieldset>
        ${
          later
            ? field(
                {
                  id: "moment",
                  label: "Stops working at",
                  hint: "In your time zone.",
                  error: form.at("/revoke_in"),
                },
                ({ describedby, invalid }) => html`<input
                  id="moment" name="moment" type="datetime-local" min=${at(1)} value=${at(24 * 60)}
                  max=${key.revoked_at ? momentField(new Date(key.revoked_at)) : nothing}
                  aria-describedby=${describedby} aria-invalid=${invalid}
                />`,
              )
            : nothing
        }
        ${textField({ id: "reason", label: "Reason", hint: "Optional. Shown in the key’s activity.", error: form.at("/reason") })}
        <p>Anything that uses this key will stop working. <strong>This can’t be undone.</strong></p>`,
    }),
    async (fields) => {
      /** @type {RevokeKeyRequest} */
      const body = {};
      if (later) {
        const seconds = Math.ceil((new Date(String(fields.get("moment"))).getTime() - Date.now()) / 1000);
        if (!(seconds > 0)) throw missing("/revoke_in", "Choose a time in the future.");
        body.revoke_in = seconds;
      }
      const reason = String(fields.get("reason")).trim();
      if (reason) body.reason = reason;
      const next = await api.revokeKey(owner, key.id, body);
      dialog.close();
      notify(
        later
          ? `Scheduled the revocation of “${key.title}”.`
          : `Revoked “${key.title}”. Fast verification may accept it for about another minute.`,
      );
      changed(next);
    },
    reload,
  );

  /** @param {string} value */
  function choose(value) {
    later = value === "later";
    dialog.update();
  }
}

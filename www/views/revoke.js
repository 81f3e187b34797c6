// Revoking a key, now or at a time. It cannot be undone once its time has come.
/** @import { Context, Key, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { missing } from "../problem.js";
import { openForm } from "../ui/dialog.js";
import { choice, field, textField } from "../ui/form.js";
import { exactly, momentField } from "../ui/time.js";

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
      label: later ? "Revoke at that time" : "Revoke now",
      busy: "Revoking…",
      kind: "danger",
      content: html`
        ${key.status === "retiring" && key.revoked_at ? html`<p class="notice warn">It stops working on ${exactly(key.revoked_at)}. That can be brought forward, not put off.</p>` : nothing}
        <fieldset class="field">
          <legend>When</legend>
          ${when("now", "Now", "Strong checks refuse the key at once, others within about a minute.", !later)}
          ${when("later", "At a time", "Until then it works, and its revocation can be brought forward.", later)}
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
        ${textField({ id: "reason", label: "Reason", hint: "Optional. It stands in the audit trail.", error: form.at("/reason") })}
        <p>Whatever uses this key stops working. <strong>This cannot be undone.</strong></p>`,
    }),
    async (fields) => {
      /** @type {Record<string, unknown>} */
      const body = {};
      if (later) {
        const seconds = Math.ceil((new Date(String(fields.get("moment"))).getTime() - Date.now()) / 1000);
        if (!(seconds > 0)) throw missing("/revoke_in", "Choose a time that lies ahead.");
        body.revoke_in = seconds;
      }
      const reason = String(fields.get("reason")).trim();
      if (reason) body.reason = reason;
      const next = await api.revokeKey(owner, key.id, body);
      dialog.close();
      notify(
        later
          ? `“${key.title}” is revoked from then on.`
          : `“${key.title}” is revoked: strong checks refuse it now, others within about a minute.`,
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

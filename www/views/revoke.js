// The dialog that revokes a key, now or later.
/** @import { Key, Owner, RevokeKeyRequest } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { settled, soon } from "../bound.js";
import { openForm } from "../ui/dialog.js";
import { Draft } from "../ui/draft.js";
import { choice, field, onValue, textField } from "../ui/form.js";
import { works } from "../ui/parts.js";
import { plainly, REASON_MAX, requireAll, textProblem, wrong } from "../ui/rules.js";
import { exactly, momentField } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";

const DAY_MS = 86_400_000;
/** How far ahead a revocation can be scheduled. */
const DELAY_MAX_SECONDS = 31_536_000;

/**
 * @param {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, reload: () => void }} parts
 */
export function revokeKey({ context: { notify }, owner, key, changed, reload }) {
  const end = key.status === "retiring" ? key.revoked_at : null;
  const last = end ? Date.parse(end) : Infinity;
  let later = false;
  let moment = momentField(new Date(Math.min(Date.now() + DAY_MS, last)));
  const time = () => new Date(moment).getTime();

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
        ${end ? html`<p class="notice warn">This key stops working on ${exactly(end)}. You can bring that forward, but not put it off.</p>` : nothing}
        ${
          works(key)
            ? html`<fieldset class="field">
                <legend>When</legend>
                ${when("now", "Now", soon(owner), !later)}
                ${when("later", "Later", "The key works until then. You can make it sooner afterwards, but not later.", later)}
              </fieldset>`
            : html`<p>This key has expired, so nothing can use it. Revoke it to say why it’s no longer needed.</p>`
        }
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
                  id="moment" name="moment" type="datetime-local" min=${momentField(new Date(Date.now() + 60_000))}
                  max=${end ? momentField(new Date(end)) : nothing} .value=${moment}
                  aria-describedby=${describedby} aria-invalid=${invalid}
                  @input=${onValue((value) => {
                    moment = value;
                    dialog.update();
                  })}
                />`,
              )
            : nothing
        }
        ${textField({ id: "reason", label: "Reason", hint: "Optional. Shown with the key and in its activity.", error: form.at("/reason") })}
        <p>
          ${
            works(key)
              ? later && time() > 0
                ? `Anything that uses this key stops working on ${exactly(new Date(time()).toISOString())}. `
                : "Anything that uses this key stops working. "
              : nothing
          }<strong>You can’t undo this.</strong>
        </p>`,
    }),
    async (fields) => {
      /** @type {RevokeKeyRequest} */
      const body = {};
      const seconds = later ? Math.ceil((time() - Date.now()) / 1000) : 0;
      const reason = String(fields.get("reason")).trim();
      if (later) body.revoke_in = seconds;
      if (reason) body.reason = reason;
      requireAll([
        wrong("/revoke_in", later && !(seconds > 0) ? "Choose a time in the future." : null),
        wrong("/revoke_in", seconds > DELAY_MAX_SECONDS ? "Choose a time within the next year." : null),
        wrong("/reason", reason ? textProblem(reason, REASON_MAX) : null),
      ]);
      const next = await plainly(api.revokeKey(owner, key.id, body));
      dialog.close();
      notify(
        later && next.revoked_at
          ? `“${key.title}” stops working on ${exactly(next.revoked_at)}.`
          : `Revoked “${key.title}”.${works(key) ? ` ${settled(owner, next.effective)}` : ""}`,
      );
      changed(next);
    },
    reload,
    new Draft(),
  );

  /** @param {string} value */
  function choose(value) {
    later = value === "later";
    dialog.update();
  }
}

// Deleting a key. One that still works is revoked in the same step, and asks for its title first.
/** @import { Key, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";

/** @param {{ owner: Owner, key: Key, deleted: () => void, reload: () => void }} parts */
export function deleteKey({ owner, key, deleted, reload }) {
  const revoke = key.status !== "revoked";
  let typed = "";
  const confirmed = () => !revoke || typed.trim().normalize() === key.title.normalize();

  const dialog = openForm(
    () => ({
      heading: `${revoke ? "Revoke and delete" : "Delete"} “${key.title}”?`,
      about: key.redacted,
      label: revoke ? "Revoke and delete" : "Delete key",
      busy: "Deleting…",
      kind: "danger",
      disabled: !confirmed(),
      content: html`
        <p>
          ${revoke ? "Whatever uses this key stops working: strong checks refuse it at once, others within about a minute. " : nothing}
          The key leaves the list; its audit trail stays. <strong>This cannot be undone.</strong>
        </p>
        ${
          revoke
            ? textField({
                id: "confirm",
                label: "Type the key’s title to go on",
                hint: html`<span class="mono">${key.title}</span>`,
                focus: true,
                typed: (text) => {
                  typed = text;
                  dialog.update();
                },
              })
            : nothing
        }`,
    }),
    async () => {
      if (!confirmed()) return;
      await api.deleteKey(owner, key.id, revoke);
      dialog.close();
      deleted();
    },
    reload,
  );
}

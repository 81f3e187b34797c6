// The dialog that deletes a key. A key that isn’t revoked yet is revoked in the same step, which takes typing its title.
/** @import { Key, Owner } from "../openapi.d.ts" */
import * as api from "../api.js";
import { settled, soon } from "../bound.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";
import { works } from "../ui/parts.js";
import { plainly } from "../ui/rules.js";
import { html, nothing } from "../vendor/lit.js";

/** @param {{ owner: Owner, key: Key, deleted: (said: string) => void, reload: () => void }} parts */
export function deleteKey({ owner, key, deleted, reload }) {
  const revoke = key.status !== "revoked";
  let typed = "";
  const confirmed = () => !revoke || typed.trim().normalize() === key.title.normalize();

  const dialog = openForm(
    () => ({
      heading: `${revoke ? "Revoke and delete" : "Delete"} “${key.title}”?`,
      about: key.redacted,
      label: revoke ? "Revoke and delete" : "Delete for good",
      busy: "Deleting…",
      kind: "danger",
      disabled: !confirmed(),
      content: html`
        ${works(key) ? html`<p>Anything that uses this key stops working. ${soon(owner)}</p>` : nothing}
        <p>The key disappears from the list. Its activity is kept. <strong>You can’t undo this.</strong></p>
        ${
          revoke
            ? textField({
                id: "confirm",
                label: "Type the key’s title to confirm",
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
      const { effective } = await plainly(api.deleteKey(owner, key.id, revoke));
      dialog.close();
      deleted(`Deleted “${key.title}”.${works(key) ? ` ${settled(owner, effective)}` : ""}`);
    },
    reload,
  );
}

// The dialog that edits a key.
/** @import { Key, Owner, UpdateKeyRequest } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { openForm } from "../ui/dialog.js";
import { expiryField, expiryFrom, scopesField, scopesFrom } from "../ui/fields.js";
import { textField } from "../ui/form.js";
import { works } from "../ui/parts.js";
import { html } from "../vendor/lit.js";

/**
 * @param {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, reload: () => void }} parts
 */
export function updateKey({ context: { me, notify }, owner, key, changed, reload }) {
  let expiry = key.expires_at ? "keep" : "never";

  const dialog = openForm(
    (form) => ({
      heading: `Edit “${key.title}”`,
      pointers: ["/title", "/scopes", "/expires_at"],
      label: "Save",
      busy: "Saving…",
      content: html`
        ${textField({ id: "title", label: "Title", error: form.at("/title"), value: key.title, focus: true, required: true })}
        ${
          works(key)
            ? html`
                ${scopesField({ me, isSecret: key.type === "secret", scopes: key.scopes, error: form.at("/scopes") })}
                ${expiryField({
                  value: expiry,
                  current: key.expires_at,
                  chosen: (choice) => {
                    expiry = choice;
                    dialog.update();
                  },
                  error: form.at("/expires_at"),
                })}`
            : html`<p class="hint">This key is ${key.status}, so you can only change its title.</p>`
        }`,
    }),
    async (fields) => {
      const body = changes(fields);
      const next = Object.keys(body).length > 0 ? await api.updateKey(owner, key.id, body) : key;
      dialog.close();
      notify("Changes saved.");
      changed(next);
    },
    reload,
  );

  /** Only what was changed is sent, so that people who edit at the same time don’t undo each other’s changes. @param {FormData} fields */
  function changes(fields) {
    const title = String(fields.get("title")).trim();
    /** @type {UpdateKeyRequest} */
    const body = title === key.title ? {} : { title };
    if (!works(key)) return body;
    const scopes = scopesFrom(fields);
    if (scopes.toSorted().join(" ") !== key.scopes.toSorted().join(" ")) body.scopes = scopes;
    const expires = expiryFrom(fields);
    if (expires !== undefined && expires !== key.expires_at) body.expires_at = expires;
    return body;
  }
}

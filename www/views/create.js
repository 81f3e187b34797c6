// The dialog that creates a key.
/** @import { KeyType, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { openForm } from "../ui/dialog.js";
import { expiryField, expiryFrom, scopesField, scopesFrom } from "../ui/fields.js";
import { choice, textField } from "../ui/form.js";
import { html, nothing } from "../vendor/lit.js";
import { TYPE } from "../words.js";
import { showSecret } from "./secret.js";

/**
 * @param {Context} context
 * @param {Owner} owner
 * @param {(id: string) => void} created called when the dialog with the new key has been closed
 */
export function createKey({ me, notify }, owner, created) {
  /** @type {KeyType} */
  let type = "secret";
  let expiry = "never";

  const dialog = openForm(
    (form) => ({
      heading: `Create a ${owner.type === "user" ? "personal key" : "key"}`,
      pointers: ["/title", "/scopes", "/expires_at"],
      label: "Create key",
      busy: "Creating…",
      content: html`
        ${textField({
          id: "title",
          label: "Title",
          hint: "What the key is for, and where it’s used.",
          error: form.at("/title"),
          focus: true,
          required: true,
        })}
        ${owner.type === "organization" ? typeField(type, choose) : nothing}
        ${scopesField({ me, isSecret: type === "secret", error: form.at("/scopes") })}
        ${expiryField({
          value: expiry,
          chosen: (choice) => {
            expiry = choice;
            dialog.update();
          },
          error: form.at("/expires_at"),
        })}`,
    }),
    async (fields) => {
      const { token, ...key } = await api.createKey(owner, {
        title: String(fields.get("title")),
        type,
        scopes: scopesFrom(fields),
        expires_at: expiryFrom(fields),
      });
      dialog.close();
      if (key.type === "secret") await showSecret({ ...key, token });
      notify(`Created “${key.title}”.`);
      created(key.id);
    },
  );

  /** @param {KeyType} chosen */
  function choose(chosen) {
    type = chosen;
    dialog.update();
  }
}

/** @param {KeyType} type @param {(type: KeyType) => void} choose */
function typeField(type, choose) {
  /** @param {KeyType} value @param {string} hint */
  const one = (value, hint) =>
    choice({
      type: "radio",
      name: "type",
      value,
      label: TYPE[value],
      hint,
      checked: type === value,
      chosen: () => choose(value),
    });
  return html`
    <fieldset class="field">
      <legend>Type</legend>
      <div class="choices">
        ${one("secret", "For servers. You’ll see it only once.")}
        ${one("publishable", "For apps and web pages. Anyone can read it.")}
      </div>
    </fieldset>`;
}

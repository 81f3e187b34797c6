// Creating a key.
/** @import { Context, KeyType, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { openDialog } from "../ui/dialog.js";
import { expiryField, expiryFrom, scopesField, scopesFrom } from "../ui/fields.js";
import {
  cancelButton,
  choice,
  field,
  onSubmit,
  problemNotice,
  submission,
  submitButton,
} from "../ui/form.js";
import { TYPE } from "../ui/parts.js";
import { showSecret } from "./secret.js";

/**
 * @param {Context} context
 * @param {Owner} owner
 * @param {(id: string) => void} created told when the key has been seen and put away
 */
export function createKey({ me, notify }, owner, created) {
  /** @type {KeyType} */
  let type = "secret";
  let expiry = "never";
  const form = submission(() => dialog.update());

  const dialog = openDialog(
    ({ close, update }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Create a ${owner.type === "user" ? "personal key" : "key"}</h2>
        ${problemNotice(form.problem, ["/title", "/scopes", "/expires_at"])}
        <div class="stack">
          ${field(
            {
              id: "title",
              label: "Title",
              hint: "What it is for, and where it will live.",
              error: form.at("/title"),
            },
            ({ describedby, invalid }) => html`<input
              id="title" name="title" required autocomplete="off" autofocus
              aria-describedby=${describedby} aria-invalid=${invalid}
            />`,
          )}
          ${owner.type === "organization" ? typeField(type, choose) : nothing}
          ${scopesField({ me, owner, secret: type === "secret", error: form.at("/scopes") })}
          ${expiryField({
            value: expiry,
            chosen: (choice) => {
              expiry = choice;
              update();
            },
            error: form.at("/expires_at"),
          })}
        </div>
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Create key", busy: "Creating…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** @param {KeyType} chosen */
  function choose(chosen) {
    type = chosen;
    dialog.update();
  }

  /** @param {FormData} fields */
  function send(fields) {
    form.run(async () => {
      const { token, ...key } = await api.createKey(owner, {
        title: fields.get("title"),
        type,
        scopes: scopesFrom(fields),
        expires_at: expiryFrom(fields),
      });
      dialog.close();
      if (key.type === "secret") await showSecret({ ...key, token });
      notify(`The key “${key.title}” is created.`);
      created(key.id);
    });
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
        ${one("secret", "For servers. Shown only once.")}
        ${one("publishable", "For apps and pages. Public.")}
      </div>
    </fieldset>`;
}

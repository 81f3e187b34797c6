// The dialog that creates a key.
/** @import { CreateKeyRequest, KeyType, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { AdvancedFields, consistencyFrom } from "../ui/advanced.js";
import { openForm } from "../ui/dialog.js";
import { Draft } from "../ui/draft.js";
import { expiryField, expiryFrom, expiryProblem } from "../ui/expiry.js";
import { choice, textField } from "../ui/form.js";
import { plainly, requireAll, scopesProblem, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { ScopesField, scopesFrom } from "../ui/scopes.js";
import { html, nothing } from "../vendor/lit.js";
import { TYPE } from "../words.js";
import { showSecret } from "./secret.js";

/** What a key of theirs is called. */
const KIND = { organization: "a key", user: "a personal key", deployment: "an operator key" };

/**
 * @param {Context} context
 * @param {Owner} owner
 * @param {(id: string) => void} created called when the dialog with the new key has been closed
 */
export function createKey({ me, notify }, owner, created) {
  /** @type {KeyType} */
  let type = "secret";
  let expiry = "never";
  const update = () => dialog.update();
  const scopes = new ScopesField({ owner, me, update });
  const advanced = new AdvancedFields({ update });

  const dialog = openForm(
    (form) => ({
      heading: `Create ${KIND[owner.type]}`,
      pointers: ["/title", "/scopes", "/expires_at", "/metadata", "/consistency"],
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
        ${scopes.render({ isSecret: type === "secret", error: form.at("/scopes") })}
        ${expiryField({
          value: expiry,
          chosen: (choice) => {
            expiry = choice;
            update();
          },
          error: form.at("/expires_at"),
        })}
        ${advanced.render(form)}`,
    }),
    async (fields) => {
      /** @type {CreateKeyRequest} */
      const body = {
        title: String(fields.get("title")).trim(),
        type,
        scopes: scopesFrom(fields),
        expires_at: expiryFrom(fields) ?? null,
        consistency: consistencyFrom(fields),
        metadata: advanced.metadata() ?? {},
      };
      requireAll([
        wrong("/title", textProblem(body.title, TITLE_MAX)),
        wrong("/scopes", scopesProblem(body.scopes ?? [])),
        wrong("/expires_at", expiryProblem(body.expires_at)),
        advanced.problem(),
      ]);
      const { token, ...key } = await plainly(api.createKey(owner, body));
      dialog.close();
      if (key.type === "secret") await showSecret({ key, token });
      notify(`Created “${key.title}”.`);
      created(key.id);
    },
    undefined,
    new Draft(),
  );

  /** @param {KeyType} chosen */
  function choose(chosen) {
    type = chosen;
    update();
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

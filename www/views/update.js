// The dialog that edits a key.
/** @import { Key, Owner, UpdateKeyRequest } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { AdvancedFields, consistencyFrom } from "../ui/advanced.js";
import { openForm } from "../ui/dialog.js";
import { Draft } from "../ui/draft.js";
import { expiryField, expiryFrom, expiryProblem } from "../ui/expiry.js";
import { textField } from "../ui/form.js";
import { works } from "../ui/parts.js";
import { plainly, requireAll, scopesProblem, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { ScopesField, scopesFrom } from "../ui/scopes.js";
import { html } from "../vendor/lit.js";
import { STATUS } from "../words.js";

/**
 * @param {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, reload: () => void }} parts
 */
export function updateKey({ context: { me, notify }, owner, key, changed, reload }) {
  let expiry = key.expires_at ? "keep" : "never";
  const update = () => dialog.update();
  const scopes = works(key) ? new ScopesField({ owner, me, scopes: key.scopes, update }) : null;
  const advanced = new AdvancedFields({ metadata: key.metadata, consistency: key.consistency, update });

  const dialog = openForm(
    (form) => ({
      heading: `Edit “${key.title}”`,
      about: key.redacted,
      pointers: ["/title", "/scopes", "/expires_at", "/metadata", "/consistency"],
      label: "Save changes",
      busy: "Saving…",
      content: html`
        ${textField({ id: "title", label: "Title", error: form.at("/title"), value: key.title, focus: true, required: true })}
        ${
          scopes
            ? html`
                ${scopes.render({ isSecret: key.type === "secret", error: form.at("/scopes") })}
                ${expiryField({
                  value: expiry,
                  current: key.expires_at,
                  chosen: (choice) => {
                    expiry = choice;
                    update();
                  },
                  error: form.at("/expires_at"),
                })}`
            : html`<p class="hint">This key is ${STATUS[key.status].toLowerCase()}, so you can change only its title and metadata.</p>`
        }
        ${advanced.render(form, works(key))}`,
    }),
    async (fields) => {
      const body = changes(fields);
      requireAll([
        wrong("/title", body.title === undefined ? null : textProblem(body.title, TITLE_MAX)),
        wrong("/scopes", scopesProblem(body.scopes ?? [])),
        wrong("/expires_at", expiryProblem(body.expires_at)),
        advanced.problem(),
      ]);
      const isChanged = Object.keys(body).length > 0;
      const next = isChanged ? await plainly(api.updateKey(owner, key.id, body)) : key;
      dialog.close();
      if (isChanged) notify("Changes saved.");
      changed(next);
    },
    reload,
    new Draft(),
  );

  /** Only what was changed is sent, so that people who edit at the same time don’t undo each other’s changes. @param {FormData} fields */
  function changes(fields) {
    const title = String(fields.get("title")).trim();
    const metadata = advanced.metadata();
    /** @type {UpdateKeyRequest} */
    const body = {};
    if (title !== key.title) body.title = title;
    if (metadata) body.metadata = metadata;
    if (!works(key)) return body;
    const given = scopesFrom(fields);
    if (given.toSorted().join(" ") !== key.scopes.toSorted().join(" ")) body.scopes = given;
    const expires = expiryFrom(fields);
    if (expires !== undefined && expires !== key.expires_at) body.expires_at = expires;
    const consistency = consistencyFrom(fields);
    if (consistency !== key.consistency) body.consistency = consistency;
    return body;
  }
}

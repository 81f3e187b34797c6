// What can be done with a key: what the server permits and its status allows.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { button, works } from "../ui/parts.js";
import { exactly } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { deleteKey } from "./delete.js";
import { revokeKey } from "./revoke.js";
import { rollKey } from "./roll.js";
import { updateKey } from "./update.js";

/** @typedef {{ context: Context, owner: Owner, key: Key, changed: (key: Key) => void, deleted: (said: string) => void, reload: () => void }} Parts */

/** What takes nothing away. @param {Parts} parts */
export function actions(parts) {
  const { permissions, rolled_to } = parts.key;
  return [
    ...(permissions.includes("update_key") ? [{ label: "Edit", act: () => updateKey(parts) }] : []),
    ...(permissions.includes("roll_key") && works(parts.key) && rolled_to === null
      ? [{ label: "Roll", act: () => rollKey(parts) }]
      : []),
  ];
}

/** What ends a key, at the end of its page. @param {Parts} parts */
export function dangerZone(parts) {
  const { permissions, status, revoked_at } = parts.key;
  const isRevoked = status === "revoked";
  const isWorking = works(parts.key);
  const isRetiring = status === "retiring" && revoked_at;
  const revocable = permissions.includes("revoke_key") && !isRevoked;
  const deletable = permissions.includes("delete_key");
  if (!revocable && !deletable) return nothing;
  /** @param {string} title @param {string} text @param {unknown} action */
  const row = (title, text, action) => html`
    <div class="row">
      <div><h3>${title}</h3><p class="hint">${text}</p></div>
      ${action}
    </div>`;
  return html`
    <section class="card danger-zone" aria-labelledby="danger">
      <header><h2 id="danger">Danger zone</h2></header>
      ${
        revocable
          ? row(
              "Revoke this key",
              isRetiring
                ? `It stops working on ${exactly(isRetiring)}. You can bring that forward.`
                : isWorking
                  ? "It stops working, now or at a time that you choose. You can’t undo this."
                  : "It has expired, so it no longer works. You can still revoke it to say why. You can’t undo this.",
              button(isRetiring ? "Revoke sooner" : "Revoke key", () => revokeKey(parts), "grave"),
            )
          : nothing
      }
      ${
        deletable
          ? row(
              "Delete this key",
              isWorking
                ? "It stops working now and disappears from the list. Its activity is kept. You can’t undo this."
                : "It disappears from the list. Its activity is kept. You can’t undo this.",
              button("Delete key", () => deleteKey(parts), "grave"),
            )
          : nothing
      }
    </section>`;
}

// The dialog that rolls a key: a new one replaces it, and the old one may keep working for a while.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { address } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { field } from "../ui/form.js";
import { exactly } from "../ui/time.js";
import { html } from "../vendor/lit.js";
import { showSecret } from "./secret.js";

/** @type {[seconds: number, words: string][]} */
const GRACE = [
  [0, "Immediately"],
  [3_600, "In 1 hour"],
  [86_400, "In 24 hours"],
  [604_800, "In 7 days"],
  [2_592_000, "In 30 days"],
];

/**
 * @param {{ context: Context, owner: Owner, key: Key, reload: () => void }} parts
 */
export function rollKey({ context: { go, notify }, owner, key, reload }) {
  const left = key.revoked_at ? (Date.parse(key.revoked_at) - Date.now()) / 1000 : Infinity;
  const offered = GRACE.filter(([seconds]) => seconds < left);
  const usual = offered.some(([seconds]) => seconds === 86_400) ? 86_400 : 0;

  const dialog = openForm(
    (form) => ({
      heading: `Roll “${key.title}”`,
      about: key.redacted,
      pointers: ["/grace"],
      label: "Roll key",
      busy: "Rolling…",
      content: html`
        <p>Rolling creates a new key with the same title and scopes. Replace the old key wherever it’s used before it stops working.</p>
        ${field(
          { id: "grace", label: "Old key stops working", error: form.at("/grace") },
          ({
            describedby,
            invalid,
          }) => html`<select id="grace" name="grace" autofocus aria-describedby=${describedby} aria-invalid=${invalid}>
            ${offered.map(([seconds, words]) => html`<option value=${seconds} ?selected=${seconds === usual}>${words}</option>`)}
          </select>`,
        )}`,
    }),
    async (fields) => {
      const grace = Number(fields.get("grace"));
      const { token, rolled, ...fresh } = await api.rollKey(owner, key.id, { grace });
      dialog.close();
      const stops =
        rolled.revoked_at && grace > 0
          ? `The old key stops working on ${exactly(rolled.revoked_at)}.`
          : "The old key no longer works.";
      if (fresh.type === "secret") {
        const note = html`<p class="notice warn">${stops}</p>`;
        await showSecret({ ...fresh, token, note });
      }
      notify(`Rolled the key. ${stops}`);
      go(`${address(owner)}/${fresh.id}`);
    },
    reload,
  );
}

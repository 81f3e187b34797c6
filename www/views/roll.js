// The dialog that rolls a key: a new one replaces it, and the old one may keep working for a while.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { settled, soon } from "../bound.js";
import { address } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { field, onValue } from "../ui/form.js";
import { plainly } from "../ui/rules.js";
import { exactly } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { showSecret } from "./secret.js";

/** For how long the old key goes on working. @type {[seconds: number, words: string][]} */
const GRACE = [
  [0, "Now"],
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
  const { status, revoked_at: end } = key;
  let grace = offered.some(([seconds]) => seconds === 86_400) ? 86_400 : 0;

  const dialog = openForm(
    (form) => ({
      heading: `Roll “${key.title}”?`,
      about: key.redacted,
      pointers: ["/grace"],
      label: "Roll key",
      busy: "Rolling…",
      content: html`
        <p>You get a new key with the same title, scopes, and settings. Put it wherever the old key is used before the old one stops working.</p>
        ${status === "retiring" && end ? html`<p class="notice warn">This key is going to be revoked on ${exactly(end)}, and so is the new one.</p>` : nothing}
        ${field(
          {
            id: "grace",
            label: "The old key stops working",
            hint:
              grace > 0 ? `On ${exactly(new Date(Date.now() + grace * 1000).toISOString())}.` : soon(owner),
            error: form.at("/grace"),
          },
          ({
            describedby,
            invalid,
          }) => html`<select id="grace" name="grace" autofocus aria-describedby=${describedby} aria-invalid=${invalid} @change=${onValue(
            (value) => {
              grace = Number(value);
              dialog.update();
            },
          )}>
            ${offered.map(([seconds, words]) => html`<option value=${seconds} ?selected=${seconds === grace}>${words}</option>`)}
          </select>`,
        )}`,
    }),
    async () => {
      const { token, rolled, effective, ...fresh } = await plainly(api.rollKey(owner, key.id, { grace }));
      dialog.close();
      const stops =
        rolled.revoked_at && grace > 0
          ? `The old key stops working on ${exactly(rolled.revoked_at)}.`
          : `The old key no longer works. ${settled(owner, effective)}`;
      if (fresh.type === "secret") {
        const note = html`<p class="notice warn">${stops}</p>`;
        await showSecret({ key: fresh, token, note });
      }
      notify(`Rolled “${fresh.title}”. ${stops}`);
      go(`${address(owner)}/${fresh.id}`);
    },
    reload,
  );
}

// The sales channels of an organization: renamed and deleted here, and created where a key is linked to one.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Channel } from "../types.d.ts" */
import * as moving from "../moving.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";
import { requireAll, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { html, nothing } from "../vendor/lit.js";

/** @typedef {{ owner: Owner, channel: Channel, changed: (said: string) => void }} Parts */

/** @param {Parts} parts */
function rename({ owner, channel: { id, name }, changed }) {
  const dialog = openForm(
    (form) => ({
      heading: `Rename “${name}”`,
      about: id,
      pointers: ["/name"],
      label: "Rename",
      busy: "Renaming…",
      content: textField({
        id: "channel-name",
        label: "Name",
        error: form.at("/name"),
        value: name,
        focus: true,
        required: true,
      }),
    }),
    async (fields) => {
      const next = String(fields.get("channel-name")).trim();
      requireAll([wrong("/name", textProblem(next, TITLE_MAX, "Enter a name."))]);
      if (next !== name) await moving.renameChannel(owner, id, next);
      dialog.close();
      changed(`“${name}” is now called “${next}”.`);
    },
  );
}

/** @param {Parts} parts */
function remove({ owner, channel: { id, name }, changed }) {
  const dialog = openForm(
    () => ({
      heading: `Delete “${name}”?`,
      about: id,
      label: "Delete sales channel",
      busy: "Deleting…",
      kind: "danger",
      content: html`<p>Publishable keys that are linked to it no longer are. The keys themselves keep working. <strong>You can’t undo this.</strong></p>`,
    }),
    async () => {
      await moving.deleteChannel(owner, id);
      dialog.close();
      changed(`Deleted “${name}”.`);
    },
  );
}

/** A section, unless there are none. @param {{ owner: Owner, channels: Channel[], mayEdit: boolean, changed: (said: string) => void }} parts */
export function channelsSection({ owner, channels, mayEdit, changed }) {
  if (channels.length === 0) return nothing;
  /** @param {string} label @param {Channel} channel @param {(parts: Parts) => void} act */
  const act = (label, channel, act) =>
    html`<button class="button small" type="button" @click=${() => act({ owner, channel, changed })}>${label}<span class="sr-only"> ${channel.name}</span></button>`;
  return html`
    <section class="card" aria-labelledby="channels">
      <header><h2 id="channels">Sales channels</h2></header>
      <ul class="trail">
        ${channels.map(
          (channel) => html`<li>
            <p><strong>${channel.name}</strong>${channel.is_disabled ? html` <span class="hint">Disabled</span>` : nothing}<span class="sub mono">${channel.id}</span></p>
            ${mayEdit ? html`<span class="actions">${act("Rename", channel, rename)} ${act("Delete", channel, remove)}</span>` : nothing}
          </li>`,
        )}
      </ul>
    </section>`;
}

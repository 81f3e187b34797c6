// The sales channels that a publishable key is linked to: which they are, and how they are added and removed.
/** @import { Key, Owner } from "../openapi.d.ts" */
/** @import { Channel } from "../types.d.ts" */
import * as moving from "../moving.js";
import { asProblem, missing } from "../problem.js";
import { openForm } from "../ui/dialog.js";
import { field, onValue, problemNotice, submission, textField } from "../ui/form.js";
import { button, works } from "../ui/parts.js";
import { requireAll, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { html, nothing } from "../vendor/lit.js";

/** The choice of a sales channel that there isn’t yet. */
const NEW = "new";

/** The end of an id, where there is no name. @param {string} id */
const shortId = (id) => html`<span class="mono" title=${id}>…${id.slice(-6)}</span>`;

export class Links {
  #owner;
  #notify;
  #changed;
  #update;
  /** All that the organization has, by their ids; null as long as they aren’t known. @type {Map<string, Channel> | null} */
  #channels = null;
  #isBroken = false;
  #removal;

  /** @param {{ owner: Owner, notify: (text: string) => void, changed: () => void, update: () => void }} parts */
  constructor({ owner, notify, changed, update }) {
    this.#owner = owner;
    this.#notify = notify;
    this.#changed = changed;
    this.#update = update;
    this.#removal = submission(update);
  }

  load = async () => {
    const channels = await moving.listChannels(this.#owner).catch(asProblem);
    this.#isBroken = !Array.isArray(channels);
    if (Array.isArray(channels)) this.#channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.#update();
  };

  /** @param {string} id */
  #nameOf = (id) => this.#channels?.get(id)?.name ?? null;

  /** @param {Key} key @param {string} id */
  #remove = (key, id) =>
    this.#removal.run(async () => {
      await moving.linkKey(this.#owner, key.id, { remove: [id] });
      const name = this.#nameOf(id);
      this.#notify(name ? `Removed “${name}”.` : "Removed the sales channel.");
      this.#changed();
    });

  /** @param {Key} key */
  #add(key) {
    const owner = this.#owner;
    const all = [...(this.#channels?.values() ?? [])];
    const offered = all.filter(({ id }) => !key.links.includes(id));
    let chosen = offered[0]?.id ?? NEW;
    /** Names need not be unique. @param {Channel} channel */
    const label = ({ id, name, is_disabled }) =>
      `${name}${all.some((other) => other.name === name && other.id !== id) ? ` (…${id.slice(-6)})` : ""}${is_disabled ? " (disabled)" : ""}`;
    const dialog = openForm(
      (form) => ({
        heading: "Add a sales channel",
        about: key.redacted,
        pointers: ["/name"],
        label: chosen === NEW ? "Create and add" : "Add",
        busy: "Adding…",
        content: html`
          ${
            offered.length > 0
              ? field(
                  { id: "channel", label: "Sales channel" },
                  () => html`<select id="channel" name="channel" autofocus @change=${onValue((value) => {
                    chosen = value;
                    dialog.update();
                  })}>
                    ${offered.map((channel) => html`<option value=${channel.id} ?selected=${channel.id === chosen}>${label(channel)}</option>`)}
                    <option value=${NEW} ?selected=${chosen === NEW}>A new sales channel…</option>
                  </select>`,
                )
              : nothing
          }
          ${
            chosen === NEW
              ? textField({
                  id: "name",
                  label: "Name",
                  hint: "Such as “Online store”. Other keys can be linked to it as well.",
                  error: form.at("/name"),
                  focus: offered.length === 0,
                  required: true,
                })
              : nothing
          }`,
      }),
      async (fields) => {
        let name = this.#nameOf(chosen);
        if (chosen === NEW) {
          name = String(fields.get("name")).trim();
          requireAll([wrong("/name", textProblem(name, TITLE_MAX, "Enter a name."))]);
          const twin = all.find((channel) => channel.name === name);
          if (twin) throw missing("/name", "There’s a sales channel of this name already.");
          const created = await moving.createChannel(owner, name);
          this.#channels?.set(created.id, created);
          // If it can’t be linked now, it’s there to be chosen when this is tried again.
          offered.push(created);
          chosen = created.id;
        }
        await moving.linkKey(owner, key.id, { add: [chosen] });
        dialog.close();
        this.#notify(`Added “${name}”.`);
        this.#changed();
      },
    );
  }

  /** @param {Key} key @param {boolean} mayEdit */
  #entry(key, mayEdit) {
    return (/** @type {string} */ id) => {
      const channel = this.#channels?.get(id);
      const name = channel?.name ?? shortId(id);
      return html`<li>
        <p><strong>${name}</strong>${channel?.is_disabled ? html` <span class="hint">Disabled</span>` : nothing}<span class="sub mono">${id}</span></p>
        ${mayEdit ? html`<button class="button small" type="button" aria-disabled=${this.#removal.pending ? "true" : nothing} @click=${() => this.#remove(key, id)}>Remove<span class="sr-only"> ${name}</span></button>` : nothing}
      </li>`;
    };
  }

  /** @param {Key} key */
  render(key) {
    const { links } = key;
    const mayEdit = key.permissions.includes("update_key") && works(key);
    return html`
      <section class="card" aria-labelledby="links">
        <header>
          <h2 id="links">Sales channels</h2>
          ${mayEdit && this.#channels ? button("Add sales channel", () => this.#add(key)) : nothing}
        </header>
        ${this.#removal.problem ? html`<div class="body">${problemNotice(this.#removal.problem)}</div>` : nothing}
        ${
          links.length > 0
            ? html`<ul class="trail">${links.map(this.#entry(key, mayEdit))}</ul>`
            : html`<p class="body">This key isn’t linked to a sales channel.</p>`
        }
        ${this.#isBroken ? html`<p class="aside">The names of the sales channels couldn’t be loaded. ${button("Try again", this.load, "small")}</p>` : nothing}
      </section>`;
  }
}

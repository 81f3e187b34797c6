// One key: what it is, what has happened to it, and what can be done with it.
/** @import { EventList, Key } from "../openapi.d.ts" */
import * as api from "../api.js";
import { listAddress } from "../lists.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, button, emptyState, problemState, statusBadge, works } from "../ui/parts.js";
import { ago } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";
import { STATUS } from "../words.js";
import { deleteKey } from "./delete.js";
import { facts } from "./facts.js";
import { revokeKey } from "./revoke.js";
import { rollKey } from "./roll.js";
import { trail } from "./trail.js";
import { updateKey } from "./update.js";

const FEW = 10;
const MANY = 100;

export class KeyView extends View {
  #id = this.route.key ?? "";
  #limit = FEW;
  /** As it was last seen: it stays on the page when it cannot be loaded again. @type {Key | null} */
  #key = null;

  #load = new Task(this, {
    args: () => [this.owner, this.#id],
    task: ([owner, id], { signal }) => api.getKey(owner, id, signal),
    onComplete: (key) => {
      if (this.isConnected && this.#key && this.#key.status !== key.status)
        this.context.notify(`“${key.title}” is now ${STATUS[key.status].toLowerCase()}.`);
      this.#key = key;
    },
    onError: (thrown) => {
      if (asProblem(thrown).status === 404) this.#key = null;
    },
  });

  /** The predecessor and the successor by their ids; null for one that is gone. */
  #relatives = new Task(this, {
    args: () => [this.owner, this.#key?.rolled_from ?? null, this.#key?.rolled_to ?? null],
    task: async ([owner, ...ids], { signal }) => {
      /** @param {string} id @returns {Promise<[string, Key | null]>} */
      const find = async (id) => [
        id,
        await api
          .getKey(owner, id, signal)
          .catch((thrown) => (asProblem(thrown).status === 404 ? null : Promise.reject(thrown))),
      ];
      return new Map(await Promise.all(ids.flatMap((id) => (id ? [find(id)] : []))));
    },
  });

  #events = new Task(this, {
    args: () => [this.owner, this.#id, this.#limit],
    task: ([owner, key, limit], { signal }) => api.listEvents(owner, { key, limit }, signal),
  });

  /** @override */
  get name() {
    return this.#key?.title ?? "Key";
  }

  /** @override */
  reload() {
    this.#load.run();
    this.#relatives.run();
    this.#events.run();
  }

  /** @param {Key} key */
  #actions(key) {
    const { context, owner } = this;
    const changed = (/** @type {Key} */ next) => {
      this.#key = next;
      this.reload();
    };
    const deleted = () => {
      context.notify(`Deleted “${key.title}”.`);
      context.go(address(owner), { replace: true });
    };
    const parts = { context, owner, key, changed, deleted, reload: () => this.reload() };
    const { permissions, status } = key;
    const revoked = status === "revoked";
    return html`
      ${permissions.includes("update_key") ? button("Edit", () => updateKey(parts)) : nothing}
      ${permissions.includes("roll_key") && works(key) && key.rolled_to === null ? button("Roll", () => rollKey(parts)) : nothing}
      ${permissions.includes("revoke_key") && !revoked ? button(status === "retiring" ? "Revoke sooner" : "Revoke", () => revokeKey(parts), "grave") : nothing}
      ${permissions.includes("delete_key") ? button(revoked ? "Delete" : "Revoke and delete", () => deleteKey(parts), "grave") : nothing}`;
  }

  /** @param {EventList} list */
  #trail({ events, count }) {
    const more = () => {
      this.#limit = MANY;
      this.requestUpdate();
    };
    return html`
      ${trail({ events, me: this.context.me })}
      ${
        count > events.length
          ? html`<div class="pages"><span>${events.length} of ${count}</span>${this.#limit < MANY ? html`<button class="button small" type="button" @click=${more}>Show more</button>` : html`<a class="button small" href="${address(this.owner, "activity")}?key=${this.#id}">Show all</a>`}</div>`
          : nothing
      }`;
  }

  #body() {
    const problem = this.#load.error ? asProblem(this.#load.error) : null;
    if (this.#key) {
      const { error } = this.#events;
      const refused = error ? asProblem(error).status === 403 : false;
      return html`
        ${problem ? html`<p class="notice warn" role="alert">This may be out of date. ${problem.message}</p>` : nothing}
        ${facts({ key: this.#key, context: this.context, relatives: this.#relatives.value })}
        ${
          refused
            ? nothing
            : html`<section class="card" aria-labelledby="trail">
                <header><h2 id="trail">Activity</h2></header>
                ${this.show(
                  this.#events,
                  () => bones(3),
                  (list) => this.#trail(list),
                )}
              </section>`
        }`;
    }
    if (problem?.status === 404) {
      const all = html`<a class="button" href=${address(this.owner)}>All keys</a>`;
      return html`<div class="card">${emptyState({ icon: icons.none, title: "Key not found", text: "It may have been deleted, or you may not have access to it.", actions: all })}</div>`;
    }
    return html`<div class="card">${problem ? problemState(problem, () => this.reload()) : bones(6)}</div>`;
  }

  /** @override */
  render() {
    const key = this.#key;
    const stops = key?.status === "retiring" ? key.revoked_at : null;
    return html`
      <a class="back" href=${listAddress(this.context, this.owner)}>${icons.left} Keys</a>
      <div class="head">
        <div>
          <h1 tabindex="-1" class=${key ? "" : "sr-only"}>${key?.title ?? (this.#load.error ? "Key" : "Loading the key")}</h1>
          ${key ? html`<p class="state">${statusBadge(key)}${stops ? html`<span>stops working ${ago(stops)}</span>` : nothing}<span class="mono">${key.redacted}</span></p>` : nothing}
        </div>
        <div class="actions">${key ? this.#actions(key) : nothing}</div>
      </div>
      ${this.#body()}`;
  }
}
customElements.define("keyward-key", KeyView);

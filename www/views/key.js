// One key: what it is, what has happened to it, and what can be done with it.
/** @import { EventList, Key } from "../openapi.d.ts" */
import * as api from "../api.js";
import { lastVisit, listAddress } from "../lists.js";
import { userOf } from "../owners.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, button, emptyState, problemState, statusBadge, works } from "../ui/parts.js";
import { ago } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";
import { STATUS } from "../words.js";
import { actions, dangerZone } from "./actions.js";
import { advice } from "./advice.js";
import { facts, factsSkeleton, metadataCard } from "./facts.js";
import { foreignNote } from "./foreign.js";
import { find, relativesOf } from "./relatives.js";
import { trail } from "./trail.js";
import { Usage } from "./usage.js";

const FEW = 10;
const MANY = 100;

export class KeyView extends View {
  #id = this.route.key ?? "";
  #limit = FEW;
  /** As it was last seen: it stays on the page when it cannot be loaded again. @type {Key | null} */
  #key = null;
  /** @type {Usage | null} */
  #usage = null;
  /** The sales channels of a publishable key, once they are loaded. @type {import("./links.js").Links | null} */
  #links = null;

  #load = new Task(this, {
    args: () => [this.owner, this.#id],
    task: ([owner, id], { signal }) => api.getKey(owner, id, signal),
    onComplete: (key) => {
      if (this.isConnected && this.#key && this.#key.status !== key.status)
        this.context.notify(`“${key.title}” is now ${STATUS[key.status].toLowerCase()}.`);
      this.#key = key;
      if (key.type === "publishable") this.#loadLinks();
    },
    onError: (thrown) => {
      if (asProblem(thrown).status === 404) this.#key = null;
    },
  });

  /** The keys that this one has to do with, by their ids; null for one that is gone. */
  #relatives = new Task(this, {
    args: () => relativesOf(this.#key, this.context.me, userOf(this.context.me)),
    task: async (relatives, { signal }) =>
      new Map(await Promise.all(relatives.map((relative) => find(relative, signal)))),
    argsEqual: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });

  #events = new Task(this, {
    args: () => [this.owner, this.#id, this.#limit],
    task: ([owner, key, limit], { signal }) => api.listEvents(owner, { key, limit }, signal),
  });

  /** The list that led here has left what it showed by now. @override */
  connectedCallback() {
    super.connectedCallback();
    const { list } = lastVisit(this.context, this.owner) ?? {};
    this.#key ??= list?.keys.find(({ id }) => id === this.#id) ?? null;
  }

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

  async #loadLinks() {
    const { context, owner } = this;
    if (this.#links) return this.#links.load();
    const loaded = await import("./links.js").catch(() => null);
    if (!loaded || !this.isConnected) return;
    const { notify } = context;
    const changed = () => this.reload();
    this.#links ??= new loaded.Links({ owner, notify, changed, update: () => this.requestUpdate() });
    this.#links.load();
  }

  /** @param {Key} key */
  #parts(key) {
    const { context, owner } = this;
    return {
      context,
      owner,
      key,
      changed: (/** @type {Key} */ next) => {
        this.#key = next;
        this.reload();
      },
      deleted: (/** @type {string} */ said) => {
        context.notify(said);
        context.go(listAddress(context, owner), { replace: true });
      },
      reload: () => this.reload(),
    };
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

  #activity() {
    const { error } = this.#events;
    // Whoever may not read events sees none.
    if (error && asProblem(error).status === 403) return nothing;
    return html`
      <section class="card" aria-labelledby="trail">
        <header><h2 id="trail">Activity</h2></header>
        ${this.show(
          this.#events,
          () => bones(3),
          (list) => this.#trail(list),
        )}
      </section>`;
  }

  /** How to use it, which is loaded when somebody unfolds it. @param {Key} key */
  #howTo(key) {
    if (!works(key)) return nothing;
    this.#usage ??= new Usage({ key, update: () => this.requestUpdate() });
    return html`
      <details class="card fold" @toggle=${this.#usage.load}>
        <summary><h2>How to use it</h2></summary>
        <div class="body">${this.#usage.render("Show code for")}</div>
      </details>`;
  }

  #body() {
    const problem = this.#load.error ? asProblem(this.#load.error) : null;
    const key = this.#key;
    if (key)
      return html`
        ${problem ? html`<p class="notice warn" role="alert">This may be out of date. ${problem.message}</p>` : nothing}
        ${advice(key)}
        ${foreignNote(this.#parts(key))}
        ${facts({ key, context: this.context, relatives: this.#relatives.value })}
        ${this.#links?.render(key)}
        ${metadataCard(key, this.context)}
        ${this.#howTo(key)}
        ${this.#activity()}
        ${dangerZone(this.#parts(key))}`;
    if (problem?.status === 404) {
      const all = html`<a class="button" href=${address(this.owner)}>View all keys</a>`;
      return html`<div class="card">${emptyState({ icon: icons.none, title: "Key not found", text: "It may have been deleted, or you may not have access to it.", actions: all })}</div>`;
    }
    return problem
      ? html`<div class="card">${problemState(problem, () => this.reload())}</div>`
      : html`${factsSkeleton()}${this.#activity()}`;
  }

  #head() {
    const key = this.#key;
    if (!key) {
      const isLoading = !this.#load.error;
      return html`
        <div>
          <h1 tabindex="-1" class="sr-only">${isLoading ? "Loading the key" : "Key"}</h1>
          ${isLoading ? html`<div class="bone heading"></div><p class="state"><span class="bone w3"></span></p>` : nothing}
        </div>
        ${isLoading ? html`<div class="actions" aria-hidden="true"><span class="bone control"></span><span class="bone control"></span></div>` : nothing}`;
    }
    const stops = key.status === "retiring" ? key.revoked_at : null;
    return html`
      <div>
        <h1 tabindex="-1">${key.title}</h1>
        <p class="state">${statusBadge(key)}${stops ? html`<span>stops working ${ago(stops)}</span>` : nothing}<span class="mono">${key.redacted}</span></p>
      </div>
      <div class="actions">${actions(this.#parts(key)).map(({ label, act }) => button(label, act))}</div>`;
  }

  /** @override */
  render() {
    return html`
      <a class="back" href=${listAddress(this.context, this.owner)}>${icons.left} Keys</a>
      <div class="head">${this.#head()}</div>
      ${this.#body()}`;
  }
}
customElements.define("keyward-key", KeyView);

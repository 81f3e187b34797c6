// The list in the frame’s menu: where somebody goes from one owner to another. It is loaded when it is first opened.
/** @import { ListedOrganization, Owner } from "../openapi.d.ts" */
/** @import { Amount, Context } from "../types.d.ts" */
import * as api from "../api.js";
import { DEPLOYMENT, nameOf, ownersOf, roleIn, sameOwner } from "../owners.js";
import { asProblem } from "../problem.js";
import { recents } from "../recents.js";
import { address } from "../router.js";
import { html, LitElement, nothing } from "../vendor/lit.js";
import { counted, ROLES } from "../words.js";
import { createOrganization } from "./create_organization.js";
import { Search } from "./search.js";
import { searchField } from "./search_field.js";

/** How many organizations of the deployment are shown. */
const LIMIT = 8;
/** So many owners can be chosen from without a search. */
const FEW = 6;

/** @typedef {{ owner: Owner, name: string }} Choice */

/** @param {ListedOrganization} organization @returns {Choice} */
const choiceOf = ({ id, name }) => ({ owner: { type: "organization", id }, name });

/** @param {string} text @param {Choice} choice */
const matches = (text, { owner, name }) => `${name}\n${owner.id}`.toLowerCase().includes(text.toLowerCase());

export class Switcher extends LitElement {
  /** @type {Owner | null} */
  #owner = null;
  #search;
  #text = "";
  #going = new AbortController();
  /** What the operator’s server has found. @type {{ choices: Choice[], amount: Amount } | null} */
  #found = null;
  #problem = "";

  /** @param {Context} context */
  constructor(context) {
    super();
    this.context = context;
    this.#search = new Search({
      context,
      query: () => new URLSearchParams(this.#text ? { q: this.#text } : {}),
      update: () => this.requestUpdate(),
      set: ({ q = "" }) => {
        this.#text = q;
        this.#load();
      },
    });
  }

  get #isRoot() {
    return this.context.me.type === "root";
  }

  /** @override */
  createRenderRoot() {
    return this;
  }

  /** Begins anew. @param {Owner | null} owner */
  async open(owner) {
    this.#owner = owner;
    this.#text = "";
    this.#search.follow();
    this.#load();
    await this.updateComplete;
    // A finger would only get a keyboard over the list; and whoever has gone on already is left there. Safari focuses nothing
    // that is clicked.
    const { activeElement: focused, body } = document;
    const isHere = focused === body || focused === this.closest("details")?.querySelector("summary");
    if (isHere && matchMedia("(any-pointer: fine)").matches) this.querySelector("input")?.focus();
  }

  close() {
    this.#search.stop();
    this.#going.abort();
  }

  async #load() {
    this.#going.abort();
    this.#going = new AbortController();
    const { signal } = this.#going;
    this.#problem = "";
    this.requestUpdate();
    if (!this.#isRoot) return;
    try {
      const list = await api.listOrganizations({ q: this.#text, limit: LIMIT }, signal);
      this.#found = { choices: list.organizations.map(choiceOf), amount: list };
    } catch (thrown) {
      if (signal.aborted) return;
      this.#found = null;
      this.#problem = asProblem(thrown).message;
    }
    this.requestUpdate();
  }

  /** What tells it from others of its name. @param {Owner} owner @param {string} name */
  #about(owner, name) {
    if (owner.type === "user") return this.#isRoot ? "User" : "";
    const role = roleIn(this.context.me, owner);
    return role ? ROLES[role].name : owner.id === name ? "" : owner.id;
  }

  /** @param {Choice} choice */
  #item({ owner, name }) {
    const about = this.#about(owner, name);
    return html`<li><a href=${address(owner)} title=${name} aria-current=${sameOwner(owner, this.#owner) ? "true" : nothing}><span>${name}</span>${
      about ? html`<span class="hint">${about}</span>` : nothing
    }</a></li>`;
  }

  /** @param {string} id @param {string} label @param {Choice[]} choices */
  #group(id, label, choices) {
    if (choices.length === 0) return nothing;
    return html`
      <p class="label" id=${id}>${label}</p>
      <ul aria-labelledby=${id}>${choices.map((choice) => this.#item(choice))}</ul>`;
  }

  /** What there is to choose from, and what was looked at last. */
  #choices() {
    const { me } = this.context;
    const latest = recents(me);
    if (this.#isRoot) return { latest, all: this.#found?.choices ?? [] };
    const all = ownersOf(me).map((owner) => ({ owner, name: nameOf(me, owner) }));
    const known = latest.flatMap(({ owner }) => all.filter((choice) => sameOwner(choice.owner, owner)));
    return { latest: all.length > FEW ? known : [], all };
  }

  #list() {
    const { latest, all } = this.#choices();
    if (this.#problem) return html`<p class="label" role="alert">${this.#problem}</p>`;
    if (this.#text) {
      const found = this.#isRoot ? all : all.filter((choice) => matches(this.#text, choice));
      return found.length > 0
        ? this.#group("switch-found", "Matches", found)
        : html`<p class="label">${this.#found || !this.#isRoot ? "No matches" : "Searching…"}</p>`;
    }
    const isRecent = (/** @type {Choice} */ { owner }) =>
      latest.some((recent) => sameOwner(recent.owner, owner));
    return html`
      ${this.#group("switch-recent", "Recent", latest)}
      ${this.#group(
        "switch-all",
        "Organizations",
        all.filter((choice) => !isRecent(choice)),
      )}`;
  }

  #said() {
    if (!this.#text) return "";
    const { all } = this.#choices();
    /** @type {Amount | undefined} */
    const amount = this.#isRoot
      ? this.#found?.amount
      : { count: all.filter((choice) => matches(this.#text, choice)).length, count_is: "exact" };
    return amount ? counted(amount, "match", "matches") : "";
  }

  /** Enter goes to the first match. @param {KeyboardEvent} event */
  #pressed = (event) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    /** @type {HTMLElement | null} */
    const first = this.querySelector("li a");
    if (this.#text && this.#search.typed?.trim() === this.#text) first?.click();
  };

  /** @override */
  render() {
    const context = this.context;
    const { me } = context;
    const isSearched = this.#isRoot || ownersOf(me).length > FEW;
    const isCurrent = (/** @type {boolean} */ here) => (here ? "true" : nothing);
    return html`
      ${isSearched ? html`<div @keydown=${this.#pressed}>${searchField(this.#search, "Find an organization")}</div>` : nothing}
      <div role="status">${this.#search.notice()}</div>
      <div class="list">${this.#list()}</div>
      <p class="sr-only" role="status">${this.#said()}</p>
      <hr />
      ${this.#isRoot ? html`<a href=${address(DEPLOYMENT)} aria-current=${isCurrent(this.#owner?.type === "deployment")}>Operator</a>` : nothing}
      <a href="/">All organizations</a>
      ${me.permissions.includes("create_organization") ? html`<button type="button" @click=${() => createOrganization(context)}>Create organization…</button>` : nothing}`;
  }
}
customElements.define("keyward-switcher", Switcher);

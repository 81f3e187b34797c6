// The operator’s home: every organization of the deployment, and the way to a user.
/** @import { ListedOrganization, OrganizationList } from "../openapi.d.ts" */
import * as api from "../api.js";
import { DEPLOYMENT } from "../owners.js";
import { holdsSecret } from "../pasted.js";
import { asProblem, missing } from "../problem.js";
import { address, lastPage, pageOf, wholePage, withParameter } from "../router.js";
import { typedUser } from "../typed.js";
import { onSubmit, textField } from "../ui/form.js";
import * as icons from "../ui/icons.js";
import { actorName, bones, button, emptyState, head, pages, unreadableNote } from "../ui/parts.js";
import { day } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { counted, figure } from "../words.js";
import { Counts } from "./counts.js";
import { createOrganization } from "./create_organization.js";
import { Search } from "./search.js";
import { searchField } from "./search_field.js";

const LIMIT = 20;

export class DirectoryView extends View {
  #wrong = "";
  #counts = new Counts(() => this.requestUpdate());
  #search = new Search({
    context: this.context,
    query: () => this.route.query,
    update: () => this.requestUpdate(),
    set: (changes, replace) => this.#set({ ...changes, page: "" }, replace),
  });

  #list = new Task(this, {
    args: () => [this.route.query],
    task: async ([query], { signal }) => {
      if (holdsSecret(query.get("q") ?? "")) {
        this.#search.exposed();
        if (this.isConnected) this.#set({ q: "", page: "" }, true);
        return initialState;
      }
      /** @param {object} part */
      const ask = (part) => api.listOrganizations({ q: query.get("q"), ...part }, signal);
      const list = await wholePage(pageOf(query, LIMIT), ask, ({ organizations }) => organizations);
      this.context.learn(DEPLOYMENT, list.permissions);
      if (list.organizations.length + list.unreadable > 0 || list.offset === 0) return list;
      // The page lies past the end.
      if (this.isConnected) this.#set({ page: lastPage(list) }, true);
      return initialState;
    },
    onComplete: ({ organizations }) => this.#counts.ask(organizations.map(({ id }) => id)),
  });

  /** @override */
  get name() {
    return "Organizations";
  }

  /** @override */
  reload() {
    this.#list.run();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    this.#search.stop();
    this.#counts.stop();
  }

  /** @override @param {import("../types.d.ts").Route} route */
  follow(route) {
    super.follow(route);
    this.#search.follow();
  }

  /** @param {Record<string, string>} changes @param {boolean} replace */
  #set(changes, replace) {
    this.context.go(withParameter(this.route.query, changes, "/"), { replace });
  }

  /** @param {FormData} fields */
  #open = (fields) => {
    try {
      const id = typedUser(fields, "user-id");
      if (!id) throw missing("/user-id", "Enter a user ID.");
      this.context.go(address({ type: "user", id }));
    } catch (thrown) {
      this.#wrong = asProblem(thrown).message;
      this.requestUpdate();
    }
  };

  /** @param {string} id @param {import("./counts.js").What} what */
  #count(id, what) {
    const amount = this.#counts.of(id, what);
    if (amount === undefined) return html`<span class="bone w1" aria-hidden="true"></span>`;
    if (amount === null) return html`<span aria-hidden="true">—</span><span class="sr-only">Unknown</span>`;
    return html`<a class="count" href=${address({ type: "organization", id }, what)}>${figure(amount)}<span class="sr-only"> ${amount.count === 1 ? what.slice(0, -1) : what}</span></a>`;
  }

  /** @param {ListedOrganization} organization */
  #row({ id, name, created_at, created_by }) {
    return html`<tr>
      <th scope="row"><a class="title" href=${address({ type: "organization", id })}>${name}</a><span class="sub mono">${id}</span></th>
      <td data-label="Created">${day(created_at)}<span class="sub cut">by ${actorName(created_by, this.context.me)}</span></td>
      <td data-label="Members">${this.#count(id, "members")}</td>
      <td data-label="Keys">${this.#count(id, "keys")}</td>
    </tr>`;
  }

  #createButton = () =>
    this.context.me.permissions.includes("create_organization")
      ? button("Create organization", () => createOrganization(this.context), "primary", "c")
      : nothing;

  /** @param {OrganizationList} list */
  #loaded(list) {
    const { query } = this.route;
    if (list.count === 0 && query.get("q"))
      return emptyState({
        icon: icons.none,
        title: "No matching organizations",
        text: "Try another part of the name or ID.",
        actions: html`<a class="button" href="/">Clear search</a>`,
      });
    if (list.count === 0)
      return emptyState({
        icon: icons.none,
        title: "Create your first organization",
        text: "An organization has API keys of its own, and members who manage them.",
        actions: this.#createButton(),
      });
    return html`
      <table class="cards directory">
        <caption class="sr-only">Organizations</caption>
        <thead><tr><th scope="col">Organization</th><th scope="col">Created</th><th scope="col">Members</th><th scope="col">Keys</th></tr></thead>
        <tbody>${list.organizations.map((organization) => this.#row(organization))}</tbody>
      </table>
      ${unreadableNote(list)}
      ${list.count > LIMIT ? html`<div @click=${() => scrollTo(0, 0)}>${pages({ ...list, noun: "organizations", query, path: "/" })}</div>` : nothing}`;
  }

  #users = () => html`
    <section class="card" aria-labelledby="open">
      <header><h2 id="open">Open a user</h2></header>
      <form class="body stack" @submit=${onSubmit(this.#open)} novalidate>
        <p class="hint">Users come from your application or identity provider, so Keyward has no list of them. Enter an ID to see somebody’s personal keys, activity, and sessions.</p>
        <div class="inline">
          ${textField({ id: "user-id", label: "User ID", error: this.#wrong, holdsId: true })}
          <button class="button" type="submit">Open user</button>
        </div>
      </form>
    </section>`;

  /** @override */
  render() {
    const { query } = this.route;
    const list = this.#list.value;
    const isEmpty = list?.count === 0 && !query.get("q");
    return html`
      ${head({
        title: this.name,
        text: "Every organization in this deployment.",
        actions: isEmpty ? nothing : this.#createButton(),
      })}
      ${
        isEmpty
          ? nothing
          : html`<form class="finder" role="search" aria-label="Organizations" @submit=${(/** @type {SubmitEvent} */ event) => event.preventDefault()}>
              ${searchField(this.#search, "Search by name or ID")}
              <span class="hint">${list ? (query.get("q") ? `${counted(list, "organization")} found` : counted(list, "organization")) : nothing}</span>
            </form>`
      }
      <div role="status">${this.#search.notice()}</div>
      <div class="card">${this.show(
        this.#list,
        () => bones(5),
        (loaded) => this.#loaded(loaded),
      )}</div>
      ${this.#users()}
      <p class="sr-only" role="status">${list ? counted(list, "organization") : ""}</p>`;
  }
}
customElements.define("keyward-directory", DirectoryView);

// A person’s home: what they are invited to, their organizations, and their personal keys.
/** @import { Owner } from "../openapi.d.ts" */
import { nameOf, ownersOf, roleIn } from "../owners.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import * as icons from "../ui/icons.js";
import { button, emptyState, head, roleBadge } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";
import { createOrganization } from "./create_organization.js";
import { ownInvitations } from "./invitations.js";

export class HomeView extends View {
  #invitations = new Task(this, { args: () => [], task: () => this.context.reloadInvitations() });

  /** @override */
  get name() {
    return "Organizations";
  }

  /** @override */
  reload() {
    this.#invitations.run();
  }

  #createButton = () =>
    this.context.me.permissions.includes("create_organization")
      ? button("Create organization", () => createOrganization(this.context), "", "c")
      : nothing;

  /** @param {Owner} owner */
  #item(owner) {
    const { me } = this.context;
    return html`<li>
      <p><a class="title" href=${address(owner)}>${nameOf(me, owner)}</a><span class="sub mono">${owner.id}</span></p>
      ${roleBadge(roleIn(me, owner))}
    </li>`;
  }

  /** @param {Owner[]} organizations */
  #list = (organizations) =>
    organizations.length > 0
      ? html`<ul class="card trail home">${organizations.map((owner) => this.#item(owner))}</ul>`
      : html`<div class="card">${emptyState({
          icon: icons.none,
          title: "No organizations yet",
          text: "Create one to share keys with your team, or ask an owner to invite you to theirs.",
          actions: this.#createButton(),
        })}</div>`;

  /** @param {Owner} owner */
  #personal = (owner) => html`
    <section class="card" aria-labelledby="personal">
      <header>
        <div><h2 id="personal">Personal keys</h2><p class="hint">They act for you, in every organization you belong to.</p></div>
        <a class="button" href=${address(owner)}>View personal keys</a>
      </header>
    </section>`;

  #invited() {
    const { error, value: list } = this.#invitations;
    // A key that may not see them has none to answer.
    const problem = error ? asProblem(error) : null;
    if (problem && problem.status !== 403)
      return html`<p class="notice warn" role="alert">Your invitations couldn’t be loaded. ${problem.message}</p>`;
    return list ? ownInvitations({ list, context: this.context, reload: () => this.reload() }) : nothing;
  }

  /** @override */
  render() {
    const owners = ownersOf(this.context.me);
    const organizations = owners.filter(({ type }) => type === "organization");
    const self = owners.find(({ type }) => type === "user");
    return html`
      ${head({
        title: this.name,
        text: "Where you manage keys with others.",
        actions: organizations.length > 0 ? this.#createButton() : nothing,
      })}
      ${this.#invited()}
      ${this.#list(organizations)}
      ${self ? this.#personal(self) : nothing}`;
  }
}
customElements.define("keyward-home", HomeView);

// Where somebody chooses whose keys to look at.
import { nameOf, ownersOf, roleIn, userId } from "../owners.js";
import { typedId } from "../pasted.js";
import { asProblem, missing } from "../problem.js";
import { address } from "../router.js";
import { field, onSubmit, textField } from "../ui/form.js";
import { button, head, roleBadge } from "../ui/parts.js";
import { View } from "../ui/view.js";
import { html, nothing, Task } from "../vendor/lit.js";
import { ownInvitations } from "./invitations.js";
import { createOrganization } from "./organization.js";

export class HomeView extends View {
  #wrong = "";
  #invitations = new Task(this, { args: () => [], task: () => this.context.reloadInvitations() });

  /** @override */
  get name() {
    return this.context.me.type === "root" ? "Organizations and users" : "Organizations";
  }

  /** @override */
  reload() {
    this.#invitations.run();
  }

  /** @param {FormData} fields */
  #open = (fields) => {
    const isUser = fields.get("kind") === "user";
    try {
      const id = typedId(fields, "owner-id");
      if (!id) throw missing("/owner-id", "Enter an ID.");
      this.context.go(address({ type: isUser ? "user" : "organization", id: isUser ? userId(id) : id }));
    } catch (thrown) {
      this.#wrong = asProblem(thrown).message;
      this.requestUpdate();
    }
  };

  #form = () => html`
    <section class="card" aria-labelledby="open">
      <header><h2 id="open">Open by ID</h2></header>
      <form class="body stack" @submit=${onSubmit(this.#open)} novalidate>
        <div class="split">
          ${field(
            { id: "kind", label: "Type" },
            () =>
              html`<select id="kind" name="kind"><option value="organization">Organization</option><option value="user">User</option></select>`,
          )}
          ${textField({ id: "owner-id", label: "ID", hint: "As in your application.", error: this.#wrong, holdsId: true })}
        </div>
        <div><button class="button primary" type="submit">Open</button></div>
      </form>
    </section>`;

  #list() {
    const { me } = this.context;
    return html`
      <ul class="card trail">
        ${ownersOf(me).map(
          (owner) => html`<li>
            <p><a class="title" href=${address(owner)}>${nameOf(me, owner)}</a><span class="sub">${owner.type === "user" ? "Your own keys" : owner.id}</span></p>
            ${roleBadge(roleIn(me, owner))}
          </li>`,
        )}
      </ul>`;
  }

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
    const { context } = this;
    const { me } = context;
    const isRoot = me.type === "root";
    return html`
      ${head({
        title: this.name,
        text: isRoot
          ? "With a root key you can manage the keys of every organization and user."
          : "Choose an organization, or manage your personal keys.",
        actions: me.permissions.includes("create_organization")
          ? button("Create organization", () => createOrganization(context))
          : nothing,
      })}
      ${isRoot ? this.#form() : this.#list()}
      ${this.#invited()}`;
  }
}
customElements.define("keyward-home", HomeView);

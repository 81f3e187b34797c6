// Choosing whose keys to look at.
/** @import { Context, View } from "../types.d.ts" */
import { html, nothing } from "../html.js";
import { mayCreateOrganization, nameOf, ownersOf, roleIn } from "../rights.js";
import { address } from "../router.js";
import { field, onSubmit, textField } from "../ui/form.js";
import { roleBadge } from "../ui/parts.js";
import { createOrganization } from "./organization.js";

/** @param {Context} context @returns {View} */
export function homeView(context) {
  const { me, go, update } = context;
  let wrong = "";

  /** @param {FormData} fields */
  function open(fields) {
    const id = String(fields.get("owner-id")).trim();
    wrong = id ? "" : "Type an id.";
    if (wrong) return update();
    go(address({ type: fields.get("kind") === "user" ? "user" : "organization", id }));
  }

  /** Root reaches every owner, and there is no list of all. */
  const typed = () => html`
    <section class="card" aria-labelledby="open">
      <header><h2 id="open">Open by id</h2></header>
      <form class="body stack" @submit=${onSubmit(open)} novalidate>
        <div class="split">
          ${field(
            { id: "kind", label: "Whose keys" },
            () =>
              html`<select id="kind" name="kind"><option value="organization">An organization’s</option><option value="user">A user’s</option></select>`,
          )}
          ${textField({ id: "owner-id", label: "Id", hint: "Your application’s own.", error: wrong, holdsId: true })}
        </div>
        <div><button class="button primary" type="submit">Open</button></div>
      </form>
    </section>`;

  const list = () => html`
    <ul class="card trail">
      ${ownersOf(me).map(
        (owner) => html`<li>
          <p><a class="title" href=${address(owner)}>${nameOf(me, owner)}</a><span class="sub">${owner.type === "user" ? "Your own keys" : owner.id}</span></p>
          ${roleBadge(roleIn(me, owner))}
        </li>`,
      )}
    </ul>`;

  return {
    title: () => "Whose keys",
    render: () => html`
      <div class="head">
        <div>
          <h1 tabindex="-1">Whose keys?</h1>
          <p>${me.type === "root" ? "A root key reaches every organization and user." : "Choose an organization, or your own keys."}</p>
        </div>
        <div class="actions">
          ${mayCreateOrganization(me) ? html`<button class="button" type="button" @click=${() => createOrganization(context)}>Create organization</button>` : nothing}
        </div>
      </div>
      ${me.type === "root" ? typed() : list()}`,
  };
}

// Invitations: those of an organization, which can be withdrawn, and one’s own, which can be answered.
/** @import { Event, EventList, Invitation, InvitationList, Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import { userName } from "../owners.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import { actorName, roleBadge, unreadableNote } from "../ui/parts.js";
import { ago, day } from "../ui/time.js";
import { html, nothing } from "../vendor/lit.js";
import { figure, ROLES } from "../words.js";

/** How many there are beyond those that are shown. @param {InvitationList} list */
const rest = (list) =>
  list.count > list.invitations.length + list.unreadable
    ? html`<p class="aside">The first ${list.invitations.length} of ${figure(list)} invitations.</p>`
    : nothing;

/**
 * Those of an organization.
 * @param {{ list: InvitationList, context: Context, withdraw: (invitation: Invitation) => void }} parts
 */
export function pendingInvitations({ list, context: { me }, withdraw }) {
  if (list.count === 0) return nothing;
  const hasActions = list.invitations.some(({ permissions }) => permissions.includes("delete_invitation"));
  /** @param {Invitation} invitation */
  const row = (invitation) => {
    const { user, role, created_by, created_at, expires_at, permissions } = invitation;
    const button = html`<button class="button small quiet grave" type="button" @click=${() => withdraw(invitation)}>Withdraw<span class="sr-only"> the invitation for ${userName(user)}</span></button>`;
    return html`<tr>
      <th scope="row"><span class="title" title=${user}>${userName(user)}</span></th>
      <td data-label="Role">${roleBadge(role)}</td>
      <td data-label="Invited">${day(created_at)}<span class="sub cut">by ${actorName(created_by, me)}</span></td>
      <td data-label="Expires">${ago(expires_at, false)}</td>
      ${hasActions ? html`<td class="all end"><span class="actions">${permissions.includes("delete_invitation") ? button : nothing}</span></td>` : nothing}
    </tr>`;
  };
  return html`
    <section class="card" aria-labelledby="pending">
      <header><h2 id="pending">Pending invitations</h2></header>
      <table class="cards">
        <caption class="sr-only">Pending invitations</caption>
        <thead><tr><th scope="col">Person</th><th scope="col">Role</th><th scope="col">Invited</th><th scope="col">Expires</th>${hasActions ? html`<th scope="col"><span class="sr-only">Actions</span></th>` : nothing}</tr></thead>
        <tbody>${list.invitations.map(row)}</tbody>
      </table>
      ${unreadableNote(list)} ${rest(list)}
    </section>`;
}

/**
 * The last that were accepted, as the audit trail has them.
 * @param {{ list: EventList, context: Context, owner: Owner }} parts
 */
export function acceptedInvitations({ list, context: { me }, owner }) {
  if (list.events.length === 0) return nothing;
  /** @param {Event} event */
  const item = ({ actor, at, details: { role } }) =>
    html`<li><p><strong>${actorName(actor, me)}</strong> joined${role ? ` as ${ROLES[role].one}` : ""}</p>${ago(at)}</li>`;
  return html`
    <section class="card" aria-labelledby="accepted">
      <header>
        <h2 id="accepted">Accepted invitations</h2>
        ${list.count > list.events.length ? html`<a href="${address(owner, "activity")}?action=invitation.accepted">View all ${figure(list)}</a>` : nothing}
      </header>
      <ul class="trail">${list.events.map(item)}</ul>
    </section>`;
}

/** One’s own. @param {{ list: InvitationList, context: Context, reload: () => void }} parts */
export function ownInvitations({ list, context, reload }) {
  const { me, invitations, notify, go } = context;
  if (invitations.length + list.unreadable === 0) return nothing;
  /** @param {Invitation} invitation @param {boolean} accepts */
  const answer = async (invitation, accepts) => {
    const { organization, organization_name: name } = invitation;
    try {
      await context.answer(invitation, accepts);
    } catch (thrown) {
      notify(asProblem(thrown).message);
      return reload();
    }
    notify(accepts ? `You’ve joined ${name ?? organization}.` : "Declined the invitation.");
    if (accepts) go(address({ type: "organization", id: organization }));
  };
  /** @param {Invitation} invitation */
  const item = (invitation) => {
    const { organization, organization_name: name, role, created_by, expires_at, permissions } = invitation;
    const to = html`<span class="sr-only"> the invitation to ${name ?? organization}</span>`;
    return html`<li>
      <p>
        <strong>${name ?? organization}</strong>${name ? html` <span class="hint">${organization}</span>` : nothing}
        <span class="sub">As ${ROLES[role].one}, invited by ${actorName(created_by, me)}. Expires ${ago(expires_at)}.</span>
      </p>
      <span class="actions">
        ${permissions.includes("accept_invitation") ? html`<button class="button small primary" type="button" @click=${() => answer(invitation, true)}>Accept${to}</button>` : nothing}
        ${permissions.includes("delete_invitation") ? html`<button class="button small" type="button" @click=${() => answer(invitation, false)}>Decline${to}</button>` : nothing}
      </span>
    </li>`;
  };
  const isKey = me.type === "key";
  return html`
    <section class="card" aria-labelledby="invitations">
      <header><h2 id="invitations">Invitations</h2></header>
      <ul class="trail">${invitations.map(item)}</ul>
      ${isKey ? html`<p class="aside">A key can’t answer invitations. Sign in with your identity provider.</p>` : nothing}
      ${unreadableNote(list)} ${rest(list)}
    </section>`;
}

// Who belongs to an organization.
/** @import { Invitation, Member, MemberList, Operation } from "../openapi.d.ts" */
import * as api from "../api.js";
import { nameOf, userName, userOf } from "../owners.js";
import { asProblem } from "../problem.js";
import { address, lastPage, pageOf, withParameter } from "../router.js";
import * as icons from "../ui/icons.js";
import { bones, button, emptyState, head, pages, roleBadge, unreadableNote } from "../ui/parts.js";
import { day } from "../ui/time.js";
import { View } from "../ui/view.js";
import { html, initialState, nothing, Task } from "../vendor/lit.js";
import { counted } from "../words.js";
import { acceptedInvitations, pendingInvitations } from "./invitations.js";
import { addMember, changeRole, inviteMember, removeMember } from "./membership.js";

/** How many members a page shows, and how many invitations are shown. */
const LIMIT = 100;

/** How many accepted invitations are shown. */
const FEW = 5;

/** What can be done to a member here. @type {Operation[]} */
const CHANGES = ["put_member", "remove_member"];

/** @param {MemberList} list */
const hasActions = ({ members }) =>
  members.some(({ permissions }) => permissions.some((operation) => CHANGES.includes(operation)));

export class MembersView extends View {
  #list = new Task(this, {
    args: () => [this.owner, this.route.query],
    task: async ([owner, query], { signal }) => {
      const list = await api.listMembers(owner, pageOf(query, LIMIT), signal);
      this.context.learn(owner, list.permissions);
      if (list.members.length + list.unreadable > 0 || list.offset === 0) return list;
      // The page lies past the end.
      const page = lastPage(list);
      if (this.isConnected) this.context.go(withParameter(query, { page }, this.#path), { replace: true });
      return initialState;
    },
  });
  #invitations = new Task(this, {
    args: () => [this.owner, this.#may("list_invitations")],
    task: async ([owner, may], { signal }) =>
      may ? api.listInvitations(owner, { limit: LIMIT }, signal) : null,
  });
  #accepted = new Task(this, {
    args: () => [this.owner, this.#may("list_events")],
    task: async ([owner, may], { signal }) =>
      may ? api.listEvents(owner, { action: "invitation.accepted", limit: FEW }, signal) : null,
  });

  /** @override */
  get name() {
    return `Members · ${nameOf(this.context.me, this.owner)}`;
  }

  /** @override */
  reload() {
    this.#list.run();
    this.#invitations.run();
    this.#accepted.run();
  }

  get #path() {
    return address(this.owner, "members");
  }

  /** @param {Invitation} invitation */
  #withdraw = async ({ user }) => {
    try {
      await api.deleteInvitation(this.owner, user);
      this.context.notify(`Withdrew the invitation for ${userName(user)}.`);
    } catch (thrown) {
      this.context.notify(asProblem(thrown).message);
    }
    this.reload();
  };

  /** @param {string} said @param {string} user @param {boolean} [hasLeft] */
  #changed = async (said, user, hasLeft = false) => {
    const { context, owner } = this;
    context.notify(said);
    if (hasLeft) context.forget(owner);
    // What was done is done, whether or not the rest can be asked now.
    if (user === userOf(context.me)) await context.reloadMe().catch(() => {});
    if (hasLeft) context.go("/");
    else this.reload();
  };

  /** @param {Operation} operation */
  #may = (operation) => this.#list.value?.permissions.includes(operation) ?? false;

  /** @param {MemberList} list */
  #row(list, /** @type {Member} */ member) {
    const { context, owner } = this;
    const { user, role, permissions } = member;
    const isSelf = user === userOf(context.me);
    const name = userName(user);
    const mayRevoke = this.#may("revoke_keys");
    const parts = {
      context,
      owner,
      member,
      roles: list.assignable_roles,
      isSelf,
      mayRevoke,
      changed: this.#changed,
    };
    return html`<tr>
      <th scope="row"><span class="title" title=${user}>${name}${isSelf ? html` <span class="hint">(you)</span>` : nothing}</span></th>
      <td data-label="Role">${roleBadge(role)}</td>
      <td data-label="Joined">${day(member.created_at)}</td>
      ${
        hasActions(list)
          ? html`<td class="all end"><span class="actions">
        ${permissions.includes("put_member") ? html`<button class="button small quiet" type="button" aria-label="Change role of ${name}" @click=${() => changeRole(parts)}>Change role…</button>` : nothing}
        ${permissions.includes("remove_member") ? html`<button class="button small quiet grave" type="button" aria-label=${isSelf ? `Leave ${nameOf(context.me, owner)}` : `Remove ${name}`} @click=${() => removeMember(parts)}>${isSelf ? "Leave…" : "Remove…"}</button>` : nothing}
      </span></td>`
          : nothing
      }
    </tr>`;
  }

  #addButton() {
    const { context, owner } = this;
    const roles = this.#list.value?.assignable_roles ?? [];
    const parts = { context, owner, roles, changed: this.#changed };
    if (this.#may("put_member")) return button("Add member", () => addMember(parts), "primary");
    // Everybody but the operator invites: whoever is invited becomes a member by accepting.
    return this.#may("create_invitation")
      ? button("Invite member", () => inviteMember(parts), "primary")
      : nothing;
  }

  /** @param {MemberList} list */
  #loaded(list) {
    if (list.count === 0) {
      return emptyState({
        icon: icons.none,
        title: "No members yet",
        text: "Members manage the organization’s keys. Their personal keys work here, too.",
      });
    }
    return html`
      <table class="cards">
        <caption class="sr-only">Members</caption>
        <thead><tr><th scope="col">Member</th><th scope="col">Role</th><th scope="col">Joined</th>${hasActions(list) ? html`<th scope="col"><span class="sr-only">Actions</span></th>` : nothing}</tr></thead>
        <tbody>${list.members.map((member) => this.#row(list, member))}</tbody>
      </table>
      ${unreadableNote(list)}
      ${list.count > LIMIT ? pages({ ...list, noun: "members", query: this.route.query, path: this.#path }) : nothing}`;
  }

  #pending() {
    const { error, value: list } = this.#invitations;
    if (error)
      return html`<p class="notice warn" role="alert">Pending invitations couldn’t be loaded. ${asProblem(error).message} <button class="button small" type="button" @click=${() => this.#invitations.run()}>Try again</button></p>`;
    return list ? pendingInvitations({ list, context: this.context, withdraw: this.#withdraw }) : nothing;
  }

  /** Who has joined lately is worth a look, and no more: without it the page is whole. */
  #joined() {
    const list = this.#accepted.value;
    return list ? acceptedInvitations({ list, context: this.context, owner: this.owner }) : nothing;
  }

  /** @override */
  render() {
    const { context, owner } = this;
    const list = this.#list.value;
    return html`
      ${head({
        title: "Members",
        text: `People who can manage the keys of ${nameOf(context.me, owner)}.`,
        actions: this.#addButton(),
      })}
      <div class="card">${this.show(
        this.#list,
        () => bones(3),
        (list) => this.#loaded(list),
      )}</div>
      ${this.#pending()}
      ${this.#joined()}
      <p class="sr-only" role="status">${list ? counted(list, "member") : ""}</p>`;
  }
}
customElements.define("keyward-members", MembersView);

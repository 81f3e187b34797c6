// Who belongs to an organization.
/** @import { Context, Member, Owner, Route, View } from "../types.d.ts" */
/** @import { Problem } from "../problem.js" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { asProblem } from "../problem.js";
import { nameOf, rightsOver, rightsOverMember, roleIn, userOf } from "../rights.js";
import * as icons from "../ui/icons.js";
import { bones, emptyState, problemState, roleBadge } from "../ui/parts.js";
import { day } from "../ui/time.js";
import { addMember, changeRole, removeMember } from "./membership.js";
import { renameOrganization } from "./organization.js";

/** @param {Context} context @param {Route} route @returns {View} */
export function membersView(context, route) {
  const { me, update, go, notify, reloadMe } = context;
  const owner = /** @type {Owner} */ (route.owner);
  const rights = () => rightsOver(context.me, owner);
  /** @type {Member[] | null} */
  let members = null;
  /** @type {Problem | null} */
  let problem = null;
  let gone = false;

  async function load() {
    try {
      members = (await api.listMembers(owner)).members;
      problem = null;
    } catch (thrown) {
      problem = asProblem(thrown);
    }
    if (!gone) update();
  }

  /** @param {string} words @param {string} user */
  async function changed(words, user) {
    notify(words);
    if (user === userOf(me)) {
      await reloadMe();
      const hasLeft = roleIn(context.me, owner) === null;
      if (hasLeft) return go("/");
    }
    await load();
  }

  /** @param {Member} member */
  function actions(member) {
    const may = rightsOverMember(context.me, owner, member);
    const self = member.user === userOf(me);
    const parts = { context, owner, member, changed };
    return html`<span class="actions">
      ${may.change ? html`<button class="button small" type="button" @click=${() => changeRole(parts)}>Change role<span class="sr-only"> of ${member.user}</span></button>` : nothing}
      ${may.remove ? html`<button class="button small" type="button" @click=${() => removeMember({ ...parts, self })}>${self ? "Leave" : html`Remove<span class="sr-only"> ${member.user}</span>`}</button>` : nothing}
    </span>`;
  }

  /** @param {Member[]} members */
  const table = (members) => html`
    <table class="cards">
      <caption class="sr-only">Members</caption>
      <thead><tr><th scope="col">Member</th><th scope="col">Role</th><th scope="col">Since</th>${rights().changeMembers || rights().leave ? html`<th scope="col"><span class="sr-only">Actions</span></th>` : nothing}</tr></thead>
      <tbody>
        ${members.map(
          (member) => html`<tr>
            <th scope="row"><span class="title">${member.user}${member.user === userOf(me) ? html` <span class="hint">(you)</span>` : nothing}</span></th>
            <td data-label="Role">${roleBadge(member.role)}</td>
            <td data-label="Since">${day(member.created_at)}</td>
            ${rights().changeMembers || rights().leave ? html`<td class="all">${actions(member)}</td>` : nothing}
          </tr>`,
        )}
      </tbody>
    </table>`;

  const add = () => addMember({ context, owner, changed });
  const addButton = () =>
    html`<button class="button primary" type="button" @click=${add}>Add member</button>`;

  function list() {
    if (problem) return problemState(problem, load);
    if (!members) return bones(3);
    if (members.length > 0) return table(members);
    return emptyState({
      icon: icons.none,
      title: "No members yet",
      text: "Members manage the organization’s keys, and their personal keys reach it.",
      actions: rights().changeMembers ? addButton() : nothing,
    });
  }

  load();
  return {
    title: () => `Members · ${nameOf(context.me, owner)}`,
    render: () => html`
      <div class="head">
        <div>
          <h1 tabindex="-1">Members</h1>
          <p>Members manage the keys of ${nameOf(context.me, owner)}. Admins also manage members, owners everything.</p>
        </div>
        <div class="actions">
          ${rights().renameOrganization ? html`<button class="button" type="button" @click=${() => renameOrganization({ context, owner })}>Rename organization</button>` : nothing}
          ${rights().changeMembers && members && members.length > 0 ? addButton() : nothing}
        </div>
      </div>
      <div class="card">${list()}</div>
      <p class="sr-only" role="status">${members ? `${members.length} members` : ""}</p>`,
    refresh: load,
    dispose() {
      gone = true;
    },
  };
}

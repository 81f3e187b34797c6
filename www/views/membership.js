// The dialogs that add and remove members and change their roles.
/** @import { Member, Owner, RevokedKeys, Role } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { settled, soon } from "../bound.js";
import { nameOf, userName } from "../owners.js";
import { missing } from "../problem.js";
import { address, withParameter } from "../router.js";
import { typedUser } from "../typed.js";
import { openForm } from "../ui/dialog.js";
import { choice, textField } from "../ui/form.js";
import { html } from "../vendor/lit.js";
import { ROLES } from "../words.js";

/**
 * @typedef {object} Parts
 * @property {Context} context
 * @property {Owner} owner
 * @property {Role[]} roles those that may be given
 * @property {(said: string, user: string, hasLeft?: boolean) => Promise<void>} changed
 */
/** @typedef {Parts & { member: Member, isSelf: boolean, mayRevoke?: boolean }} MemberParts */

/** @param {Role[]} roles @param {Role} chosen */
const roleField = (roles, chosen) => html`
  <fieldset class="field">
    <legend>Role</legend>
    ${Object.entries(ROLES)
      .filter(([role]) => roles.some((given) => given === role))
      .map(([role, { name, can }]) =>
        choice({
          type: "radio",
          name: "role",
          value: role,
          label: name,
          hint: can,
          checked: role === chosen,
        }),
      )}
  </fieldset>`;

/** @param {FormData} fields */
const roleFrom = (fields) => /** @type {Role} */ (fields.get("role"));

/** @param {Parts} parts */
export const addMember = (parts) =>
  newMember(parts, {
    heading: `Add a member to ${nameOf(parts.context.me, parts.owner)}`,
    label: "Add member",
    busy: "Adding…",
    send: (user, role) => putNew(parts.owner, user, role),
    said: (user) => `Added ${user}.`,
  });

/** The server takes a new role for somebody who is a member already; whoever adds one doesn’t mean that. @param {Owner} owner @param {string} user @param {Role} role */
async function putNew(owner, user, role) {
  const member = await api.getMember(owner, user).catch((problem) => {
    if (problem.code !== "member.not_found") throw problem;
  });
  if (member)
    throw missing(
      "/user",
      `${userName(user)} is already ${ROLES[member.role].one}. You can change their role in the list.`,
    );
  return api.putMember(owner, user, role);
}

/** @param {Parts} parts */
export const inviteMember = (parts) =>
  newMember(parts, {
    heading: `Invite a member to ${nameOf(parts.context.me, parts.owner)}`,
    label: "Invite member",
    busy: "Inviting…",
    send: (user, role) => api.createInvitation(parts.owner, { user, role }),
    said: (user) => `Invited ${user}. They become a member when they accept.`,
  });

/**
 * @param {Parts} parts
 * @param {{ heading: string, label: string, busy: string, send: (user: string, role: Role) => Promise<unknown>, said: (user: string) => string }} way
 */
function newMember({ roles, changed }, { heading, label, busy, send, said }) {
  const dialog = openForm(
    (form) => ({
      heading,
      pointers: ["/user"],
      label,
      busy,
      content: html`
        ${textField({
          id: "user",
          label: "User ID",
          hint: "The person’s ID as your application or identity provider has it.",
          error: form.at("/user"),
          focus: true,
          required: true,
          holdsId: true,
        })}
        ${roleField(roles, "member")}`,
    }),
    async (fields) => {
      const user = typedUser(fields, "user");
      if (!user) throw missing("/user", "Enter a user ID.");
      await send(user, roleFrom(fields));
      dialog.close();
      await changed(said(userName(user)), user);
    },
  );
}

/** @param {MemberParts} parts */
export function changeRole({ owner, member: { user, role }, roles, changed }) {
  const dialog = openForm(
    () => ({
      heading: `Change the role of ${userName(user)}`,
      label: "Change role",
      busy: "Changing…",
      content: roleField(roles, role),
    }),
    async (fields) => {
      const next = roleFrom(fields);
      const { effective } = await api.putMember(owner, user, next);
      dialog.close();
      const by = effective ? ` ${settled(owner, effective, "is told so")}` : "";
      await changed(`${userName(user)} is now ${ROLES[next].one}.${by}`, user);
    },
  );
}

/** How many of the keys are named before they are revoked. */
const NAMED = 5;

/**
 * Asks before a member goes. What they have made for the organization stays, unless it is to be revoked as well.
 * @param {MemberParts} parts
 */
export function removeMember({ context, owner, member: { user }, isSelf, mayRevoke, changed }) {
  const name = nameOf(context.me, owner);
  const who = userName(user);
  const made = { created_by: `user:${user}` };
  /** What they have made and works still; null as long as it isn’t known. @type {RevokedKeys | null} */
  let keys = null;
  let isRemoved = false;
  /** By when their personal keys are refused here. */
  let by = "";
  const dialog = openForm(
    () =>
      isRemoved
        ? {
            heading: `Revoke the keys that ${who} made?`,
            label: "Revoke keys",
            busy: "Revoking…",
            kind: "danger",
            content: html`<p>${who} is no longer a member, but their keys weren’t revoked and still work.</p>`,
          }
        : {
            heading: isSelf ? `Leave ${name}?` : `Remove ${who} from ${name}?`,
            label: isSelf ? "Leave organization" : "Remove member",
            busy: isSelf ? "Leaving…" : "Removing…",
            kind: "danger",
            content: html`${ending()} ${staying()}`,
          },
    async (fields) => {
      if (!isRemoved) {
        const { effective } = await api.removeMember(owner, user);
        const whose = isSelf ? "your" : "their";
        by = ` ${settled(owner, effective, `refuses ${whose} personal keys here`)}`;
      }
      let revoked = 0;
      if (isRemoved || fields.has("revoke")) {
        isRemoved = true;
        revoked = await revokeAll();
      }
      dialog.close();
      const also = revoked > 0 ? ` Revoked ${counted(revoked)}.` : "";
      await changed(isSelf ? `You left ${name}.${by}` : `Removed ${who}.${by}${also}`, user, isSelf);
    },
    // A list that still shows somebody who is gone would be wrong.
    () => isRemoved && changed(`Removed ${who}.${by}`, user),
  );
  if (!isSelf && mayRevoke)
    api.revokeKeys(owner, { ...made, dry_run: true }).then(
      (found) => {
        keys = found;
        dialog.update();
      },
      () => {}, // Then it isn’t offered.
    );

  /** What ends. */
  function ending() {
    return html`
      <p>
        ${isSelf ? "You lose" : `${who} loses`} access to ${name} right away. ${isSelf ? "Your" : "Their"} personal keys stop working here, too.
        ${soon(owner)}
      </p>`;
  }

  /** What doesn’t. */
  function staying() {
    const look = html`<a href=${withParameter(new URLSearchParams(made), {}, address(owner))} @click=${() => dialog.close()}>View keys ${isSelf ? "you" : who} created</a>`;
    const stays = html`<p>Keys of ${name} that ${isSelf ? "you" : who} created keep working. ${look}</p>`;
    if (!keys || keys.count === 0) return stays;
    const named = keys.keys.slice(0, NAMED).map(({ title }) => `“${title}”`);
    const more = keys.count - named.length;
    if (more > 0 || keys.has_more) named.push(`${more}${keys.has_more ? " or more" : ""} others`);
    return html`
      ${stays}
      ${choice({
        type: "checkbox",
        name: "revoke",
        value: "keys",
        label: `Also revoke ${keys.has_more ? "all" : counted(keys.count)} that ${who} made`,
        hint: `${new Intl.ListFormat("en").format(named)}. This can’t be undone.`,
        checked: false,
      })}`;
  }

  async function revokeAll() {
    let count = 0;
    for (let more = true; more; ) {
      const done = await api.revokeKeys(owner, made);
      count += done.count;
      more = done.has_more && done.count > 0;
    }
    return count;
  }
}

/** @param {number} count */
const counted = (count) => (count === 1 ? "1 key" : `${count} keys`);

// The dialogs that add and remove members and change their roles.
/** @import { Member, Owner, Role } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { nameOf, userId, userName } from "../owners.js";
import { typedId } from "../pasted.js";
import { missing } from "../problem.js";
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
/** @typedef {Parts & { member: Member, isSelf: boolean }} MemberParts */

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
    send: (user, role) => api.putMember(parts.owner, user, role),
    said: (user) => `Added ${user}.`,
  });

/** @param {Parts} parts */
export const inviteMember = (parts) =>
  newMember(parts, {
    heading: `Invite a member to ${nameOf(parts.context.me, parts.owner)}`,
    label: "Invite",
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
      const typed = typedId(fields, "user");
      if (!typed) throw missing("/user", "Enter a user ID.");
      if (/\s/.test(typed)) throw missing("/user", "An ID has no spaces.");
      const user = userId(typed);
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
      label: "Save",
      busy: "Saving…",
      content: roleField(roles, role),
    }),
    async (fields) => {
      const next = roleFrom(fields);
      await api.putMember(owner, user, next);
      dialog.close();
      await changed(`${userName(user)} is now ${ROLES[next].one}.`, user);
    },
  );
}

/** @param {MemberParts} parts */
export function removeMember({ context, owner, member: { user }, isSelf, changed }) {
  const name = nameOf(context.me, owner);
  const dialog = openForm(
    () => ({
      heading: isSelf ? `Leave ${name}?` : `Remove ${userName(user)} from ${name}?`,
      label: isSelf ? "Leave" : "Remove",
      busy: isSelf ? "Leaving…" : "Removing…",
      kind: "danger",
      content: html`<p>
        ${isSelf ? "Your" : "Their"} personal keys will lose access to the organization: immediately for strong verification, and within
        about a minute for fast verification. The organization’s own keys aren’t affected.
      </p>`,
    }),
    async () => {
      await api.removeMember(owner, user);
      dialog.close();
      await changed(isSelf ? `You left ${name}.` : `Removed ${userName(user)}.`, user, isSelf);
    },
  );
}

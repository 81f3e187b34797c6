// Adding and removing members, and changing their roles.
/** @import { Context, Member, Owner, Role } from "../types.d.ts" */
import * as api from "../api.js";
import { html } from "../html.js";
import { missing } from "../problem.js";
import { nameOf, ROLES, rightsOver } from "../rights.js";
import { openForm } from "../ui/dialog.js";
import { choice, textField } from "../ui/form.js";

/** @typedef {(words: string, user: string) => Promise<void>} Changed */

/** @param {Context} context @param {Owner} owner @param {Role} role */
const roleField = ({ me }, owner, role) => html`
  <fieldset class="field">
    <legend>Role</legend>
    ${Object.entries(ROLES)
      .filter(([value]) => value !== "owner" || rightsOver(me, owner).changeOwners)
      .map(([value, [label, hint]]) =>
        choice({ type: "radio", name: "role", value, label, hint, checked: value === role }),
      )}
  </fieldset>`;

/** @param {FormData} fields */
const roleFrom = (fields) => /** @type {Role} */ (fields.get("role"));

/** @param {{ context: Context, owner: Owner, changed: Changed }} parts */
export function addMember({ context, owner, changed }) {
  const dialog = openForm(
    (form) => ({
      heading: `Add a member to ${nameOf(context.me, owner)}`,
      pointers: ["/user"],
      label: "Add member",
      busy: "Adding…",
      content: html`
        ${textField({
          id: "user",
          label: "User",
          hint: "The id of the person in your application or identity provider.",
          error: form.at("/user"),
          focus: true,
          required: true,
          holdsId: true,
        })}
        ${roleField(context, owner, "member")}`,
    }),
    async (fields) => {
      const user = String(fields.get("user")).trim();
      if (!user) throw missing("/user", "Say who.");
      await api.putMember(owner, user, roleFrom(fields));
      dialog.close();
      await changed(`${user} is a member.`, user);
    },
  );
}

/** @param {{ context: Context, owner: Owner, member: Member, changed: Changed }} parts */
export function changeRole({ context, owner, member, changed }) {
  const dialog = openForm(
    () => ({
      heading: `Change the role of ${member.user}`,
      label: "Save",
      busy: "Saving…",
      content: roleField(context, owner, member.role),
    }),
    async (fields) => {
      await api.putMember(owner, member.user, roleFrom(fields));
      dialog.close();
      await changed("The role is changed.", member.user);
    },
  );
}

/** @param {{ context: Context, owner: Owner, member: Member, self: boolean, changed: Changed }} parts */
export function removeMember({ context, owner, member, self, changed }) {
  const name = nameOf(context.me, owner);
  const dialog = openForm(
    () => ({
      heading: self ? `Leave ${name}?` : `Remove ${member.user} from ${name}?`,
      label: self ? "Leave" : "Remove",
      busy: self ? "Leaving…" : "Removing…",
      kind: "danger",
      content: html`<p>
        ${self ? "Your" : "Their"} personal keys no longer reach the organization: on strong checks at once, on others within about a
        minute. The organization’s own keys stay as they are.
      </p>`,
    }),
    async () => {
      await api.removeMember(owner, member.user);
      dialog.close();
      await changed(self ? `You have left ${name}.` : `${member.user} is removed.`, member.user);
    },
  );
}

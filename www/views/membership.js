// Adding and removing members, and changing their roles.
/** @import { Context, Member, Owner, Role } from "../types.d.ts" */
import * as api from "../api.js";
import { html } from "../html.js";
import { nameOf, ROLES, rightsOver } from "../rights.js";
import { openDialog } from "../ui/dialog.js";
import {
  cancelButton,
  choice,
  field,
  onSubmit,
  problemNotice,
  submission,
  submitButton,
} from "../ui/form.js";

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
  let wrong = "";
  const form = submission(() => dialog.update());
  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Add a member to ${nameOf(context.me, owner)}</h2>
        ${problemNotice(form.problem, ["/user"])}
        <div class="stack">
          ${field(
            {
              id: "user",
              label: "User",
              hint: "The id of the person in your application or identity provider.",
              error: wrong || form.at("/user"),
            },
            ({ describedby, invalid }) => html`<input
              id="user" name="user" required autofocus autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="64"
              aria-describedby=${describedby} aria-invalid=${invalid}
            />`,
          )}
          ${roleField(context, owner, "member")}
        </div>
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Add member", busy: "Adding…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** @param {FormData} fields */
  function send(fields) {
    const user = String(fields.get("user")).trim();
    wrong = user ? "" : "Say who.";
    if (wrong) return dialog.update();
    form.run(async () => {
      await api.putMember(owner, user, roleFrom(fields));
      dialog.close();
      await changed(`${user} is a member.`, user);
    });
  }
}

/** @param {{ context: Context, owner: Owner, member: Member, changed: Changed }} parts */
export function changeRole({ context, owner, member, changed }) {
  const form = submission(() => dialog.update());
  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Change the role of ${member.user}</h2>
        ${problemNotice(form.problem)} ${roleField(context, owner, member.role)}
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Save", busy: "Saving…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** @param {FormData} fields */
  function send(fields) {
    form.run(async () => {
      await api.putMember(owner, member.user, roleFrom(fields));
      dialog.close();
      await changed("The role is changed.", member.user);
    });
  }
}

/** @param {{ context: Context, owner: Owner, member: Member, self: boolean, changed: Changed }} parts */
export function removeMember({ context, owner, member, self, changed }) {
  const name = nameOf(context.me, owner);
  const form = submission(() => dialog.update());
  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">${self ? `Leave ${name}?` : `Remove ${member.user} from ${name}?`}</h2>
        ${problemNotice(form.problem)}
        <p>
          ${self ? "Your" : "Their"} personal keys no longer reach the organization: on strong checks at once, on others within about a
          minute. The organization’s own keys stay as they are.
        </p>
        <div class="actions">
          ${cancelButton(close)}
          ${submitButton({ label: self ? "Leave" : "Remove", busy: self ? "Leaving…" : "Removing…", pending: form.pending, kind: "danger" })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  function send() {
    form.run(async () => {
      await api.removeMember(owner, member.user);
      dialog.close();
      await changed(self ? `You have left ${name}.` : `${member.user} is removed.`, member.user);
    });
  }
}

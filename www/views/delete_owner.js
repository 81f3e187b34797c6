// The dialog that deletes an organization or a user, with all that belongs to them. It takes typing the id.
/** @import { Owner } from "../openapi.d.ts" */
import * as api from "../api.js";
import { soon } from "../bound.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";
import { html } from "../vendor/lit.js";
import { counted } from "../words.js";

const LIST = new Intl.ListFormat("en");

/** @param {{ owner: Owner, name: string, deleted: () => void }} parts */
export function deleteOwner({ owner, name, deleted }) {
  const isUser = owner.type === "user";
  const gone = new AbortController();
  let typed = "";
  /** What goes along. */
  let along = isUser ? "their keys, sessions, and memberships" : "its keys, members, and invitations";
  const confirmed = () => typed.trim() === owner.id;

  const dialog = openForm(
    () => ({
      heading: `Delete ${name}?`,
      label: isUser ? "Delete user" : "Delete organization",
      busy: "Deleting…",
      kind: "danger",
      disabled: !confirmed(),
      content: html`
        <p>
          This deletes ${isUser ? "the user" : "the organization"} with ${along}. Keys stop working.
          ${soon(owner)}
        </p>
        <p>The ID can’t be used again, and only the operator can still see the activity. <strong>This can’t be undone.</strong></p>
        ${textField({
          id: "confirm",
          label: `Type the ${isUser ? "user" : "organization"}’s ID to confirm`,
          hint: html`<span class="mono">${owner.id}</span>`,
          focus: true,
          holdsId: true,
          typed: (text) => {
            typed = text;
            dialog.update();
          },
        })}`,
    }),
    async () => {
      if (!confirmed()) return;
      await api.deleteOwner(owner);
      gone.abort();
      dialog.close();
      deleted();
    },
  );

  const one = { limit: 1 };
  const keys = api.listKeys(owner, one, gone.signal).then((list) => counted(list, "key"));
  const others = isUser
    ? api.listUserOrganizations(owner).then((list) => [counted(list, "membership"), "all sessions"])
    : api.listMembers(owner, one, gone.signal).then((list) => [counted(list, "member"), "all invitations"]);
  Promise.all([keys, others]).then(
    ([first, more]) => {
      along = LIST.format([first, ...more]);
      dialog.update();
    },
    () => {}, // Then the words stay as they are.
  );
}

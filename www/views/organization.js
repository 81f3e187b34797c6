// The dialog that renames an organization.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { nameOf } from "../owners.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";

/** @param {{ context: Context, owner: Owner }} parts */
export function renameOrganization({ context: { me, notify, reloadMe }, owner }) {
  const dialog = openForm(
    (form) => ({
      heading: "Rename organization",
      pointers: ["/name"],
      label: "Save",
      busy: "Saving…",
      content: textField({
        id: "name",
        label: "Name",
        error: form.at("/name"),
        value: nameOf(me, owner),
        focus: true,
      }),
    }),
    async (fields) => {
      await api.updateOrganization(owner, { name: String(fields.get("name")) });
      dialog.close();
      await reloadMe();
      notify("Organization renamed.");
    },
  );
}

// Creating and renaming an organization.
/** @import { Context, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { missing } from "../problem.js";
import { nameOf } from "../rights.js";
import { address } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";

/** @param {Context} context */
export function createOrganization({ me, go, notify, reloadMe }) {
  const dialog = openForm(
    (form) => ({
      heading: "Create an organization",
      pointers: ["/name", "/id", "/owner"],
      label: "Create organization",
      busy: "Creating…",
      content: html`
        ${textField({ id: "name", label: "Name", error: form.at("/name"), focus: true })}
        ${textField({
          id: "id",
          label: "Id",
          hint: "Your application’s own id for it: letters, digits, _ and -. It cannot be changed.",
          error: form.problem?.code === "organization.id_taken" ? form.problem.title : form.at("/id"),
          holdsId: true,
        })}
        ${me.type === "root" ? textField({ id: "owner", label: "First owner", hint: "Optional: a user’s id.", error: form.at("/owner"), holdsId: true }) : nothing}`,
    }),
    async (fields) => {
      const id = String(fields.get("id")).trim();
      if (!id) throw missing("/id", "Choose an id.");
      const owner = String(fields.get("owner") ?? "").trim();
      await api.putOrganization(id, { name: fields.get("name"), ...(owner ? { owner } : {}) });
      dialog.close();
      await reloadMe();
      notify("The organization is created.");
      go(address({ type: "organization", id }));
    },
  );
}

/** @param {{ context: Context, owner: Owner }} parts */
export function renameOrganization({ context: { me, notify, reloadMe }, owner }) {
  const dialog = openForm(
    (form) => ({
      heading: "Rename the organization",
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
      await api.putOrganization(owner.id, { name: fields.get("name") });
      dialog.close();
      await reloadMe();
      notify("Renamed.");
    },
  );
}

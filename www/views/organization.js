// The dialog that creates an organization.
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { userId } from "../owners.js";
import { typedId } from "../pasted.js";
import { missing } from "../problem.js";
import { address } from "../router.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";
import { html, nothing } from "../vendor/lit.js";

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
          label: "ID",
          hint: "The ID your application uses: letters, digits, _ and -. It can’t be changed later.",
          error: form.at("/id"),
          holdsId: true,
        })}
        ${
          me.type === "root"
            ? textField({
                id: "owner",
                label: "First owner",
                hint: "Optional. A user ID, as your application or identity provider has it.",
                error: form.at("/owner"),
                holdsId: true,
              })
            : nothing
        }`,
    }),
    async (fields) => {
      const id = typedId(fields, "id");
      if (!id) throw missing("/id", "Enter an ID.");
      const owner = typedId(fields, "owner");
      const name = String(fields.get("name"));
      await api.createOrganization({ id, name, ...(owner ? { owner: userId(owner) } : {}) });
      dialog.close();
      await reloadMe();
      notify(`Created ${name}.`);
      go(address({ type: "organization", id }));
    },
  );
}

// The dialog that creates an organization.
/** @import { Context } from "../types.d.ts" */
import * as api from "../api.js";
import { missing, Problem } from "../problem.js";
import { address } from "../router.js";
import { ID_MAX, suggestedId } from "../suggested_id.js";
import { typedId, typedUser } from "../typed.js";
import { openForm } from "../ui/dialog.js";
import { textField } from "../ui/form.js";
import { requireAll, TITLE_MAX, textProblem, wrong } from "../ui/rules.js";
import { html, nothing } from "../vendor/lit.js";

/** @param {string} name @param {string} id */
function checked(name, id) {
  requireAll([wrong("/name", textProblem(name, TITLE_MAX, "Enter a name.")), wrong("/id", idProblem(id))]);
}

/** @param {string} id */
function idProblem(id) {
  if (!id) return "Enter an ID.";
  if (!/^[\w-]+$/.test(id)) return "Use only letters, digits, hyphens, and underscores.";
  return id.length > ID_MAX ? `Use at most ${ID_MAX} characters.` : null;
}

/** @param {import("../openapi.d.ts").CreateOrganizationRequest} organization */
async function create(organization) {
  try {
    await api.createOrganization(organization);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "organization.exists")
      throw missing(
        "/id",
        "This ID is taken, or was the ID of an organization that has been deleted. Choose another one.",
      );
    throw thrown;
  }
}

/** @param {Context} context */
export function createOrganization({ me, go, notify, reloadMe }) {
  let id = "";
  /** Whether the id is the person’s own, so that it no longer follows the name. */
  let isOwn = false;
  const dialog = openForm(
    (form) => ({
      heading: "Create organization",
      pointers: ["/name", "/id", "/owner"],
      label: "Create organization",
      busy: "Creating…",
      content: html`
        ${textField({
          id: "name",
          label: "Name",
          error: form.at("/name"),
          focus: true,
          required: true,
          typed: (name) => {
            if (isOwn) return;
            id = suggestedId(name);
            dialog.update();
          },
        })}
        ${textField({
          id: "id",
          label: "ID",
          hint: "Used in addresses and by your application. It can’t be changed later.",
          error: form.at("/id"),
          value: id,
          required: true,
          holdsId: true,
          typed: (typed) => {
            id = typed;
            isOwn = typed !== "";
          },
        })}
        ${
          me.type === "root"
            ? textField({
                id: "owner",
                label: "First owner (optional)",
                hint: "The user ID of the person who will manage the organization, as your application or identity provider has it. You can add members later.",
                error: form.at("/owner"),
                holdsId: true,
              })
            : nothing
        }`,
    }),
    async (fields) => {
      const name = String(fields.get("name")).trim();
      const id = typedId(fields, "id");
      checked(name, id);
      const owner = typedUser(fields, "owner");
      await create({ id, name, ...(owner ? { owner } : {}) });
      dialog.close();
      await reloadMe();
      notify(`Created ${name}.`);
      go(address({ type: "organization", id }));
    },
  );
}

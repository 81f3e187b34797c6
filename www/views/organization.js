// Creating and renaming an organization.
/** @import { Context, Owner } from "../types.d.ts" */
import * as api from "../api.js";
import { html, nothing } from "../html.js";
import { nameOf } from "../rights.js";
import { address } from "../router.js";
import { openDialog } from "../ui/dialog.js";
import { cancelButton, field, onSubmit, problemNotice, submission, submitButton } from "../ui/form.js";

/** @param {{ id: string, label: string, hint?: string, error: string | null, value?: string, focus?: boolean }} parts */
const line = ({ focus = false, value = "", ...words }) =>
  field(
    words,
    ({ describedby, invalid }) => html`<input
      id=${words.id} name=${words.id} autocomplete="off" spellcheck="false" ?autofocus=${focus} .value=${value}
      aria-describedby=${describedby} aria-invalid=${invalid}
    />`,
  );

/** @param {Context} context */
export function createOrganization({ me, go, notify, reloadMe }) {
  let wrong = "";
  const form = submission(() => dialog.update());
  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Create an organization</h2>
        ${problemNotice(form.problem, ["/name", "/owner"])}
        <div class="stack">
          ${line({ id: "name", label: "Name", error: form.at("/name"), focus: true })}
          ${line({
            id: "id",
            label: "Id",
            hint: "Your application’s own id for it: letters, digits, _ and -. It cannot be changed.",
            error: wrong || (form.problem?.code === "organization.id_taken" ? form.problem.title : null),
          })}
          ${me.type === "root" ? line({ id: "owner", label: "First owner", hint: "Optional: a user’s id.", error: form.at("/owner") }) : nothing}
        </div>
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Create organization", busy: "Creating…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** @param {FormData} fields */
  function send(fields) {
    const id = String(fields.get("id")).trim();
    wrong = id ? "" : "Choose an id.";
    if (wrong) return dialog.update();
    const owner = String(fields.get("owner") ?? "").trim();
    form.run(async () => {
      await api.putOrganization(id, { name: fields.get("name"), ...(owner ? { owner } : {}) });
      dialog.close();
      await reloadMe();
      notify("The organization is created.");
      go(address({ type: "organization", id }));
    });
  }
}

/** @param {{ context: Context, owner: Owner }} parts */
export function renameOrganization({ context: { me, notify, reloadMe }, owner }) {
  const form = submission(() => dialog.update());
  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(send)} novalidate>
        <h2 id="dialog-title">Rename the organization</h2>
        ${problemNotice(form.problem, ["/name"])}
        ${line({ id: "name", label: "Name", error: form.at("/name"), value: nameOf(me, owner), focus: true })}
        <div class="actions">
          ${cancelButton(close)} ${submitButton({ label: "Save", busy: "Saving…", pending: form.pending })}
        </div>
      </form>`,
    { mayClose: () => !form.pending },
  );

  /** @param {FormData} fields */
  function send(fields) {
    form.run(async () => {
      await api.putOrganization(owner.id, { name: fields.get("name") });
      dialog.close();
      await reloadMe();
      notify("Renamed.");
    });
  }
}

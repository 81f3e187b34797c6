// The dialog that downloads everything that an organization has, as one file. Its pages are put together in the browser.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Problem } from "../problem.js" */
/** @import { Amount } from "../types.d.ts" */
import * as api from "../api.js";
import * as moving from "../moving.js";
import { asProblem } from "../problem.js";
import { openDialog } from "../ui/dialog.js";
import { onSubmit, problemNotice } from "../ui/form.js";
import { fileName, save } from "../ui/save.js";
import { html, nothing } from "../vendor/lit.js";
import { counted } from "../words.js";

/** Whether a line is a key: an export has others too. @param {string} line */
const isKey = (line) => (JSON.parse(line).kind ?? "key") === "key";

/** @param {number} count @returns {Amount} */
const exactly = (count) => ({ count, count_is: "exact" });

/** @param {{ owner: Owner, name: string, notify: (text: string) => void }} parts */
export function exportOrganization({ owner, name, notify }) {
  const gone = new AbortController();
  let isRunning = false;
  let done = 0;
  /** How many keys there are, as far as it is known. @type {Amount | null} */
  let total = null;
  /** @type {Problem | null} */
  let problem = null;

  async function run() {
    if (isRunning) return;
    [isRunning, done, problem] = [true, 0, null];
    dialog.update();
    try {
      /** @type {string[]} */
      const pages = [];
      /** @type {string | null} */
      let after = null;
      do {
        /** @type {{ text: string, after: string | null }} */
        const page = await moving.exportOrganization(owner, { after }, gone.signal);
        pages.push(page.text);
        done += page.text.split("\n").filter((line) => line.trim() && isKey(line)).length;
        after = page.after;
        dialog.update();
      } while (after !== null);
      save(fileName("export", owner, "ndjson"), "application/x-ndjson", pages);
      dialog.close();
      notify(`Exported ${counted(exactly(done), "key")}. Keep the file like a backup.`);
    } catch (thrown) {
      if (gone.signal.aborted) return;
      problem = asProblem(thrown);
    } finally {
      isRunning = false;
      dialog.update();
    }
  }

  const says = () =>
    total ? `${counted(exactly(done), "key")} of ${counted(total, "key")}` : counted(exactly(done), "key");

  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(run)} novalidate>
        <h2 id="dialog-title" tabindex="-1" autofocus>Export ${name}</h2>
        ${problemNotice(problem)}
        <p>You get one file with every key, member, and entry of the activity, as NDJSON. The operator can import it into another deployment, where every key then works as before.</p>
        <p class="notice warn">The file doesn’t hold the keys themselves, but a digest of each, and who has them. Keep it like a backup: where only people can read it who may see all of this.</p>
        ${
          isRunning
            ? html`<div class="stack">
                <label for="exported">${says()}</label>
                <progress id="exported" max=${Math.max(1, total?.count ?? 1, done)} .value=${done}></progress>
              </div>`
            : nothing
        }
        <div class="actions">
          <button class="button" type="button" @click=${close}>Cancel</button>
          <button class="button primary" type="submit" aria-disabled=${isRunning ? "true" : nothing}>${isRunning ? "Exporting…" : "Export"}</button>
        </div>
      </form>`,
    { closed: () => gone.abort(), isForm: true },
  );
  api.countKeys(owner, {}, gone.signal).then(
    (amount) => {
      total = amount;
      dialog.update();
    },
    () => {}, // Then it says only how many there are so far.
  );
}

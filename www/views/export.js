// The dialog that exports the activity that is shown, all pages of it, as a file. The pages are put together in the browser.
/** @import { Event, Owner } from "../openapi.d.ts" */
/** @import { Problem } from "../problem.js" */
/** @import { Amount } from "../types.d.ts" */
import * as api from "../api.js";
import { csv } from "../csv.js";
import { asProblem } from "../problem.js";
import { openDialog } from "../ui/dialog.js";
import { choice, onSubmit, problemNotice } from "../ui/form.js";
import { fileName, save } from "../ui/save.js";
import { html, nothing } from "../vendor/lit.js";
import { counted, figure } from "../words.js";

/** As much as the API gives at once. */
const LIMIT = 100;
const COLUMNS = [
  "id",
  "at",
  "action",
  "actor_type",
  "actor_id",
  "actor_key",
  "key_id",
  "key_title",
  "key_redacted",
  "details",
  "request_id",
  "address",
  "user_agent",
];

/** @param {Event} event */
const row = ({ id, at, action, actor, key, details, request_id, address, user_agent }) => [
  id,
  at,
  action,
  actor.type,
  actor.id,
  actor.key,
  key?.id,
  key?.title,
  key?.redacted,
  JSON.stringify(details),
  request_id,
  address,
  user_agent,
];

/** @type {Record<string, { name: string, hint: string, type: string, write: (events: Event[]) => string }>} */
const FORMATS = {
  csv: {
    name: "CSV",
    hint: "For spreadsheets.",
    type: "text/csv",
    write: (events) => csv([COLUMNS, ...events.map(row)]),
  },
  ndjson: {
    name: "NDJSON",
    hint: "For programs: one event as JSON per line.",
    type: "application/x-ndjson",
    write: (events) => events.map((event) => `${JSON.stringify(event)}\n`).join(""),
  },
};

/** @param {number} count @returns {Amount} */
const exactly = (count) => ({ count, count_is: "exact" });

/**
 * Every event that the filters let through.
 * @param {Owner} owner @param {Record<string, string | null>} filters @param {AbortSignal} signal
 * @param {(done: number, of: Amount) => void} progress
 */
async function all(owner, filters, signal, progress) {
  /** @type {Event[]} */
  const events = [];
  let unreadable = 0;
  /** @type {string | null} */
  let after = null;
  do {
    /** @type {import("../openapi.d.ts").EventList} */
    const page = await api.listEvents(owner, { ...filters, limit: LIMIT, after }, signal, true);
    events.push(...page.events);
    unreadable += page.unreadable;
    after = page.after;
    const { count, count_is } = page;
    progress(events.length, { count: Math.max(count, events.length), count_is });
  } while (after !== null);
  return { events, unreadable };
}

/** @param {{ owner: Owner, filters: Record<string, string | null>, amount: Amount, notify: (text: string) => void }} parts */
export function exportActivity({ owner, filters, amount, notify }) {
  const gone = new AbortController();
  const isFiltered = Object.values(filters).some(Boolean);
  let isRunning = false;
  let done = 0;
  let total = amount;
  /** @type {Problem | null} */
  let problem = null;

  /** @param {FormData} fields */
  async function run(fields) {
    if (isRunning) return;
    const chosen = String(fields.get("format"));
    const format = FORMATS[chosen];
    if (!format) return;
    [isRunning, done, problem] = [true, 0, null];
    dialog.update();
    try {
      const { events, unreadable } = await all(owner, filters, gone.signal, (now, of) => {
        [done, total] = [now, of];
        dialog.update();
      });
      save(fileName("activity", owner, chosen), format.type, [format.write(events)]);
      dialog.close();
      const rest = unreadable > 0 ? ` ${counted(exactly(unreadable), "event")} couldn’t be read.` : "";
      notify(`Exported ${counted(exactly(events.length), "event")}.${rest}`);
    } catch (thrown) {
      if (gone.signal.aborted) return;
      problem = asProblem(thrown);
    } finally {
      isRunning = false;
      dialog.update();
    }
  }

  const dialog = openDialog(
    ({ close }) => html`
      <form @submit=${onSubmit(run)} novalidate>
        <div>
          <h2 id="dialog-title">Export activity</h2>
          <p class="hint">${counted(total, "event")}${isFiltered ? ", as filtered" : ""}</p>
        </div>
        ${problemNotice(problem)}
        <fieldset class="field" ?disabled=${isRunning}>
          <legend>Format</legend>
          ${Object.entries(FORMATS).map(([value, { name, hint }]) =>
            choice({ type: "radio", name: "format", value, label: name, hint, checked: value === "csv" }),
          )}
        </fieldset>
        ${
          isRunning
            ? html`<div class="stack">
                <label for="exported">${figure(exactly(done))} of ${counted(total, "event")}</label>
                <progress id="exported" max=${total.count} .value=${done}></progress>
              </div>`
            : nothing
        }
        <div class="actions">
          <button class="button" type="button" @click=${close}>Cancel</button>
          <button class="button primary" type="submit" aria-disabled=${isRunning ? "true" : nothing}>${isRunning ? "Exporting…" : "Export"}</button>
        </div>
      </form>`,
    { closed: () => gone.abort() },
  );
}

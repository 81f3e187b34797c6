// The dialog that imports keys from a file: it is checked first, by a dry run, and what is wrong with it is told before
// anything is imported. No hash, salt or pepper of the file is ever shown.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { Problem } from "../problem.js" */
import { ImportRun } from "../import_run.js";
import { asProblem } from "../problem.js";
import { address } from "../router.js";
import { openDialog } from "../ui/dialog.js";
import "../ui/page_styles.js";
import { field, onSubmit, problemNotice } from "../ui/form.js";
import { html, nothing } from "../vendor/lit.js";
import { failures, number, tally } from "./import_report.js";

const EXAMPLE = `{"title": "Nightly job",
 "redacted": "acme_1f***9c",
 "hash": {"algorithm": "sha256",
          "encoding": "hex",
          "value": "9f86d081884c7d65…"}}`;

/** @param {{ owner: Owner, name: string, isOperator: boolean, notify: (text: string) => void, changed: () => void }} parts the operator may import an export; `changed` is called at the end, if anything was imported */
export function importKeys({ owner, name, isOperator, notify, changed }) {
  const gone = new AbortController();
  /** @type {File | null} */
  let file = null;
  /** What an import would do, as far as it is known. @type {ImportRun | null} */
  let check = null;
  /** @type {ImportRun | null} */
  let run = null;
  let isRunning = false;
  /** @type {Problem | null} */
  let problem = null;
  /** How often a file was chosen, so that what is found out about an earlier one is not shown. */
  let turn = 0;

  const nounOf = (/** @type {ImportRun} */ { hasOnlyKeys }) => (hasOnlyKeys ? "key" : "row");

  /** @param {ImportRun} job @param {AbortSignal} signal */
  async function go(job, signal) {
    const mine = turn;
    [isRunning, problem] = [true, null];
    dialog.update();
    try {
      await job.go(signal, () => mine === turn && dialog.update());
    } catch (thrown) {
      if (mine !== turn || gone.signal.aborted) return;
      problem = asProblem(thrown);
      if (job === check && job.isUnusable) [file, check] = [null, null];
    }
    if (mine !== turn) return;
    isRunning = false;
    dialog.update();
  }

  let looking = new AbortController();
  /** @param {File | undefined} chosen */
  function choose(chosen) {
    if (!chosen || run) return;
    looking.abort();
    looking = new AbortController();
    turn += 1;
    file = chosen;
    check = new ImportRun({ owner, file, isDry: true });
    go(check, AbortSignal.any([looking.signal, gone.signal]));
  }

  function chooseAnother() {
    looking.abort();
    turn += 1;
    [file, check, isRunning, problem] = [null, null, false, null];
    dialog.update();
  }

  function send() {
    if (isRunning || !file || !check) return;
    if (!check.isDone) return go(check, AbortSignal.any([looking.signal, gone.signal]));
    run ??= new ImportRun({ owner, file, isDry: false });
    if (run.isDone) dialog.close();
    else if (!run.isUnusable && (run.rows > 0 || check.imported > 0)) go(run, gone.signal);
  }

  const dropped = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    choose(event.dataTransfer?.files[0]);
  };
  const dragged = (/** @type {DragEvent} */ event) => event.preventDefault();

  const chooser = () => html`
    <p>Keys of another system come as the hashes that it stores. They keep working, and nobody has to replace them at once.</p>
    ${field(
      {
        id: "file",
        label: "File",
        hint: `NDJSON or a JSON array${isOperator ? ", such as the file of an export" : ""}. You can also drop it here. It’s checked first, and nothing is imported yet.`,
      },
      ({ describedby }) => html`<input
        class="file" id="file" type="file" accept=".ndjson,.jsonl,.json" autofocus aria-describedby=${describedby}
        @change=${(/** @type {{ target: HTMLInputElement }} */ { target }) => choose(target.files?.[0])}
      />`,
    )}
    <details>
      <summary>What a key looks like in the file</summary>
      <pre class="snippet" tabindex="0" role="group" aria-label="Example"><code>${EXAMPLE}</code></pre>
      <p class="hint">For CSV, and for what Medusa, Unkey, Better Auth and keypal store, there’s the command <span class="mono">keyward import</span>.</p>
    </details>`;

  /** @param {ImportRun} job @param {string} doing */
  const progress = (job, doing) => html`
    <div class="stack">
      <label for="imported">${doing} ${number(job.rows)} ${job.rows === 1 ? "row" : "rows"}…</label>
      <progress id="imported" max=${Math.max(1, file?.size ?? 1)} .value=${job.bytes}></progress>
    </div>`;

  /** @param {ImportRun} job */
  function checked(job) {
    if (!job.isDone) return isRunning ? progress(job, "Checked") : nothing;
    const noun = nounOf(job);
    const isAllThere = job.imported === 0 && job.failed.length === 0;
    return html`
      ${isAllThere ? html`<p class="notice">There’s nothing to import: ${job.unchanged === 0 ? "the file has no rows" : "everything in this file is here already"}.</p>` : nothing}
      ${tally(job, noun, false)}`;
  }

  /** @param {ImportRun} job */
  function ran(job) {
    const noun = nounOf(job);
    if (isRunning) return progress(job, "Imported");
    const isLeft = !job.isDone;
    return html`
      ${isLeft ? html`<p class="notice warn">${job.isStopped && !problem ? "Stopped." : "It couldn’t be finished."} What’s counted here is in, and stays in. You can ${job.isUnusable ? "import the file again" : "go on now, or import the file again later"}: what’s in already isn’t changed.</p>` : nothing}
      ${tally(job, noun, true)}
      ${job.imported > 0 && job.isDone ? html`<p>Each foreign key works until it’s revoked or expires. <a href="${address(owner)}?type=foreign" @click=${() => dialog.close()}>View foreign keys</a></p>` : nothing}`;
  }

  /** What is wrong with which rows, once all of them are known. */
  function report() {
    const job = run ?? check;
    return !job || isRunning || (job === check && !job.isDone) ? nothing : failures(job, owner, job === run);
  }

  function buttons() {
    const stop = () => {
      if (run) run.isStopped = true;
      dialog.update();
    };
    /** @param {string} label @param {() => void} act */
    const plain = (label, act) => html`<button class="button" type="button" @click=${act}>${label}</button>`;
    /** @param {string} label @param {boolean} [isWaiting] */
    const main = (label, isWaiting = false) =>
      html`<button class="button primary" type="submit" aria-disabled=${isWaiting ? "true" : nothing}>${label}</button>`;
    const close = () => dialog.close();
    if (run && isRunning)
      return html`${plain(run.isStopped ? "Stopping…" : "Stop", stop)} ${main("Importing…", true)}`;
    if (run?.isDone) return main("Done");
    if (run) return html`${plain("Close", close)} ${run.isUnusable ? nothing : main("Continue")}`;
    if (!check) return plain("Cancel", close);
    if (isRunning) return html`${plain("Cancel", close)} ${main("Checking…", true)}`;
    if (!check.isDone) return html`${plain("Cancel", close)} ${main("Try again")}`;
    return html`${plain("Cancel", close)} ${check.imported > 0 ? main(`Import ${number(check.imported)} ${nounOf(check)}${check.imported === 1 ? "" : "s"}`) : nothing}`;
  }

  const dialog = openDialog(
    () => html`
      <form @submit=${onSubmit(send)} @dragover=${dragged} @drop=${dropped} novalidate>
        <div>
          <h2 id="dialog-title" tabindex="-1">Import keys to ${name}</h2>
          ${file ? html`<p class="hint chosen-file"><span>${file.name}</span> ${run || isRunning ? nothing : html`<button class="button small" type="button" @click=${chooseAnother}>Choose another file</button>`}</p>` : nothing}
        </div>
        ${problemNotice(problem)}
        ${check ? nothing : chooser()}
        <div class="stack" role="status">${run ? ran(run) : check ? checked(check) : nothing}</div>
        ${report()}
        <div class="actions">${buttons()}</div>
      </form>`,
    {
      isForm: true,
      mayClose: () => !(run && isRunning),
      closed: () => {
        gone.abort();
        if (!run || run.imported === 0) return;
        notify(`Imported ${number(run.imported)} ${nounOf(run)}${run.imported === 1 ? "" : "s"}.`);
        changed();
      },
    },
  );
}

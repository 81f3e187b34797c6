// What an import has done, or would do: how many rows, and what is wrong with which of them.
/** @import { Owner } from "../openapi.d.ts" */
/** @import { ImportRun } from "../import_run.js" */
import { csv } from "../csv.js";
import { sentence } from "../problem.js";
import { fileName, save } from "../ui/save.js";
import { html, nothing } from "../vendor/lit.js";

/** How many failures are shown: the report has them all. */
const SHOWN = 200;

const NUMBER = new Intl.NumberFormat("en");

/** @param {number} count */
export const number = (count) => NUMBER.format(count);

/** @param {number} count @param {string} noun */
const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

/** What the API says of a member of a row, such as `/title must not be empty`, in words. @param {string} detail */
function reason(detail) {
  const [, name, says] = /^\/(\w+)\S* (.*)$/s.exec(detail.replaceAll("`", "")) ?? [];
  if (!name || !says) return sentence(detail);
  return sentence(
    `${name.replaceAll("_", " ")}${/^(?:must|may|can|is|has)\b/.test(says) ? "" : ":"} ${says}`,
  );
}

/** @param {ImportRun} job @param {string} noun @param {boolean} isOver whether it has been done, and not only tried */
export function tally({ imported, unchanged, failed }, noun, isOver) {
  const lines = [
    imported > 0 || isOver
      ? html`<strong>${isOver ? `Imported ${counted(imported, noun)}.` : `${counted(imported, noun)} can be imported.`}</strong>`
      : nothing,
    unchanged > 0
      ? html`${counted(unchanged, noun)} ${unchanged === 1 ? "is" : "are"} here already.`
      : nothing,
    failed.length > 0
      ? html`${counted(failed.length, "row")} ${isOver ? "couldn’t" : "can’t"} be imported.`
      : nothing,
  ];
  return html`${lines.map((line) => (line === nothing ? nothing : html`<p>${line}</p>`))}`;
}

/** @param {ImportRun} job @param {Owner} owner @param {boolean} isOver */
export function failures({ failed, isLines }, owner, isOver) {
  if (failed.length === 0) return nothing;
  const unit = isLines ? "Line" : "Row";
  const download = () =>
    save(fileName(isOver ? "import" : "import-check", owner, "csv"), "text/csv", [
      csv([
        [unit.toLowerCase(), "code", "reason"],
        ...failed.map(({ row, code, detail }) => [row, code, reason(detail)]),
      ]),
    ]);
  const rest = failed.length - SHOWN;
  return html`
    <ul class="chosen" tabindex="0" aria-label="Rows that ${isOver ? "couldn’t" : "can’t"} be imported">
      ${failed.slice(0, SHOWN).map(({ row, detail }) => html`<li><strong>${unit} ${number(row)}</strong><span class="error">${reason(detail)}</span></li>`)}
      ${rest > 0 ? html`<li class="hint">And ${counted(rest, "more row")}.</li>` : nothing}
    </ul>
    <div><button class="button" type="button" @click=${download}>Download report</button></div>`;
}

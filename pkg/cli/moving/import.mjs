// @ts-check
// `keyward import`: brings the keys of another system into an organization, by their hashes. Over
//   dump       the rows of the file
//   systems    as rows that Keyward imports, by
//     fields   values as databases write them
//   deployment where they go
import { createReadStream, openSync, readFileSync } from "node:fs";
import { NoAnswer, strange } from "../server.mjs";
import { input } from "../terminal/input.mjs";
import { escaped } from "../terminal/names.mjs";
import { print, say } from "../terminal/output.mjs";
import { createProgress, grouped, plural } from "../terminal/progress.mjs";
import { organizationOf, PATIENT } from "./deployment.mjs";
import { DumpError, rowsOf } from "./dump.mjs";
import { Unfit } from "./fields.mjs";
import { SYSTEMS } from "./systems.mjs";

/** What one request may hold. */
const ROWS = 1000;
const BYTES = 1 << 20;
/** How many failures are told one by one. */
const TOLD = 1000;

/** @typedef {{ line: number, text: string, secrets: string[] }} Ready a row as it is sent; what of it is printed nowhere */
/** @typedef {{ line: number, code: string, detail: string }} Failure */
/**
 * @typedef {{
 *   from?: string, organization?: string, "dry-run"?: boolean, url?: string, quiet?: boolean, algorithm?: string,
 *   encoding?: string, part?: string, "salt-file"?: string, "salt-encoding"?: string, "salt-position"?: string,
 *   "pepper-file"?: string, "pepper-encoding"?: string,
 * }} Flags
 */

/** @param {string[]} args @param {unknown} _ @param {Flags} flags */
export async function importCommand(args, _, flags) {
  const [file] = args;
  if (args.length !== 1) throw new TypeError("import takes one file, or - for standard input.");
  const { from = "" } = flags;
  const system = Object.hasOwn(SYSTEMS, from) ? SYSTEMS[from] : undefined;
  const names = Object.keys(SYSTEMS);
  if (!system) throw new TypeError(`Say where it is from: --from ${names.join(", --from ")}.`);
  const form = formOf(from, flags);
  const { path, server } = organizationOf(flags);
  const isTrial = flags["dry-run"] === true;
  const bytes = file === "-" ? input() : createReadStream("", { fd: openSync(file, "r") });
  const tally = createTally(flags.quiet === true, isTrial);
  const stop = stopping();
  /** @param {Ready[]} batch */
  const sendBatch = async (batch) => {
    const { value } = await server.ask({
      ...PATIENT,
      path: `${path}/import${isTrial ? "?dry_run=true" : ""}`,
      type: "application/x-ndjson",
      body: batch.map(({ text }) => text).join("\n"),
    });
    const answer = answerIn(value, batch);
    if (!answer) throw strange(server.address);
    tally.add(answer);
  };

  let failure = "";
  try {
    for await (const batch of batchesOf(rowsOf(bytes), (row) => system(row, form, tally.lost), tally)) {
      if (stop.isWanted()) break;
      await sendBatch(batch);
    }
  } catch (error) {
    if (!(error instanceof DumpError || error instanceof NoAnswer)) throw error;
    failure =
      error instanceof DumpError ? `the file cannot be read to its end: ${error.message}.` : error.message;
  } finally {
    stop.end();
    tally.end();
  }
  if (stop.isWanted()) failure ||= "stopped before the end of the file.";
  const again = tally.answered() > 0 && !isTrial ? " Run it again to go on: what is in stays as it is." : "";
  if (failure) say(`keyward: ${failure}${again}\n`);
  return failure ? 2 : tally.failed() > 0 ? 1 : 0;
}

/** Options that say how hashes were made: where the system itself leaves it open. */
const FORMS = {
  csv: [
    "algorithm",
    "encoding",
    "part",
    "salt-file",
    "salt-encoding",
    "salt-position",
    "pepper-file",
    "pepper-encoding",
  ],
  keypal: ["algorithm", "salt-file"],
};

/** How the hashes were made. @param {string} from @param {Flags} flags @returns {import("./systems.mjs").Form} */
function formOf(from, flags) {
  /** @type {string[]} */
  const own = from === "csv" || from === "keypal" ? FORMS[from] : [];
  for (const option of FORMS.csv)
    if (option in flags && !own.includes(option)) throw new TypeError(`--${option} goes with --from csv.`);
  const [salt, pepper] = [flags["salt-file"], flags["pepper-file"]].map(secretIn);
  return { ...flags, salt, pepper };
}

/** A file's text without the end of its line. @param {string | undefined} file */
function secretIn(file) {
  if (file === undefined) return undefined;
  const text = readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (text === "") throw new TypeError("The file with the salt or the pepper is empty.");
  return text;
}

/**
 * Rows as they are sent, in as few requests as they fit into. What does not fit, or cannot be read, fails at once.
 * @param {AsyncIterable<import("./dump.mjs").Row | import("./dump.mjs").Unreadable>} rows
 * @param {(row: Record<string, unknown>) => Record<string, unknown>} map @param {Tally} tally
 */
async function* batchesOf(rows, map, tally) {
  /** @type {Ready[]} */
  let batch = [];
  let bytes = 0;
  try {
    for await (const read of rows) {
      tally.read();
      const ready = readied(read, map);
      if ("code" in ready) {
        tally.fail(ready);
        continue;
      }
      const size = Buffer.byteLength(ready.text) + 1;
      if (batch.length === ROWS || bytes + size > BYTES) {
        yield batch;
        [batch, bytes] = [[], 0];
      }
      batch.push(ready);
      bytes += size;
    }
  } catch (error) {
    // What stands before the place where the file breaks off is right.
    if (error instanceof DumpError && batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

/**
 * @param {import("./dump.mjs").Row | import("./dump.mjs").Unreadable} read
 * @param {(row: Record<string, unknown>) => Record<string, unknown>} map @returns {Ready | Failure}
 */
function readied(read, map) {
  const { line } = read;
  if ("problem" in read) return { line, code: "row.unreadable", detail: `The row ${read.problem}.` };
  try {
    const row = map(read.row);
    const text = JSON.stringify(row);
    if (Buffer.byteLength(text) >= BYTES)
      return { line, code: "row.too_large", detail: "The row is larger than a request may be." };
    const { value, salt, pepper } = /** @type {any} */ (row.hash ?? {});
    return { line, text, secrets: [value, salt, pepper].filter((one) => one && typeof one === "string") };
  } catch (error) {
    if (error instanceof Unfit) return { line, code: error.code, detail: error.message };
    // What is nested a thousand times can be read, but not written.
    if (error instanceof RangeError)
      return { line, code: "row.unreadable", detail: "The row is nested too deeply." };
    throw error;
  }
}

/** @typedef {{ imported: number, unchanged: number, failed: Failure[] }} Answer */

/** What a deployment says of a batch, if it is what Keyward says. @param {any} body @param {Ready[]} batch @returns {Answer | undefined} */
function answerIn({ imported, unchanged, failed }, batch) {
  if (![imported, unchanged].every(Number.isSafeInteger) || !Array.isArray(failed)) return undefined;
  if (imported + unchanged + failed.length !== batch.length) return undefined;
  const failures = failed.map(({ row, code, detail }) => {
    const { line = 0, secrets = [] } = batch[row - 1] ?? {};
    const said = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), String(detail ?? ""));
    return { line, code: String(code), detail: said };
  });
  return failures.every(({ line }) => line > 0) ? { imported, unchanged, failed: failures } : undefined;
}

/** @typedef {ReturnType<typeof createTally>} Tally */

/** What has become of the rows, told as it becomes known. @param {boolean} quiet @param {boolean} isTrial */
function createTally(quiet, isTrial) {
  let [rows, imported, unchanged, failed] = [0, 0, 0, 0];
  /** @type {Map<string, number>} */
  const losses = new Map();
  const done = () =>
    `${grouped(imported)} ${isTrial ? "would be imported" : "imported"}, ${grouped(unchanged)} unchanged, ${grouped(failed)} failed`;
  const progress = createProgress(() => `${plural(rows, "row")}: ${done()}`, quiet);
  /** @param {Failure} failure */
  const fail = ({ line, code, detail }) => {
    failed += 1;
    progress.end();
    if (failed <= TOLD) print(`line ${line}: ${escaped(code)}: ${escaped(detail)}\n`);
    if (failed === TOLD) print("What else fails is only counted.\n");
  };
  return {
    fail,
    failed: () => failed,
    answered: () => imported + unchanged,
    read() {
      rows += 1;
      progress.tick();
    },
    /** @param {string} what */
    lost: (what) => void losses.set(what, (losses.get(what) ?? 0) + 1),
    /** @param {Answer} answer */
    add(answer) {
      imported += answer.imported;
      unchanged += answer.unchanged;
      answer.failed.forEach(fail);
      progress.tick();
    },
    end() {
      progress.end();
      for (const [what, count] of losses)
        say(`keyward: ${plural(count, "row")} with ${what}, which Keyward does not have: left out.\n`);
      print(`${done()}, of ${plural(rows, "row")}.\n`);
    },
  };
}

/** Ctrl-C: what has been sent is waited for, and nothing more is sent. A second time it ends at once. */
function stopping() {
  let wanted = false;
  const stop = () => {
    wanted = true;
    say("Stopping when what was sent is answered; press Ctrl-C again to end at once.\n");
  };
  process.once("SIGINT", stop);
  return { isWanted: () => wanted, end: () => void process.off("SIGINT", stop) };
}

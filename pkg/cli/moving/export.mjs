// @ts-check
// `keyward export`: everything of an organization as one JSON object a line, page by page.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { NoAnswer, strange } from "../server.mjs";
import { say } from "../terminal/output.mjs";
import { createProgress, plural } from "../terminal/progress.mjs";
import { organizationOf, PATIENT } from "./deployment.mjs";

/** Pages are larger than other answers. */
const LONGEST = 64 << 20;

/** @typedef {{ organization?: string, output?: string, url?: string, quiet?: boolean }} Flags */

/** @param {string[]} args @param {unknown} _ @param {Flags} flags */
export async function exportCommand(args, _, flags) {
  if (args.length > 0) throw new TypeError("export takes no arguments: name the file with --output FILE.");
  const { path, server } = organizationOf(flags);
  const { output } = flags;
  if (output === "") throw new TypeError("--output has no name.");
  if (output === undefined && process.stdout.isTTY)
    throw new TypeError("An export is not for a terminal: name a file with --output FILE, or pipe it on.");
  let [rows, missing] = [0, 0];
  const progress = createProgress(() => plural(rows, "row"), flags.quiet === true);
  const target = output === undefined ? toStandardOutput() : toFile(output);
  try {
    for await (const page of pages(server, `${path}/export`)) {
      await target.write(page);
      const lines = page.split("\n").filter((line) => line !== "");
      rows += lines.length;
      missing += lines.filter((line) => line.startsWith('{"kind":"unreadable"')).length;
      progress.tick();
    }
    target.finish();
  } catch (error) {
    target.discard();
    if (!(error instanceof NoAnswer)) throw error;
    say(
      `keyward: ${error.message} ${output === undefined ? "What was written is not whole." : "Nothing was written."}\n`,
    );
    return 2;
  } finally {
    progress.end();
  }
  if (!flags.quiet) say(`${plural(rows, "row")} exported.\n`);
  if (missing > 0)
    say(
      `keyward: ${plural(missing, "row")} could not be read there, so what they say is missing from the export.\n`,
    );
  return missing > 0 ? 1 : 0;
}

/** The pages, until none is next. @param {import("../server.mjs").Server} server @param {string} path */
async function* pages(server, path) {
  const seen = new Set();
  for (let next = path; next !== ""; ) {
    seen.add(next);
    const { text, headers } = await server.ask({ ...PATIENT, method: "GET", path: next, longest: LONGEST });
    // A page that is cut would end within a line.
    const isLines = text === "" || text.endsWith("\n");
    const after = afterIn(headers.link, server.address + next);
    next = after === undefined ? "" : `${path}?after=${encodeURIComponent(after)}`;
    if (!isLines || seen.has(next) || !isNdjson(headers)) throw strange(server.address);
    yield text;
  }
}

/** @param {import("node:http").IncomingHttpHeaders} headers */
const isNdjson = (headers) => (headers["content-type"] ?? "").startsWith("application/x-ndjson");

/** Where the next page begins. Of the link only this is taken, so that it leads nowhere else. @param {string | string[] | undefined} link @param {string} here */
function afterIn(link, here) {
  const [, target] = String(link ?? "").match(/<([^>]*)>\s*;\s*rel="?next"?/) ?? [];
  if (target === undefined || !URL.canParse(target, here)) return undefined;
  return new URL(target, here).searchParams.get("after") ?? undefined;
}

/** Whoever may not read the deployment must not read this, and half of it must not pass for the whole. @param {string} output */
function toFile(output) {
  const temporary = `${output}.${process.pid}.part`;
  const file = openSync(temporary, "wx", 0o600);
  const discard = () => rmSync(temporary, { force: true });
  // A signal ends the process without what comes after.
  const interrupted = () => {
    discard();
    process.exit(2);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, interrupted);
  return {
    /** @param {string} text */
    write(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    finish() {
      fsyncSync(file);
      closeSync(file);
      renameSync(temporary, output);
    },
    discard,
  };
}

/** As it is: an export holds no key's text, and has to be whole. */
const toStandardOutput = () => ({
  /** @param {string} text @returns {Promise<void>} */
  write: (text) =>
    new Promise((resolve, reject) =>
      process.stdout.write(text, (error) => (error ? reject(error) : resolve())),
    ),
  finish() {},
  discard() {},
});

// @ts-check
// A line on the terminal that shows how far something long is. It goes to standard error and is erased at the end.

import { isNew } from "../scan/summary.mjs";
import { say } from "./output.mjs";

/** @typedef {import("../scan/summary.mjs").Summary} Summary */

/** @param {() => string} text how far it is @param {boolean} quiet */
export function createProgress(text, quiet) {
  const shown = !quiet && Boolean(process.stderr.isTTY) && process.env.TERM !== "dumb";
  let next = Date.now() + 400;
  let dirty = false;
  return {
    tick() {
      if (!shown || Date.now() < next) return;
      next = Date.now() + 100;
      dirty = true;
      say(`\r\x1b[K${text()}…`);
    },
    end() {
      if (dirty) say("\r\x1b[K");
      dirty = false;
    },
  };
}

/** @param {Summary} summary */
export function counted({ findings, files, bytes, commits }) {
  const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const found = findings.filter(isNew);
  const damaged = found.filter((finding) => finding.damaged).length;
  const also = damaged > 0 ? ` and ${plural(damaged, "damaged key")}` : "";
  const read =
    commits === undefined
      ? plural(files, "file")
      : `${plural(files, "version")} of files and ${plural(commits, "commit")}`;
  const allowed = findings.length - found.length;
  return `${plural(found.length - damaged, "key")}${also} in ${read} (${size})${allowed > 0 ? `, ${grouped(allowed)} allowed` : ""}`;
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** With commas, as `toLocaleString("en")`, which takes 25 ms to begin with. @param {number} count */
export const grouped = (count) => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");

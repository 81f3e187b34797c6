// @ts-check
// A line on the terminal that shows how far a long scan is. It goes to standard error and is erased at the end.
import { say } from "./output.mjs";

/** @param {import("./scan.mjs").Summary} summary */
export function createProgress(summary) {
  const shown = Boolean(process.stderr.isTTY);
  let next = Date.now() + 400;
  let dirty = false;
  return {
    tick() {
      if (!shown || Date.now() < next) return;
      next = Date.now() + 100;
      dirty = true;
      say(`\r\x1b[K${counted(summary)}…`);
    },
    end() {
      if (dirty) say("\r\x1b[K");
    },
  };
}

/** @param {import("./scan.mjs").Summary} summary */
export function counted({ findings, files, bytes }) {
  const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  const damaged = findings.filter((finding) => finding.damaged).length;
  const also = damaged > 0 ? ` and ${plural(damaged, "damaged key")}` : "";
  return `${plural(findings.length - damaged, "key")}${also} in ${plural(files, "file")} (${size})`;
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

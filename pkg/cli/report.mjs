// @ts-check
// How findings are reported. A finding holds nothing of a key but its redacted form.
import { relative, sep } from "node:path";
import { VERSION } from "./help.mjs";
import { counted, plural } from "./progress.mjs";

/** @typedef {import("./scan.mjs").Summary} Summary */

/** One line for each key, as compilers have them, and a summary. @param {Summary} summary */
export function asText(summary) {
  const lines = summary.findings.map(
    ({ path, line, column, redacted }) => `${name(path)}:${line}:${column}  ${redacted}\n`,
  );
  const skipped = summary.skipped > 0 ? `; ${plural(summary.skipped, "binary file")} skipped` : "";
  const advice =
    summary.findings.length > 0 ? "Revoke every secret key that others may have seen, then remove it.\n" : "";
  return `${lines.join("")}${counted(summary)}${skipped}\n${advice}`;
}

/** @param {Summary} summary */
export function asJson({ findings, files, bytes, skipped, unread }) {
  return `${JSON.stringify({ findings, files, bytes, skipped, unread }, null, 2)}\n`;
}

/** @param {Summary} summary */
export function asSarif({ findings, unread }) {
  const driver = {
    name: "keyward",
    version: VERSION,
    rules: [
      {
        id: "keyward/key",
        name: "WellFormedKey",
        shortDescription: { text: "A Keyward API key" },
        fullDescription: {
          text: "A well-formed Keyward API key. Whether it is valid, only the server can say.",
        },
        help: { text: "Revoke the key, issue a new one, and keep it out of the source." },
        defaultConfiguration: { level: "error" },
        properties: { tags: ["security"], "security-severity": "8.0" },
      },
    ],
  };
  const notifications = unread.map((text) => ({ level: "error", message: { text } }));
  const invocations = [
    { executionSuccessful: unread.length === 0, toolExecutionNotifications: notifications },
  ];
  const run = { tool: { driver }, columnKind: "utf16CodeUnits", invocations, results: findings.map(result) };
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @param {import("./search.mjs").Finding} finding */
function result({ path, line, column, brand, kind, environment, redacted }) {
  const uri = encodeURI(relative(process.cwd(), path).split(sep).join("/"));
  return {
    ruleId: "keyward/key",
    ruleIndex: 0,
    level: kind === "pk" ? "note" : "error",
    message: { text: `A well-formed Keyward key: ${redacted}` },
    locations: [
      { physicalLocation: { artifactLocation: { uri }, region: { startLine: line, startColumn: column } } },
    ],
    partialFingerprints: { "keyward/v1": `${uri}:${redacted}` },
    properties: { brand, kind, environment },
  };
}

/** @param {string} path */
const name = (path) => (path === "-" ? "standard input" : path);

// @ts-check
// How findings are reported. A finding holds nothing of a key but its redacted form.
import { VERSION } from "./help.mjs";
import { json, nameOf, shown, uriOf } from "./names.mjs";
import { counted } from "./progress.mjs";

/** @typedef {import("./scan.mjs").Summary} Summary */

/** One line for each key, as compilers have them, and a summary. @param {Summary} summary */
export function asText(summary) {
  const lines = summary.findings.map(
    ({ path, line, column, redacted, damaged }) =>
      `${shown(path)}:${line}:${column}  ${redacted}${damaged ? "  damaged" : ""}\n`,
  );
  const advice =
    summary.findings.length > 0 ? "Revoke every secret key that others may have seen, then remove it.\n" : "";
  const warning = summary.findings.some(({ damaged }) => damaged)
    ? "A damaged key is cut or has a mistake in it; whoever finds it may be able to restore it.\n"
    : "";
  return `${lines.join("")}${counted(summary)}\n${warning}${advice}`;
}

/** @param {Summary} summary */
export function asJson({ findings, files, bytes, unread }) {
  const damaged = findings.filter((finding) => finding.damaged).length;
  const counts = { keys: findings.length - damaged, damaged };
  return `${json({
    findings: findings.map(({ token, ...finding }) => ({ ...finding, path: nameOf(finding.path) })),
    ...counts,
    files,
    bytes,
    unread: unread.map(({ path, reason }) => ({ path: nameOf(path), reason })),
  })}\n`;
}

const TAGS = { tags: ["security"] };
const HELP = { text: "Revoke the key, issue a new one, and keep it out of the source." };

/** What SARIF says of whole keys, and of damaged ones. */
const RULES = [
  {
    id: "keyward/key",
    name: "WellFormedKey",
    shortDescription: { text: "A Keyward API key" },
    fullDescription: {
      text: "A well-formed Keyward API key. Whether it is valid, only the server can say.",
    },
    help: HELP,
    defaultConfiguration: { level: "error" },
    properties: { ...TAGS, "security-severity": "8.0" },
  },
  {
    id: "keyward/damaged-key",
    name: "DamagedKey",
    shortDescription: { text: "A damaged Keyward API key" },
    fullDescription: {
      text: "A Keyward API key that is cut or has a wrong checksum. Whoever finds it may be able to restore it.",
    },
    help: HELP,
    defaultConfiguration: { level: "warning" },
    properties: { ...TAGS, "security-severity": "5.0" },
  },
];

/** @param {Summary} summary */
export function asSarif({ findings, unread }) {
  const driver = { name: "keyward", version: VERSION, rules: RULES };
  const notifications = unread.map(({ path, reason }) => notification(path, `Not searched: ${reason}`));
  const invocations = [
    { executionSuccessful: unread.length === 0, toolExecutionNotifications: notifications },
  ];
  const run = { tool: { driver }, columnKind: "utf16CodeUnits", invocations, results: findings.map(result) };
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [run],
  };
  return `${json(document)}\n`;
}

/** @param {import("./names.mjs").Path} path @param {object} [more] */
const at = (path, more) => ({ physicalLocation: { artifactLocation: { uri: uriOf(path) }, ...more } });

/** What was not looked at. @param {import("./names.mjs").Path} path @param {string} text */
const notification = (path, text) => ({ level: "error", message: { text }, locations: [at(path)] });

/** @param {import("./search.mjs").Finding} finding */
function result({ path, line, column, brand, kind, environment, redacted, damaged }) {
  const rule = damaged ? 1 : 0;
  const uri = uriOf(path);
  return {
    ruleId: RULES[rule].id,
    ruleIndex: rule,
    // A publishable key is no secret.
    level: kind === "pk" ? "note" : RULES[rule].defaultConfiguration.level,
    message: { text: `${damaged ? "A damaged" : "A well-formed"} Keyward key: ${redacted}` },
    locations: [at(path, { region: { startLine: line, startColumn: column } })],
    partialFingerprints: { "keyward/v1": `${uri}:${redacted}` },
    properties: { brand, kind, environment, damaged },
  };
}

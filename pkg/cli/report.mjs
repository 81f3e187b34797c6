// @ts-check
// How findings are reported. A finding holds nothing of a key but its redacted form.
import { VERSION } from "./help.mjs";
import { escaped, json, nameOf, shown, uriOf } from "./names.mjs";
import { counted } from "./progress.mjs";
import { inWords, mayWork } from "./verify.mjs";

/** @typedef {import("./scan.mjs").Summary} Summary */
/** @typedef {import("./search.mjs").Finding} Finding */

/** One line for each key, as compilers have them, and a summary. @param {Summary} summary */
export function asText(summary) {
  const lines = summary.findings.map(
    ({ path, line, column, redacted, damaged, verdict }) =>
      `${shown(path)}:${line}:${column}  ${redacted}${damaged ? "  damaged" : ""}${verdict ? `  ${inWords(verdict)}` : ""}\n`,
  );
  const warning = summary.findings.some(({ damaged }) => damaged)
    ? "A damaged key is cut or has a mistake in it; whoever finds it may be able to restore it.\n"
    : "";
  return `${lines.join("")}${counted(summary)}\n${warning}${advice(summary.findings)}`;
}

/** @param {Finding[]} findings */
function advice(findings) {
  if (findings.length === 0) return "";
  if (!findings.some(mayWork)) return "None of them works any more: remove them.\n";
  const pages = new Set(
    findings.flatMap(({ verdict, redacted }) =>
      verdict?.status === "active" && verdict.page ? [`  ${redacted}  ${escaped(verdict.page)}\n`] : [],
    ),
  );
  const where = pages.size > 0 ? `Where to revoke those that are active:\n${[...pages].join("")}` : "";
  return `Revoke every secret key that others may have seen, then remove it.\n${where}`;
}

/** @param {Summary} summary */
export function asJson({ findings, files, bytes, unread }) {
  const damaged = findings.filter((finding) => finding.damaged).length;
  const counts = { keys: findings.length - damaged, damaged };
  return `${json({
    findings: findings.map(described),
    ...counts,
    files,
    bytes,
    unread: unread.map(({ path, reason }) => ({ path: nameOf(path), reason })),
  })}\n`;
}

/** A finding without the key's text. @param {Finding} finding */
function described({ token: _, path, verdict, outcome, ...rest }) {
  return { path: nameOf(path), ...rest, ...verdict, ...(outcome && { revocation: outcome }) };
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

/** @param {Finding} finding */
function result({ path, line, column, brand, kind, environment, redacted, damaged, verdict, outcome }) {
  const rule = damaged ? 1 : 0;
  const uri = uriOf(path);
  const text = `${damaged ? "A damaged" : "A well-formed"} Keyward key: ${redacted}`;
  const page = verdict?.page ? ` ${verdict.page}` : "";
  return {
    ruleId: RULES[rule].id,
    ruleIndex: rule,
    // A publishable key is no secret, and one that works no longer is harmless.
    level: kind === "pk" || !mayWork({ verdict }) ? "note" : RULES[rule].defaultConfiguration.level,
    ...(verdict && { rank: RANKS[verdict.status] }),
    message: { text: verdict ? `${text} (${inWords(verdict)}).${page}` : text },
    locations: [at(path, { region: { startLine: line, startColumn: column } })],
    partialFingerprints: { "keyward/v1": `${uri}:${redacted}` },
    properties: { brand, kind, environment, damaged, ...verdict, ...(outcome && { revocation: outcome }) },
  };
}

/** How urgent a key is, by what is known of it. */
const RANKS = { active: 100, unverified: 60, unknown: 50, expired: 10, revoked: 0 };

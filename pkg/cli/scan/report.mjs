// @ts-check
// How findings are reported. A finding holds nothing of a key but its redacted form.

import { VERSION } from "../help.mjs";
import { bold, dim, red, yellow } from "../terminal/color.mjs";
import { escaped, json, nameOf, shown, uriOf } from "../terminal/names.mjs";
import { counted } from "../terminal/progress.mjs";
import { isNew } from "./summary.mjs";
import { inWords, mayWork } from "./verify.mjs";

/** @typedef {import("./summary.mjs").Summary & { unused: string[] }} Report `unused`: allowed fingerprints that are nowhere */
/** @typedef {import("../bytes/search.mjs").Finding} Finding */

const ALLOWED = {
  comment: "allowed by a comment",
  list: "allowed by .keywardallow",
  baseline: "found before",
};
const WARNING = "A damaged key is cut or has a mistake in it; whoever finds it may be able to restore it.\n";

/**
 * One line for each key, as compilers have them, and a summary.
 * @param {Report} report
 * @param {{ verbose?: boolean, quiet?: boolean }} flags
 */
export function asText(report, { verbose = false, quiet = false }) {
  const found = report.findings.filter(isNew);
  const lines = (verbose ? report.findings : found).map((finding) => lineOf(finding, verbose));
  if (quiet) return lines.join("");
  const unused = verbose ? report.unused.map((each) => `${each} is allowed, but is nowhere\n`) : [];
  const warning = found.some(({ damaged }) => damaged) ? WARNING : "";
  const count = `${bold(counted(report))}\n`;
  return `${lines.join("")}${unused.join("")}${count}${warning}${advice(found)}`;
}

/** @param {Finding[]} found */
function advice(found) {
  if (found.length === 0) return "";
  if (!found.some(mayWork)) return "None of them works any more: remove them.\n";
  const pages = new Set(
    found.flatMap(({ verdict, redacted }) =>
      verdict?.status === "active" && verdict.page ? [`  ${redacted}  ${escaped(verdict.page)}\n`] : [],
    ),
  );
  const where = pages.size > 0 ? `Where to revoke those that are active:\n${[...pages].join("")}` : "";
  return `Revoke every secret key that others may have seen, then remove it.\n${where}`;
}

/** @param {Finding} finding @param {boolean} verbose */
function lineOf({ path, line, column, redacted, damaged, fingerprint, allowed, origin, verdict }, verbose) {
  const color = allowed !== null || !mayWork({ verdict }) ? dim : damaged ? yellow : red;
  const words = [
    `${placeOf(path, origin)}:${line}:${column}  ${color(redacted)}`,
    ...(damaged ? ["damaged"] : []),
    ...(verdict ? [inWords(verdict)] : []),
    ...(origin ? [dim(storyOf(origin))] : []),
    ...(verbose ? [fingerprint] : []),
    ...(allowed !== null ? [ALLOWED[allowed]] : []),
  ];
  return `${words.join("  ")}\n`;
}

/** @param {import("../terminal/names.mjs").Path} path @param {Finding["origin"]} origin */
export function placeOf(path, origin) {
  if (!origin?.isText) return shown(path);
  return `${origin.commit ? "commit" : "tag"} ${origin.isHeader ? "header" : "message"}`;
}

/** @param {NonNullable<Finding["origin"]>} origin */
function storyOf({ commit, tag, author, date }) {
  const where = commit ? commit.slice(0, 12) : shown(tag ?? "");
  return [where, ...(author ? [escaped(author)] : []), ...(date ? [date.slice(0, 10)] : [])].join(", ");
}

/** @param {Report} report */
export function asJson({ findings, files, bytes, commits, unread }) {
  const found = findings.filter(isNew);
  const damaged = found.filter((finding) => finding.damaged).length;
  const counts = { keys: found.length - damaged, damaged, allowed: findings.length - found.length };
  return `${json({
    findings: findings.map(described),
    ...counts,
    files,
    ...(commits !== undefined && { commits }),
    bytes,
    unread: unread.map(({ path, reason }) => ({ path: nameOf(path), reason })),
  })}\n`;
}

/** A finding without the key's text. @param {Finding} finding */
const described = ({ token: _, origin, verdict, outcome, ...finding }) => ({
  ...finding,
  path: origin?.isText ? null : nameOf(finding.path),
  ...(origin && madeBy(origin)),
  ...told({ verdict, outcome }),
});

/** What the server has said. @param {Pick<Finding, "verdict" | "outcome">} finding */
const told = ({ verdict, outcome }) => ({ ...verdict, ...(outcome && { revocation: outcome }) });

/** @param {NonNullable<Finding["origin"]>} origin */
const madeBy = ({ commit, tag, author, email, date }) => ({
  commit: commit ?? null,
  tag: tag === undefined ? null : nameOf(tag),
  author: author ?? null,
  email: email ?? null,
  date: date ?? null,
});

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

/** @param {Report} report */
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

/** @param {import("../terminal/names.mjs").Path} path @param {object} [more] */
const at = (path, more) => ({ physicalLocation: { artifactLocation: { uri: uriOf(path) }, ...more } });

/** What was not looked at. @param {import("../terminal/names.mjs").Path} path @param {string} text */
const notification = (path, text) => ({ level: "error", message: { text }, locations: [at(path)] });

/** @param {Finding} finding */
function result({
  path,
  line,
  column,
  brand,
  kind,
  environment,
  redacted,
  damaged,
  fingerprint,
  allowed,
  origin,
  verdict,
  outcome,
}) {
  const rule = damaged ? 1 : 0;
  const suppression = {
    kind: allowed === "comment" ? "inSource" : "external",
    ...(allowed && { justification: ALLOWED[allowed] }),
  };
  // What shows SARIF wants a file: texts of commits and tags are in none but git's own.
  const place = {
    ...at(origin?.isText ? ".git" : path, { region: { startLine: line, startColumn: column } }),
    ...(origin?.isText && {
      logicalLocations: [{ name: placeOf(path, origin), fullyQualifiedName: nameOf(path) }],
    }),
  };
  return {
    ruleId: RULES[rule].id,
    ruleIndex: rule,
    // A publishable key is no secret, and one that works no longer is harmless.
    level: kind === "pk" || !mayWork({ verdict }) ? "note" : RULES[rule].defaultConfiguration.level,
    ...(verdict && { rank: RANKS[verdict.status] }),
    message: {
      text: `${damaged ? "A damaged" : "A well-formed"} Keyward key: ${redacted}${origin ? ` (${storyOf(origin)})` : ""}${
        verdict ? `. ${inWords(verdict)}. ${verdict.page ?? ""}`.trimEnd() : ""
      }`,
    },
    locations: [place],
    partialFingerprints: { "keyward/v1": fingerprint },
    suppressions: allowed === null ? [] : [suppression],
    properties: {
      brand,
      kind,
      environment,
      damaged,
      ...(origin && madeBy(origin)),
      ...told({ verdict, outcome }),
    },
  };
}

/** How urgent a key is, by what is known of it. */
const RANKS = { active: 100, unverified: 60, unknown: 50, expired: 10, revoked: 0 };

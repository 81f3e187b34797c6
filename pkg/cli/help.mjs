// @ts-check
// The texts of `--help`, made from the table of commands.
import manifest from "../package.json" with { type: "json" };

/** @typedef {import("./commands.mjs").Command} Command */
/** @typedef {import("./commands.mjs").Options} Options */

export const VERSION = manifest.version;

const WIDTH = 92;
/** Where the second column begins. */
const COLUMN = 31;

const CLOSING = wrapped(
  "No command prints a whole key but one that it has made (redact passes on what it does not recognise). Well-formed means that grammar and checksum hold; whether a key is valid, only the server can say.",
  WIDTH,
).join("\n");

/** What commands of two words are about, by the first. @type {Record<string, string>} */
const GROUPS = {
  keys: "Manages the keys of an organization, of a person or of the deployment:",
  orgs: "Manages organizations:",
  members: "Manages the members of an organization:",
  invitations: "Manages who is invited to an organization:",
};

/** By subject, and by the first word of each. @type {[string, string[]][]} */
const SUBJECTS = [
  ["Who asks", ["login", "logout", "whoami"]],
  ["At a deployment", ["keys", "verify", "events", "orgs", "members", "invitations", "import", "export"]],
  ["In files, texts and programs", ["check", "scan", "redact", "rules", "run"]],
  ["Around the command", ["completion", "help"]],
];

/** @param {Record<string, Command>} commands @param {string} group */
const inside = (commands, group) => Object.entries(commands).filter(([name]) => name.startsWith(`${group} `));

/** @param {Record<string, Command>} commands @param {Options} common */
export const overview = (
  commands,
  common,
) => `keyward ${VERSION}: manages Keyward API keys, and checks, finds, redacts and moves them.

Usage: keyward COMMAND [options]

${SUBJECTS.map(([subject, names]) => `${subject}\n${names.map((name) => columns(name, aboutOf(name, commands))).join("\n")}`).join("\n\n")}

Options of all commands
${listed(common)}

Exit codes
${codesIn(commands)
  .map(([names, codes]) => columns(names, meanings(codes)))
  .join("\n")}

${CLOSING}`;

/** @param {string} name @param {Record<string, Command>} commands */
function aboutOf(name, commands) {
  if (name === "help") return "Says what a command does, its options and examples: keyward help keys create.";
  const words = inside(commands, name).map(([full]) => full.slice(name.length + 1));
  return words.length > 0 ? `${GROUPS[name]} ${words.join(", ")}.` : firstSentence(commands[name].about);
}

/** What the exit codes mean, of all commands that have the same. @param {Record<string, Command>} commands @returns {[string, string[]][]} */
function codesIn(commands) {
  const all = Object.entries(commands);
  const shared = commands.whoami.codes;
  const own = all.filter(([, { codes }]) => codes !== shared);
  return [
    ...own.map(([name, { codes }]) => /** @type {[string, string[]]} */ ([name, codes])),
    ["all others", shared],
  ];
}

/** The commands that begin with a word. @param {string} group @param {Record<string, Command>} commands @param {Options} common */
export const groupOf = (group, commands, common) => `Usage: keyward ${group} COMMAND [options]

${inside(commands, group)
  .map(([, { usage, about }]) => columns(usage.replace(/ \[.*/, ""), firstSentence(about)))
  .join("\n")}

Options of all commands
${listed(common)}

\`keyward ${group} COMMAND --help\` has options and examples.`;

/** @param {Command} command @param {Options} common */
export const helpOf = ({ usage, about, options, codes, more, examples }, common) => `Usage: keyward ${usage}

${wrapped(about, WIDTH).join("\n")}

${Object.keys(options).length > 0 ? `Options\n${listed(options)}\n\n` : ""}Options of all commands
${listed(common)}

Exit codes
${codes.flatMap((meaning, code) => (meaning ? wrapped(meaning, WIDTH - 5).map((line, at) => `  ${at === 0 ? code : " "}  ${line}`) : [])).join("\n")}
${examples ? `\nExamples\n${examples.map((line) => `  ${line}`).join("\n")}\n` : ""}${more ? `\n${more}\n` : ""}
${CLOSING}`;

/** @param {string} text */
const firstSentence = (text) => text.match(/^.*?[.:](?= |$)/)?.[0].replace(/:$/, ".") ?? text;

/** @param {string[]} codes */
const meanings = (codes) =>
  codes.flatMap((meaning, code) => (meaning ? `${code}: ${meaning}` : [])).join("; ");

/** @param {Options} options */
const listed = (options) =>
  Object.entries(options)
    .map(([name, { short, value, help }]) =>
      columns(`${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`, help),
    )
    .join("\n");

/** @param {string} left @param {string} right */
function columns(left, right) {
  const lines = wrapped(right, WIDTH - COLUMN);
  const first = `  ${left}`;
  const head = first.length < COLUMN ? `${first.padEnd(COLUMN)}${lines.shift()}` : first;
  return [head, ...lines.map((line) => " ".repeat(COLUMN) + line)].join("\n");
}

/** @param {string} text @param {number} width @returns {string[]} */
function wrapped(text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines[lines.length - 1]} ${word}`.trimStart();
    if (line.length <= width) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

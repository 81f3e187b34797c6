// @ts-check
// The texts of `--help`, made from the table of commands.
import manifest from "../package.json" with { type: "json" };

/** @typedef {import("./commands.mjs").Command} Command */
/** @typedef {import("./commands.mjs").Options} Options */

export const VERSION = manifest.version;

const WIDTH = 92;
/** Where the second column begins. */
const COLUMN = 31;

const CLOSING = `No command ever prints a whole key (redact passes on what it does not recognise).
Well-formed means that grammar and checksum hold; whether a key is valid, only the server can say.`;

/** @param {Record<string, Command>} commands @param {Options} common */
export const overview = (
  commands,
  common,
) => `keyward ${VERSION}: checks, finds, redacts and moves Keyward API keys.

Usage
${Object.values(commands)
  .map(({ usage, about }) => columns(`keyward ${usage}`, about))
  .join("\n")}
${columns("keyward help [command]", "Says what a command does, and its options.")}

Options of all commands
${listed(common)}

Exit codes
${Object.entries(commands)
  .map(([name, { codes }]) => columns(name, meanings(codes)))
  .join("\n")}

${CLOSING}`;

/** @param {Command} command @param {Options} common */
export const helpOf = ({ usage, about, options, codes, more }, common) => `Usage: keyward ${usage}

${wrapped(about, WIDTH).join("\n")}

${Object.keys(options).length > 0 ? `Options\n${listed(options)}\n\n` : ""}Options of all commands
${listed(common)}

Exit codes
${codes.flatMap((meaning, code) => (meaning ? `  ${code}  ${meaning}` : [])).join("\n")}
${more ? `\n${more}\n` : ""}
${CLOSING}`;

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

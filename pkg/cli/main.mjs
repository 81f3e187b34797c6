// @ts-check
// The command `keyward`: reads the arguments, runs one command, sets the exit code. What is around it:
//
// commands, managing, options, help, suggest
//                              which commands and options there are, and what is said of them
// check, redact, rules         small commands
// server, send                 a deployment's answers, and one request
// place                        where the package's other files are
//
// scan/                        from files to a report:
//   scan                         the command
//   files, regular               which files there are in folders, and how they are opened
//   read                         reads them and puts in order what comes of them, by
//     pool, thread, task           several threads that take tasks,
//     long, part                   and long files in parts
//   git, repository, committed, history, lfs
//                                what git is asked, and the same of what it holds
//   summary, report              what was found and what was not read, as text, JSON and SARIF
//   allow, comments, fingerprint keys that may stand where they stand
//   ask, verify, revoke          what a deployment is asked about keys
//
// moving/                      from a file to a deployment and back:
//   import, export               the commands
//   dump, parsers                the rows of another system's file, in JSON, lines or CSV
//   systems                      as rows that Keyward imports, of
//     fields                       values as databases write them
//   deployment                   where they go
//
// bytes/                       keys in bytes, for `scan`, `redact` and `run`:
//   search                       one file or stream: its encoding, lines and columns, over
//   reader                       text in pieces: asks at each of the
//     spots                        places where a key may be
//     cells, base64                for the key that is there, written by
//     encodings                    whatever there is to write one,
//     zeros                        also with zero bytes between its characters
//   filter                       the text without its keys
//   glance, finder, shapes       rule out quickly what holds none
//   compressed                   what cannot be searched
//
// manage                       runs the commands that ask a deployment over `keyward/client`:
//   account/                     who asks: login, logout, whoami; profiles, and the connection and client that come of them
//   keys/                        keys: list, create, show, edit, revoke, roll, verify; their commands, settings and words
//   events/                      what has happened: events, watch, words
//   organizations/, people/      organizations, their members and invitations
//   run/                         another command with secrets: run; replace takes them out of what it puts out
//   completion/                  completion in bash, fish and zsh
//   shell/                       what these share: owner, confirm, secrets, lists, table, moments, refusals
//
// terminal/                    what comes in and goes out: no key, and nothing that does something to a terminal
//   input, output, names, reasons, color, progress
import { inspect, parseArgs } from "node:util";
import { COMMANDS, COMMON } from "./commands.mjs";
import { groupOf, helpOf, overview, VERSION } from "./help.mjs";
import { nearest } from "./suggest.mjs";
import { setColor } from "./terminal/color.mjs";
import { print, say } from "./terminal/output.mjs";
import { reasonOf } from "./terminal/reasons.mjs";

/** Wrong usage: one sentence, no stack, exit code 2. */
class Misuse extends Error {
  /** @param {string} message @param {string} [command] whose help to read */
  constructor(message, command) {
    super(message);
    this.command = command;
  }
}

const NAMES = Object.keys(COMMANDS);

async function main() {
  const { values, positionals } = read();
  if (values.version) return show(VERSION);
  const [first, ...rest] = positionals;
  const words = first === "help" ? rest : positionals;
  const wantsHelp = values.help || first === "help";
  if (words.length === 0) return show(overview(COMMANDS, COMMON), wantsHelp ? 0 : 2);
  const { name, args } = commandIn(words);
  if (!Object.hasOwn(COMMANDS, name)) return show(groupOf(name, COMMANDS, COMMON), wantsHelp ? 0 : 2);
  const command = COMMANDS[name];
  if (wantsHelp) return show(helpOf(command, COMMON));
  for (const option of Object.keys(values)) {
    const known = Object.hasOwn(COMMON, option) || Object.hasOwn(command.options, option);
    if (!known) throw new Misuse(`The command ${name} has no option --${option}.`, name);
  }
  const { brand, kinds, environment, color, ...flags } = /** @type {Record<string, any>} */ (values);
  const pins = { brand, kinds: kinds?.split(","), environment };
  setColor(color);
  // An empty one, as of a variable that is not set, is a mistake, and not none.
  const isPinned = Object.values(pins).some((pin) => pin !== undefined);
  process.exitCode = await command.run(args, isPinned ? pins : undefined, flags);
}

/** The command that is called, or the first word of several; and what is behind it. @param {string[]} words */
function commandIn([first, second, ...rest]) {
  if (Object.hasOwn(COMMANDS, first))
    return { name: first, args: second === undefined ? [] : [second, ...rest] };
  const inner = NAMES.filter((name) => name.startsWith(`${first} `));
  if (inner.includes(`${first} ${second}`)) return { name: `${first} ${second}`, args: rest };
  if (inner.length > 0 && second === undefined) return { name: first, args: [] };
  // It may be a pasted key, so it is not repeated.
  if (inner.length === 0) {
    const meant = nearest(first, [...new Set(NAMES.map((name) => name.split(" ")[0]))]);
    throw new Misuse(`There is no such command${meant ? `: did you mean ${meant}?` : "."}`);
  }
  const meant = nearest(`${first} ${second}`, inner);
  throw new Misuse(`There is no such command of ${first}${meant ? `: did you mean ${meant}?` : "."}`, first);
}

/** `--color` alone, as other commands have it, is `--color=always`. @param {string} arg @param {number} at @param {string[]} args */
const colored = (arg, at, args) =>
  arg === "--color" && !["always", "never", "auto"].includes(args[at + 1]) ? "--color=always" : arg;

function read() {
  /** @type {import("./commands.mjs").Options} */
  const options = Object.assign({}, COMMON, ...Object.values(COMMANDS).map((command) => command.options));
  const typed = process.argv.slice(2);
  // What stands behind -- is another command's.
  const end = typed.includes("--") ? typed.indexOf("--") : typed.length;
  const args = [...typed.slice(0, end).map(colored), ...typed.slice(end)];
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Node's sentence, without the part that explains how to pass such an argument. It repeats what was typed, and that
    // may be a key or a part of one: only what looks like an option's name is repeated.
    const { message, code } = /** @type {NodeJS.ErrnoException} */ (error);
    const [sentence] = message.split(/\.\s/);
    const named = sentence.match(/'([^']*)'/)?.[1] ?? "";
    const isName = /^(-[a-z], )?--?[a-z][a-z-]{0,19}( <value>)?$/.test(named);
    if (!isName) throw new Misuse("There is no such option.");
    const meant =
      code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" ? nearest(named.slice(2), Object.keys(options)) : undefined;
    throw new Misuse(`${sentence.replace(/\.$/, "")}${meant ? `: did you mean --${meant}?` : "."}`);
  }
}

/** @param {string} text @param {number} [code] */
function show(text, code = 0) {
  print(`${text}\n`);
  process.exitCode = code;
}

// A reader such as `head` may close the pipe early: what was found stays found. Anything else, such as a full disk, is an
// answer that has not arrived.
process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
  // What could not be read is said below.
  if (error.code === "EPIPE" || error.syscall === "read") return;
  say(`keyward: the result could not be written: ${reasonOf(error)}\n`);
  process.exit(2);
});
process.stderr.on("error", () => {});
await main().catch((error) => {
  process.exitCode = 2;
  // Nobody reads any more what `redact` puts out.
  if (error.code === "EPIPE") return;
  // Our own messages, and the system's, are sentences for people; anything else is a bug.
  const sentence = error instanceof Misuse || error instanceof TypeError || error.code;
  const { message } = error.code && !(error instanceof TypeError) ? { message: reasonOf(error) } : error;
  say(`${sentence ? `keyward: ${message.replace(/^keyward: /, "")}` : inspect(error)}\n`);
  if (error instanceof Misuse) say(`Try \`keyward ${error.command ? `${error.command} ` : ""}--help\`.\n`);
});

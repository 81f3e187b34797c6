// @ts-check
// The command `keyward`: reads the arguments, runs one command, sets the exit code. The files around it:
//
// commands, help, suggest      which commands and options there are, and what is said of them
// check, export, import, redact, rules, scan
//                              the commands themselves
// input, output, names, reasons, color, progress
//                              what comes in and goes out: no key, and nothing that does something to a terminal
//
// `scan`, from files to a report:
// files, regular               which files there are in folders, and how they are opened
// read                         reads them and puts in order what comes of them, by
//   pool, thread, task           several threads that take tasks,
//   long, part                   and long files in parts
// git, repository, committed, history, lfs
//                              what git is asked, and the same of what it holds
// summary, report              what was found and what was not read, as text, JSON and SARIF
// allow, comments, fingerprint keys that may stand where they stand
// ask, verify, revoke          what a deployment is asked about keys, over
//   server, send                 its answers, and one request
//
// `import` and `export`, from a file to a deployment and back:
// dump, parsers                the rows of another system's file, in JSON, lines or CSV
// systems                      as rows that Keyward imports, of
//   fields                     values as databases write them
// deployment                   where they go, over server and send
//
// Keys in bytes, for `scan` and `redact`:
// search                       one file or stream: its encoding, lines and columns, over
// reader                       text in pieces: asks at each of the
//   spots                        places where a key may be
//   cells, base64                for the key that is there, written by
//   encodings                    whatever there is to write one,
//   zeros                        also with zero bytes between its characters
// filter                       the text without its keys
// glance, finder, shapes       rule out quickly what holds none
// compressed                   what cannot be searched
import { inspect, parseArgs } from "node:util";
import { setColor } from "./color.mjs";
import { COMMANDS, COMMON } from "./commands.mjs";
import { helpOf, overview, VERSION } from "./help.mjs";
import { print, say } from "./output.mjs";
import { reasonOf } from "./reasons.mjs";
import { nearest } from "./suggest.mjs";

/** Wrong usage: one sentence, no stack, exit code 2. */
class Misuse extends Error {
  /** @param {string} message @param {string} [command] whose help to read */
  constructor(message, command) {
    super(message);
    this.command = command;
  }
}

async function main() {
  const { values, positionals } = read();
  if (values.version) return show(VERSION);
  const [first, ...rest] = positionals;
  const [name, ...args] = first === "help" ? rest : positionals;
  const wantsHelp = values.help || first === "help";
  if (name === undefined) return show(overview(COMMANDS, COMMON), wantsHelp ? 0 : 2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  // It may be a pasted key, so it is not repeated.
  if (!command) throw new Misuse(`There is no such command${orMean(nearest(name, Object.keys(COMMANDS)))}`);
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

/** `--color` alone, as other commands have it, is `--color=always`. @param {string} arg @param {number} at @param {string[]} args */
const colored = (arg, at, args) =>
  arg === "--color" && !["always", "never", "auto"].includes(args[at + 1]) ? "--color=always" : arg;

/** @param {string | undefined} name */
function orMean(name) {
  const names = Object.keys(COMMANDS);
  return name ? `: did you mean ${name}?` : `: use ${names.slice(0, -1).join(", ")} or ${names.at(-1)}.`;
}

function read() {
  /** @type {import("./commands.mjs").Options} */
  const options = Object.assign({}, COMMON, ...Object.values(COMMANDS).map((command) => command.options));
  try {
    return parseArgs({ args: process.argv.slice(2).map(colored), options, allowPositionals: true });
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

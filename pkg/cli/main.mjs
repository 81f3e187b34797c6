// @ts-check
// The command `keyward`: reads the arguments, runs one command, sets the exit code.
import { inspect, parseArgs } from "node:util";
import { check } from "./check.mjs";
import { HELP, VERSION } from "./help.mjs";
import { print, say } from "./output.mjs";
import { redact } from "./redact.mjs";
import { scanCommand } from "./scan.mjs";

const pins = {
  brand: { type: /** @type {const} */ ("string") },
  kinds: { type: /** @type {const} */ ("string") },
  environment: { type: /** @type {const} */ ("string") },
};
const options = {
  help: { type: /** @type {const} */ ("boolean"), short: "h" },
  version: { type: /** @type {const} */ ("boolean"), short: "v" },
  json: { type: /** @type {const} */ ("boolean") },
  sarif: { type: /** @type {const} */ ("boolean") },
  staged: { type: /** @type {const} */ ("boolean") },
  binary: { type: /** @type {const} */ ("boolean") },
  "no-ignore": { type: /** @type {const} */ ("boolean") },
  ...pins,
};
/** Which options a command has besides the pins. @type {Record<string, { run: Function, has: string[] }>} */
const commands = {
  check: { run: check, has: ["json"] },
  scan: { run: scanCommand, has: ["json", "sarif", "staged", "no-ignore", "binary"] },
  redact: { run: redact, has: [] },
};

/** Wrong usage: one sentence, no stack, exit code 2. */
class Misuse extends Error {}

async function main() {
  const { values, positionals } = read();
  if (values.version) return show(VERSION);
  const [name, ...args] = positionals;
  if (values.help || name === undefined) return show(HELP, name === undefined && !values.help ? 2 : 0);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  // It may be a pasted key, so it is not repeated.
  if (!command) throw new Misuse("There is no such command: use check, scan or redact.");
  for (const option of Object.keys(values)) {
    const known = option in pins || command.has.includes(option);
    if (!known) throw new Misuse(`The command ${name} has no option --${option}.`);
  }
  const { brand, kinds, environment, ...flags } = values;
  const all = { brand, kinds: kinds?.split(","), environment };
  process.exitCode = await command.run(args, Object.values(all).some(Boolean) ? all : undefined, flags);
}

function read() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    // Node's sentence, without the part that explains how to pass such an argument. It repeats what was typed, and that
    // may be a key or a part of one: only what looks like an option's name is repeated.
    const { message } = /** @type {Error} */ (error);
    const [sentence] = message.split(". ");
    const named = sentence.match(/'([^']*)'/)?.[1] ?? "";
    const isName = /^(-[a-z], )?--?[a-z][a-z-]{0,19}( <value>)?$/.test(named);
    throw new Misuse(isName ? `${sentence.replace(/\.$/, "")}.` : "There is no such option.");
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
  if (error.code === "EPIPE") return;
  say(`keyward: the result could not be written: ${error.message}\n`);
  process.exit(2);
});
process.stderr.on("error", () => {});
await main().catch((error) => {
  process.exitCode = 2;
  // Nobody reads any more what `redact` puts out.
  if (error.code === "EPIPE") return;
  // Our own messages, and the system's, are sentences for people; anything else is a bug.
  const sentence = error instanceof Misuse || error instanceof TypeError || error.code;
  say(`${sentence ? `keyward: ${error.message.replace(/^keyward: /, "")}` : inspect(error)}\n`);
  if (error instanceof Misuse) say("Try `keyward --help`.\n");
});

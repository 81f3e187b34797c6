// @ts-check
// Questions on the terminal: whether to go on, and what nobody else shall see.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { say } from "../terminal/output.mjs";

const hasTerminal = () => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/** Before anything is asked of the deployment. @param {{ yes?: boolean }} flags */
export function mustBeConfirmable({ yes }) {
  if (!yes && !hasTerminal())
    throw new TypeError(
      "This cannot be undone, so it is asked for first, and here is no terminal to ask on; with --yes it is not asked for.",
    );
}

/** @param {string} question @param {{ yes?: boolean }} flags */
export async function confirmed(question, { yes }) {
  if (yes) return true;
  const answers = createAnswers();
  const answer = await answers.ask(`${question} [y/N] `);
  answers.end();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  say("Nothing was changed.\n");
  return false;
}

/** Lines that somebody types. Several questions share one reader, which may have read ahead. */
export function createAnswers() {
  let hidden = false;
  const output = new Writable({
    write(chunk, _, done) {
      if (!hidden) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  // A terminal in this mode leaves it to us.
  lines.on("SIGINT", () => {
    lines.close();
    say("\n");
    process.exit(130);
  });
  const iterator = lines[Symbol.asyncIterator]();
  /** @param {string} prompt @param {boolean} secret */
  const ask = async (prompt, secret = false) => {
    say(prompt);
    hidden = secret;
    const { value = "" } = await iterator.next();
    if (secret) say("\n");
    hidden = false;
    return String(value);
  };
  return {
    /** @param {string} prompt */
    ask: (prompt) => ask(prompt),
    /** What is typed is not shown. @param {string} prompt */
    askSecret: (prompt) => ask(prompt, true),
    end() {
      lines.close();
      // Nothing else is read from it, and an open terminal would keep the program from its end.
      process.stdin.destroy();
    },
  };
}

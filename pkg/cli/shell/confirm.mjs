// @ts-check
// Questions on the terminal: whether to go on, and what nobody else shall see.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { say } from "../terminal/output.mjs";

const hasTerminal = () => Boolean(process.stdin.isTTY && process.stderr.isTTY);

/** Before anything is asked of the deployment. @param {{ yes?: boolean }} flags */
export function mustBeConfirmable({ yes }) {
  if (!yes && !hasTerminal())
    throw new TypeError(
      "This cannot be undone, so it has to be confirmed, and there is no terminal to ask on; with --yes it goes on without.",
    );
}

/** @param {string} question @param {{ yes?: boolean }} flags */
export async function confirmed(question, { yes }) {
  if (yes) return true;
  const [answer] = await answersTo({ prompt: `${question} [y/N] ` });
  if (/^y(es)?$/i.test(answer.trim())) return true;
  say("Nothing was changed.\n");
  return false;
}

/** `secret`: what is typed is not shown. @typedef {{ prompt: string, secret?: boolean }} Question */

/** What somebody types, line by line; nothing, once they have ended it. @param {Question[]} questions */
export async function answersTo(...questions) {
  /** @type {string[]} */
  const answers = [];
  let isHidden = false;
  // What is pasted comes all at once, so whether it is shown is decided before the next character is looked at.
  const next = () => {
    const question = questions[answers.length];
    isHidden = question?.secret ?? question === undefined;
    if (question === undefined) return lines.close();
    // Whoever corrects what they type has the line drawn anew, with the question in it.
    lines.setPrompt(isHidden ? "" : question.prompt);
    if (isHidden) say(question.prompt);
    else lines.prompt();
  };
  const output = Object.assign(
    new Writable({
      write(chunk, _, done) {
        if (!isHidden) process.stderr.write(chunk);
        done();
      },
    }),
    // A long question takes several lines.
    { columns: process.stderr.columns },
  );
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  // A terminal in this mode leaves it to us.
  lines.on("SIGINT", () => {
    lines.close();
    say("\n");
    process.exit(130);
  });
  lines.on("line", (line) => {
    if (isHidden) say("\n");
    answers.push(line);
    next();
  });
  const closed = once(lines, "close");
  next();
  await closed;
  // Nothing else is read from it, and an open terminal would keep the program from its end.
  process.stdin.destroy();
  return questions.map((_, at) => answers[at] ?? "");
}

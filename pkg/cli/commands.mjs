// @ts-check
// The commands: how each is called, its options and what they mean, and what runs it. `main.mjs` reads arguments by it,
// `help.mjs` prints it.
import { check } from "./check.mjs";
import { redact } from "./redact.mjs";
import { scanCommand } from "./scan.mjs";

/** @typedef {{ type: "boolean" | "string", short?: string, multiple?: boolean, value?: string, help: string }} Option */
/** @typedef {Record<string, Option>} Options */
/**
 * @typedef {{
 *   usage: string,
 *   about: string,
 *   options: Options,
 *   codes: string[],
 *   more?: string,
 *   run: (args: string[], pins: import("keyward").Pins | undefined, flags: any) => Promise<number>,
 * }} Command `codes`: what the exit codes 0, 1, … mean
 */

const json = /** @type {const} */ ({ type: "boolean", help: "Print one JSON document." });

/** @type {Options} */
const ofScan = {
  staged: { type: "boolean", help: "Scan what git has staged, as it is about to be committed." },
  history: {
    type: "boolean",
    help: "Scan all commits of all branches, tags, stashes and notes, and their messages. Says which commit brought a key, who made it and when.",
  },
  "no-ignore": { type: "boolean", help: "Scan what git ignores, too." },
  exclude: {
    type: "string",
    multiple: true,
    value: "PATTERN",
    help: "Leave out what matches, as in .gitignore. May be given several times.",
  },
  binary: {
    type: "boolean",
    help: "Take compressed files as they are. Otherwise they are said not to have been searched, with exit code 2.",
  },
  baseline: {
    type: "string",
    value: "FILE",
    help: "Allow the keys of an earlier scan, which --json has printed, so that only new ones count.",
  },
  "no-allow": { type: "boolean", help: "Allow no key by .keywardallow or a comment." },
  json,
  sarif: { type: "boolean", help: "Print SARIF 2.1.0, for code scanning." },
  verbose: {
    type: "boolean",
    help: "Print fingerprints, allowed keys, and fingerprints that are allowed but nowhere.",
  },
  quiet: { type: "boolean", short: "q", help: "Print only keys that are found, and what was not looked at." },
};

const MORE_OF_SCAN = `In a repository it reads what git tracks, whatever .gitignore says, and what git does not ignore.
The paths of --staged and --history begin at the top of the repository.

Allowed keys are counted, and are no reason for exit code 1. What allows a key:
  .keywardallow              in the scanned folder or one around it, up to the repository's top:
                             fingerprints, one a line, and patterns of files as in .gitignore;
                             what follows " #" behind a fingerprint is a comment
  keyward:allow              anywhere in the same line
  --baseline FILE            that it was found before`;

/** @type {Record<string, Command>} */
export const COMMANDS = {
  check: {
    usage: "check [key|-]",
    about:
      "Checks whether a key is well-formed, and shows its parts. Without a key it reads one from standard input, which keeps it out of the shell's history.",
    options: { json },
    codes: ["the key is well-formed", "it is not", "wrong usage"],
    run: check,
  },
  scan: {
    usage: "scan [paths…|-]",
    about:
      "Finds keys in files and folders, by default in this folder: whole ones, and those that are cut or have a mistake. Skips what git ignores, and .git.",
    options: ofScan,
    codes: [
      "everything was looked at, and nothing was found",
      "a key was found, whole or damaged",
      "wrong usage, or something was not looked at",
    ],
    more: MORE_OF_SCAN,
    run: scanCommand,
  },
  redact: {
    usage: "redact",
    about: "Copies standard input to standard output, with keys redacted.",
    options: {},
    codes: ["done", "", "wrong usage, or something could not be read"],
    run: redact,
  },
};

/** What every command understands, before the pins. @type {Options} */
export const COMMON = {
  kinds: {
    type: "string",
    value: "sk,pat,pk",
    help: "Only keys of these kinds. sk: secret key of an organization, pat: personal secret key, pk: publishable key.",
  },
  brand: { type: "string", value: "kw", help: "Only keys of this brand." },
  environment: { type: "string", value: "live|test", help: "Only keys of this environment." },
  color: {
    type: "string",
    value: "always|never|auto",
    help: "Whether to print in colour. By itself only to a terminal, and as NO_COLOR and FORCE_COLOR say.",
  },
  help: { type: "boolean", short: "h", help: "This text." },
  version: { type: "boolean", short: "v", help: "The version." },
};

// @ts-check
// The commands: how each is called, its options and what they mean, and what runs it. `main.mjs` reads arguments by it,
// `help.mjs` prints it, and shells complete by it. Those that manage keys are in managing.mjs.
import { check } from "./check.mjs";
import { MANAGING } from "./managing.mjs";
import { exportCommand } from "./moving/export.mjs";
import { importCommand } from "./moving/import.mjs";
import { ORGANIZATION, REACH } from "./options.mjs";
import { redact } from "./redact.mjs";
import { rules } from "./rules.mjs";
import { scanCommand } from "./scan/scan.mjs";

/** @typedef {{ type: "boolean" | "string", short?: string, multiple?: boolean, value?: string, choices?: readonly string[], help: string }} Option */
/** @typedef {Record<string, Option>} Options */
/**
 * @typedef {{
 *   usage: string,
 *   about: string,
 *   options: Options,
 *   codes: string[],
 *   more?: string,
 *   examples?: string[],
 *   words?: string[],
 *   run: (args: string[], pins: import("keyward").Pins | undefined, flags: any) => Promise<number>,
 * }} Command `codes`: what the exit codes 0, 1, … mean; `words`: what may stand behind it
 */

const json = /** @type {const} */ ({ type: "boolean", help: "Print one JSON document." });

/** Which keys are meant, of commands that look for keys. @type {Options} */
const PINS = {
  kinds: {
    type: "string",
    value: "sk,pat,pk",
    help: "Only keys of these kinds. sk: secret key of an organization, pat: personal secret key, pk: publishable key.",
  },
  brand: { type: "string", value: "kw", help: "Only keys of this brand." },
  environment: {
    type: "string",
    value: "live|test",
    choices: ["live", "test"],
    help: "Only keys of this environment.",
  },
};

/** @type {Options} */
const ofScan = {
  ...PINS,
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
  verify: {
    type: "boolean",
    help: "Ask a deployment what it knows of the whole keys that were found: sends them there, with the key in KEYWARD_API_KEY or of a profile as credential.",
  },
  "only-active": {
    type: "boolean",
    help: "With --verify: leave out keys that are known to be revoked or expired.",
  },
  revoke: {
    type: "boolean",
    help: "Revoke the whole secret keys that were found, after asking. To have a key is enough, so no credential is needed.",
  },
  yes: { type: "boolean", help: "With --revoke: do not ask." },
  url: {
    type: "string",
    value: "https://…",
    help: "The deployment for --verify and --revoke. By default it is in KEYWARD_URL, or of --verify the profile's.",
  },
  profile: REACH.profile,
  verbose: {
    type: "boolean",
    help: "Print fingerprints, allowed keys, and fingerprints that are allowed but nowhere.",
  },
  quiet: { type: "boolean", short: "q", help: "Print only keys that are found, and what was not looked at." },
};

/** @type {Options} */
const ofDeployment = {
  ...ORGANIZATION,
  ...REACH,
  quiet: { type: "boolean", short: "q", help: "Print no progress." },
};

/** @type {Options} */
const ofImport = {
  from: {
    type: "string",
    value: "SYSTEM",
    help: "What the file is a dump of: medusa, unkey, better-auth, keypal, csv (any other table) or keyward (an export).",
  },
  ...ofDeployment,
  "dry-run": { type: "boolean", help: "Say what would be imported, and store nothing." },
  algorithm: {
    type: "string",
    value: "sha256",
    help: "With csv, what the keys are hashed by: sha256, sha512, hmac-sha256 or scrypt.",
  },
  encoding: { type: "string", value: "hex", help: "With csv, how: hex, base64 or base64url." },
  part: {
    type: "string",
    value: "whole",
    help: "With csv, what of a key is hashed: whole, or after_last_underscore.",
  },
  "salt-file": {
    type: "string",
    value: "FILE",
    help: "With csv and keypal: a file that holds the one salt of all keys.",
  },
  "salt-encoding": {
    type: "string",
    value: "text",
    help: "With csv, how salts are written: text, which is taken as it is, hex, base64 or base64url.",
  },
  "salt-position": {
    type: "string",
    value: "before",
    help: "With csv, where a salt stands: before or after the key.",
  },
  "pepper-file": {
    type: "string",
    value: "FILE",
    help: "With csv and hmac-sha256: a file that holds the secret.",
  },
  "pepper-encoding": {
    type: "string",
    value: "text",
    help: "With csv, how the secret is written: text, hex, base64 or base64url.",
  },
};

const MORE_OF_IMPORT = `The file is a JSON array, one JSON object a line, or CSV with a header; its first character
tells. Columns of csv: hash, title, type, redacted, created_at, created_by, expires_at, scopes,
metadata, revoked_at; and salt, salt_encoding, salt_position, algorithm, encoding and part where
they differ by row; or key, a key in clear, which is hashed here and not sent.

Rows go in batches, and each batch as a whole. Running it again changes nothing that is in, so an
import that was interrupted goes on that way. How to dump each system: docs/MOVING.md.`;

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
  ...MANAGING,
  check: {
    usage: "check [key|-]",
    about:
      "Checks whether a key is well-formed, and shows its parts. Without a key it reads one from standard input, which keeps it out of the shell's history.",
    options: { json, ...PINS },
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
      "a key was found, whole or damaged, whatever its status",
      "wrong usage, or something was not looked at, verified or revoked as wanted",
    ],
    more: MORE_OF_SCAN,
    run: scanCommand,
  },
  redact: {
    usage: "redact",
    about: "Copies standard input to standard output, with keys redacted.",
    options: PINS,
    codes: ["done", "", "wrong usage, or something could not be read"],
    run: redact,
  },
  import: {
    usage: "import FILE|- --from SYSTEM --organization ORG",
    about:
      "Imports the keys of another system by their hashes, so that they go on working, or an export of Keyward. Lists the rows that fail, with their lines in the file.",
    options: ofImport,
    codes: ["every row is in", "a row failed", "wrong usage, or it could not be done to the end"],
    more: MORE_OF_IMPORT,
    run: importCommand,
  },
  export: {
    usage: "export --organization ORG [--output FILE]",
    about:
      "Writes everything of an organization as one JSON object a line, digests of keys included, which import reads.",
    options: {
      ...ofDeployment,
      output: {
        type: "string",
        value: "FILE",
        help: "Where to, readable by its owner alone; there once it is whole. By default to standard output.",
      },
    },
    codes: [
      "done",
      "done, but the deployment could not read some rows, which are missing",
      "wrong usage, or it could not be done to the end",
    ],
    run: exportCommand,
  },
  rules: {
    usage: "rules gitleaks|trufflehog|kingfisher|github",
    about: "Prints rules that find keys in another scanner; secret keys only, unless --kinds names others.",
    options: {
      ...PINS,
      url: {
        type: "string",
        value: "https://…",
        help: "Kingfisher only: the deployment at which it validates and revokes what it finds.",
      },
    },
    codes: ["done", "", "wrong usage"],
    run: rules,
  },
};

/** What every command understands. @type {Options} */
export const COMMON = {
  color: {
    type: "string",
    value: "always|never|auto",
    choices: ["always", "never", "auto"],
    help: "Whether to print in colour. By itself only to a terminal, and as NO_COLOR and FORCE_COLOR say.",
  },
  help: { type: "boolean", short: "h", help: "This text." },
  version: { type: "boolean", short: "v", help: "The version." },
};

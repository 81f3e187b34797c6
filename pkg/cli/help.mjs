// @ts-check
import manifest from "../package.json" with { type: "json" };

export const VERSION = manifest.version;

export const HELP = `keyward ${VERSION}: checks, finds and redacts Keyward API keys. Nothing leaves this machine.

Usage
  keyward check [key|-]        Checks whether a key is well-formed, and shows its parts.
                               Without a key it reads one from standard input,
                               which keeps it out of the shell's history.
  keyward scan [paths…|-]      Finds keys in files and folders, by default in this folder:
                               whole ones, and those that are cut or have a mistake.
                               Skips what .gitignore names, and .git.
  keyward redact               Copies standard input to standard output, with keys redacted.

Options of scan
  --staged                     Scan what git has staged, as it is about to be committed.
  --no-ignore                  Scan what .gitignore names, too.
  --binary                     Take compressed files as they are. Otherwise they are said
                               not to have been searched, with exit code 2.
  --json                       Print one JSON document. Also an option of check.
  --sarif                      Print SARIF 2.1.0, for code scanning.

Options of all commands
  --kinds sk,pat,pk            Only keys of these kinds. sk: secret key of an organization,
                               pat: personal secret key, pk: publishable key.
  --brand kw                   Only keys of this brand.
  --environment live|test      Only keys of this environment.
  -h, --help                   This text.
  -v, --version                The version.

Exit codes
  0  check: well-formed        scan: nothing found        redact: done
  1  check: not well-formed    scan: a key was found, whole or damaged
  2  wrong usage, or something could not be read

No command ever prints a whole key (redact passes on what it does not recognise).
Well-formed means that grammar and checksum hold; whether a key is valid, only the server can say.`;

// @ts-check
// What git is asked. Nothing that a repository configures may start a program or reach the network: what is scanned
// may be somebody else's.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import { escaped } from "../terminal/names.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** `timeout`: how many milliseconds it may take. @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: Buffer, timeout?: number }} Where */

/** Why git does not answer, as a sentence. `kind`: whether it is not there, there is no repository, or it does not want to. */
export class GitError extends Error {
  /** @param {"missing" | "outside" | "refused"} kind @param {string} message */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/** The commit graph is a copy of what commits say of their parents, and may say something else. */
const SETTINGS = [
  ...["core.fsmonitor=false", `core.hooksPath=${devNull}`, "protocol.allow=never"],
  ...["core.commitGraph=false", `diff.orderFile=${devNull}`],
];
const SAFE = ["--no-pager", ...SETTINGS.flatMap((set) => ["-c", set])];
const QUIET = {
  LC_ALL: "C",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  // What hides commits, or shows others in their place.
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_GRAFT_FILE: devNull,
  GIT_TERMINAL_PROMPT: "0",
};
/** With the repository and the index that a hook was started with. @returns {NodeJS.ProcessEnv} */
const here = () => ({ ...process.env, ...QUIET });

/** Git waits for ever where a pipe has taken the place of a file of its own, such as `.gitignore`. */
const PATIENCE = 60_000;

/** The repository of a folder, whatever a hook was started with. @param {string} cwd @returns {Where} */
export function at(cwd) {
  const env = here();
  for (const name of Object.keys(env))
    if (/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY|NAMESPACE)$/.test(name))
      delete env[name];
  return { cwd, env, timeout: PATIENCE };
}

/** What git prints, as one character for each byte. @param {string[]} args @param {Where} [where] @returns {string} */
export function git(args, { cwd, env = here(), input, timeout } = {}) {
  const { status, stdout, stderr, error } = spawnSync("git", [...SAFE, ...args], {
    cwd,
    env,
    input,
    timeout,
    killSignal: "SIGKILL",
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  if (error || status !== 0) throw failed(error, stderr);
  return stdout.toString("latin1");
}

/** @param {Error | undefined} error of starting it @param {Buffer | string | null} said */
function failed(error, said) {
  if (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "ENOENT") return new GitError("missing", "git is not installed");
    if (code === "ETIMEDOUT") return new GitError("refused", "git does not answer");
    return new GitError("refused", `git cannot be started: ${escaped(error.message)}`);
  }
  const text = String(said);
  if (text.includes("not a git repository"))
    return new GitError("outside", "this folder is in no git repository");
  if (text.includes("dubious ownership"))
    return new GitError(
      "refused",
      "git refuses the repository, since it belongs to somebody else (see safe.directory in git's manual)",
    );
  const [sentence] = text.replace(/^(fatal|error): /, "").split("\n");
  return new GitError("refused", `git says: ${escaped(sentence)}`);
}

/**
 * What git puts out, piece by piece, from input that comes in pieces.
 * @param {string[]} args
 * @param {Iterable<string> | AsyncIterable<string>} lines
 * @returns {AsyncGenerator<Buffer>}
 */
export async function* piped(args, lines) {
  const child = spawn("git", [...SAFE, ...args], { env: here() });
  /** @type {Error | undefined} */
  let error;
  /** What is wrong with the lines themselves. @type {unknown} */
  let problem;
  let said = "";
  child.stderr.setEncoding("latin1").on("data", (text) => {
    said += text;
  });
  const closed = once(child, "close").catch((why) => {
    error = why;
    return [];
  });
  // Once git has ended nobody reads; why it has ended is said below.
  child.stdin.on("error", () => {});
  const written = write(child.stdin, lines).catch((why) => {
    problem = why;
    child.stdin.end();
  });
  yield* child.stdout;
  const [code] = await closed;
  child.stdin.destroy();
  await written;
  if (problem !== undefined) throw problem;
  if (error || code !== 0) throw failed(error, said);
}

/** @param {import("node:stream").Writable} to @param {Iterable<string> | AsyncIterable<string>} lines */
async function write(to, lines) {
  let go = () => {};
  for (const event of ["drain", "close"]) to.on(event, () => go());
  for await (const line of lines) {
    if (to.destroyed) return;
    if (to.write(`${line}\n`)) continue;
    // Until more may be written, or nobody reads any more.
    await new Promise((resolve) => {
      go = () => resolve(undefined);
    });
  }
  to.end();
}

/**
 * The contents of objects, in the order in which they are asked for, by one process.
 * @template {{ id: string }} Wanted
 * @param {Iterable<Wanted> | AsyncIterable<Wanted>} wanted
 * @returns {AsyncGenerator<{ wanted: Wanted, bytes?: Buffer, end: boolean }>} pieces; without bytes: it is not there
 */
export async function* objects(wanted) {
  /** @type {Wanted[]} */
  const asked = [];
  let next = 0;
  async function* ids() {
    for await (const one of wanted) {
      asked.push(one);
      yield one.id;
    }
  }
  let header = "";
  // Bytes of the object that are yet to come, with the line feed behind it.
  let left = 0;
  for await (const chunk of piped(["cat-file", "--batch", "--buffer"], ids())) {
    for (let from = 0; from < chunk.length; ) {
      if (left === 0) {
        const end = chunk.indexOf(10, from);
        header += chunk.toString("latin1", from, end < 0 ? chunk.length : end);
        if (end < 0) break;
        from = end + 1;
        const size = header.match(/^\S+ \S+ (\d+)$/)?.[1];
        header = "";
        if (size === undefined) yield { wanted: asked[next++], end: true };
        else left = Number(size) + 1;
        continue;
      }
      const bytes = chunk.subarray(from, from + left);
      from += bytes.length;
      left -= bytes.length;
      const end = left === 0;
      yield { wanted: asked[next], bytes: end ? bytes.subarray(0, -1) : bytes, end };
      if (end) {
        // What has been read is forgotten from time to time.
        if (++next === 4096) next -= asked.splice(0, next).length;
      }
    }
  }
}

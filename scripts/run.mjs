// @ts-check
// What all scripts share: where the project is, how to run a command, how to end with one clear sentence.
// Only built-in modules, because this runs before node_modules exists.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

// Commands below see the project's own tools first, a current Node among them.
const bin = join(root, "node_modules", ".bin");
if (!process.env.PATH?.startsWith(bin)) process.env.PATH = bin + delimiter + process.env.PATH;

/** Who started this process. */
const parent = process.ppid;

/** The path of something in the project. @param {string[]} parts */
export const path = (...parts) => join(root, ...parts);

/** An error whose message is a sentence for the person at the keyboard; it is shown without a stack. */
export class Stop extends Error {}

/** What to do after most failed installs. */
export const AGAIN = "Is the network up? Then run the same command again.";

/** Runs a script's body; a `Stop` ends it with its sentence and exit code 1. @param {() => Promise<unknown>} body */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Stop ? `\n${error.message}` : error);
    process.exit(1);
  }
}

/**
 * Runs a command and returns how it ended; exit code 127 means that there is no such command.
 * `show` passes its output through, `tee` both passes it through and collects it; otherwise it is only collected, `stdout`
 * also by itself. A command that takes longer than `timeout` milliseconds is ended, with exit code 124.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, tee?: boolean, input?: string, timeout?: number }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function run(command, args, { cwd = root, env = process.env, show, tee, input, timeout } = {}) {
  return new Promise((resolve) => {
    const stdin = input === undefined ? (show ? "inherit" : "ignore") : "pipe";
    const output = show ? "inherit" : "pipe";
    const child = spawn(command, args, { cwd, env, stdio: [stdin, output, output] });
    let [text, stdout] = ["", ""];
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (part) => {
        text += part;
        if (stream === child.stdout) stdout += part;
        if (tee) process.stdout.write(part);
      });
    }
    const end = (/** @type {number} */ code, output = text) => {
      clearTimeout(timer);
      resolve({ code, output, stdout });
    };
    // Not by its close: what it has started may go on to hold its output.
    const timer =
      timeout &&
      setTimeout(() => {
        child.kill("SIGKILL");
        child.stdout?.destroy();
        child.stderr?.destroy();
        end(124);
      }, timeout);
    child.on("error", (error) => end(127, error.message));
    child.on("close", (code) => end(code ?? 1));
    // It may end before it has read everything.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

let running = 0;
/** @type {NodeJS.Timeout | undefined} */
let alive;

/**
 * Runs a command that may take minutes. In a terminal its own progress is shown; elsewhere one line every half minute says
 * that something is going on, however many commands run, and if one fails its output follows.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function attempt(command, args, options = {}) {
  const show = Boolean(process.stderr.isTTY);
  const started = Date.now();
  running += 1;
  if (!show) alive ??= setInterval(() => console.log(`      … ${seconds(started)}`), 30_000);
  const { code, output } = await run(command, args, { ...options, show });
  running -= 1;
  if (running === 0) alive = void clearInterval(alive);
  if (code !== 0) process.stderr.write(output);
  return code === 0;
}

/**
 * The same for a command that must succeed.
 * @param {string} command
 * @param {string[]} args
 * @param {string} otherwise what to say when it fails
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function must(command, args, otherwise, options) {
  if (!(await attempt(command, args, options))) throw new Stop(otherwise);
}

/**
 * Calls `act` once whoever started this process is gone, if that is npm: a signal to npm alone may never arrive here, and one
 * that cannot be caught never does.
 * @param {() => unknown} act
 */
export function whenOrphaned(act) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, 250);
  watch.unref();
}

/** The time since `started`, for people. @param {number} started */
export const seconds = (started) => `${((Date.now() - started) / 1000).toFixed(1)} s`;

/** The environment for a quiet and offline wrangler: it reports nothing, asks for nothing, and keeps its logs here. */
export const quietly = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG_PATH: path(".wrangler", "logs"),
  WRANGLER_REGISTRY_PATH: path(".wrangler", "registry"),
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};

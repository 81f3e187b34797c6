// @ts-check
// `keyward run`: a command with secrets in its environment, whose output has none.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { profileName, readProfile } from "../account/profiles.mjs";
import { mustHoldNoKey, variable } from "../shell/secrets.mjs";
import { input } from "../terminal/input.mjs";
import { hide, SHORTEST, say } from "../terminal/output.mjs";
import { reasonOf } from "../terminal/reasons.mjs";
import { redacting } from "./replace.mjs";

/** A program that cannot be started, as shells have it. */
const NOT_FOUND = 127;
const NOT_STARTED = 126;
const SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]);

/** @param {string[]} args @param {{ env?: string[], profile?: string }} flags */
export async function run([program, ...args], flags) {
  mustHoldNoKey(
    [program, ...args],
    "Let the command read it from its environment: sh -c 'curl -H \"Authorization: Bearer $API_KEY\" …'.",
  );
  const wanted = (flags.env ?? []).map(assignment);
  if (wanted.filter(({ source }) => source === "-").length > 1)
    throw new TypeError("Only one variable can come from standard input.");
  /** @type {Record<string, string>} */
  const given = {};
  for (const { name, source } of wanted) given[name] = await secretOf(name, source, flags);
  const isRead = wanted.some(({ source }) => source === "-");
  return start([program, ...args], { ...process.env, ...given }, secretsOf(given), isRead);
}

/** @param {string} text */
function assignment(text) {
  const [, name, source] = text.match(/^([A-Za-z_]\w*)(?:=(.*))?$/s) ?? [];
  const isSource = source === undefined || /^(-|profile|[A-Z_a-z]\w*)$/.test(source);
  if (name === undefined || !isSource)
    throw new TypeError(
      "--env takes NAME, NAME=OTHER (another variable), NAME=profile (the key of `keyward login`) or NAME=- (standard input), and never the secret itself.",
    );
  return { name, source };
}

/** @param {string} name @param {string | undefined} source @param {{ profile?: string }} flags */
async function secretOf(name, source, flags) {
  if (source === "-") {
    const value = (await text(input())).replace(/\r?\n$/, "");
    if (value === "" || value.includes("\0")) throw new TypeError("There is no secret in what came in.");
    return value;
  }
  if (source !== "profile") return variable(source ?? name);
  const profile = readProfile(profileName(flags.profile));
  if (!profile) throw new TypeError("There is no such profile here: run `keyward login` first.");
  return profile.key;
}

/** What must not come out, whatever it looks like. @param {Record<string, string>} given */
function secretsOf(given) {
  const secrets = [...Object.values(given), process.env.KEYWARD_API_KEY ?? ""];
  const long = secrets.filter((secret) => secret.length >= SHORTEST);
  for (const secret of long) hide(secret);
  return [...new Set(long)];
}

/** @param {string[]} command @param {NodeJS.ProcessEnv} env @param {string[]} secrets @param {boolean} isRead whether standard input is used up */
async function start([program, ...args], env, secrets, isRead) {
  const child = spawn(program, args, { env, stdio: [isRead ? "ignore" : "inherit", "pipe", "pipe"] });
  /** @type {Promise<{ code: number | null, signal: NodeJS.Signals | null, problem?: NodeJS.ErrnoException }>} */
  const ended = new Promise((resolve) => {
    child.once("error", (problem) => resolve({ code: null, signal: null, problem }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on. Either way the command decides.
  const passed = SIGNALS.map((signal) => {
    const listener = () =>
      void ((signal === "SIGINT" || signal === "SIGQUIT") && process.stdin.isTTY ? 0 : child.kill(signal));
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  // Whoever reads may go: then the command ends as if it had written into the closed pipe itself.
  const closed = () => {
    child.kill("SIGPIPE");
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const pipes = [
    pipeline(child.stdout, redacting(secrets), process.stdout, { end: false }).catch(closed),
    pipeline(child.stderr, redacting(secrets), process.stderr, { end: false }).catch(closed),
  ];
  const { code, signal, problem } = await ended;
  if (problem) {
    const isThere = problem.code !== "ENOENT";
    const why = problem.code === "EACCES" ? "it may not be executed" : reasonOf(problem);
    say(`keyward: the command ${isThere ? `cannot be started: ${why}` : "is not found"}.\n`);
    return isThere ? NOT_STARTED : NOT_FOUND;
  }
  await Promise.all(pipes);
  for (const stop of passed) stop();
  if (signal === null) return code ?? 0;
  // It ends as the command did, so that whoever waits for it sees the same.
  process.kill(process.pid, signal);
  return 128 + constants.signals[signal];
}

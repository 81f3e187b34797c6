// @ts-check
// Programs that tests need and this project does not bring: found on this machine, from Debian's packages, or compiled from
// the workspace.
import { accessSync, constants } from "node:fs";
import { attempt, run, Stop } from "./run.mjs";

/** The first of these places that has a program. @param {string[]} places */
export const firstOf = (places) => places.find((place) => place && isProgram(place));

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether this is Debian, or what is made of it. */
export const hasApt = async () => (await run("apt-get", ["--version"])).code === 0;

/** apt-get as whoever may change the system. @param {string[]} args */
export function apt(...args) {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [command, ...rest] = [...sudo, "apt-get", "-qq", ...args];
  return attempt(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
}

/** Installs Debian packages, if there is apt-get and the right to use it. @param {string[]} packages */
export async function installDebians(...packages) {
  if (!(await hasApt())) return;
  if (await apt("update")) await apt("install", "--yes", "--no-install-recommends", ...packages);
}

/**
 * Compiles a program of the workspace, and returns its path. With the features that `cargo test` compiles dependencies with,
 * so that it is not done twice.
 * @param {"bin" | "example"} kind @param {string} name
 */
export async function compiled(kind, name) {
  const build = `build --quiet --workspace --exclude keyward-xtask --${kind} ${name}`;
  const args = [...build.split(" "), "--message-format=json-render-diagnostics"];
  const { code, stdout, output } = await run("cargo", args);
  if (code !== 0) throw new Stop(`${name} could not be compiled.\n${output}`);
  const messages = stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
  return String(messages.find(({ target, executable }) => executable && target?.name === name).executable);
}

// @ts-check
// Runs a command so that it never outlives who started this: `node guard.mjs <command> <arguments…>`, in a process group of
// its own. The group ends with the command, and when standard input closes, which it does however its other end dies.
import { spawn } from "node:child_process";

/** How long the command may take to end by itself, in milliseconds. */
const PATIENCE = 3000;

const [command, ...args] = process.argv.slice(2);

/** @param {NodeJS.Signals} signal */
const signalGroup = (signal) => process.kill(-process.pid, signal);

// It signals its own group, and has to go on until everybody else there is gone.
for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"])) process.on(signal, () => {});
// Whoever reads the output may be gone as well.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
child.on("error", (error) => console.error(error.message));
child.on("close", () => signalGroup("SIGKILL"));

process.stdin.on("close", () => {
  signalGroup("SIGTERM");
  setTimeout(() => signalGroup("SIGKILL"), PATIENCE);
});
process.stdin.on("error", () => {});
process.stdin.resume();

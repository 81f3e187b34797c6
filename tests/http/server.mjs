// @ts-check
// The process that `startServer` of the harness starts. It prints one JSON line for its address and one for each line
// that the worker logs, and ends, with all that it started, when it is killed or its stdin closes.
import { start } from "./harness.mjs";

const say = (/** @type {unknown} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);
process.stdin.resume().on("end", () => process.kill(-process.pid, "SIGKILL"));

const { url } = await start(JSON.parse(process.argv[2]), say);
say({ url });

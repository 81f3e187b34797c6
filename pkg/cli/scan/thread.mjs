// @ts-check
// What each thread besides the main one runs: it takes tasks until none is left.
import { workerData } from "node:worker_threads";
import { useParts } from "../bytes/finder.mjs";
import { perform } from "./task.mjs";

const { port, options, parts } = workerData;
useParts(parts);

port.on("message", (/** @type {import("./pool.mjs").Share} */ { first, tasks, taken }) => {
  for (let at = Atomics.add(taken, 0, 1); at < tasks.length; at = Atomics.add(taken, 0, 1))
    port.postMessage({ at: first + at, outcome: perform(tasks[at], options) });
  port.postMessage("done");
});

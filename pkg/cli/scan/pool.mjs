// @ts-check
// Threads that share tasks with the main one. Which of them does what is chance; the outcomes are in the order of the tasks.
import { availableParallelism } from "node:os";
import { MessageChannel, receiveMessageOnPort, SHARE_ENV, Worker } from "node:worker_threads";
import { partsOf } from "../bytes/finder.mjs";
import { perform } from "./task.mjs";

/** @typedef {import("./task.mjs").Task} Task */
/** @typedef {import("./task.mjs").Outcome} Outcome */
/** Some tasks, of which the first has the number `first`; `taken`: how many of them somebody has begun. @typedef {{ first: number, tasks: Task[], taken: Int32Array }} Share */
/** `owes`: for how many shares it has not said yet that nothing is left. @typedef {{ port: import("node:worker_threads").MessagePort, worker: Worker, owes: number }} Thread */

/** More threads wait for the file system, not for a processor. */
const MOST = 8;

/**
 * @param {import("./task.mjs").Options} options
 * @param {{ threads?: number, module?: URL }} [how] how many threads there are with the main one; what the others run
 */
export function createPool(options, how = {}) {
  const { threads = Math.min(MOST, availableParallelism()), module = MODULE } = how;
  let wanted = threads - 1;
  /** @type {Set<Thread>} */
  const alive = new Set();
  /** What the current work does with an outcome, and what it does when nothing more will come. */
  let take = (/** @type {number} */ _at, /** @type {Outcome} */ _outcome) => {};
  let stopWaiting = () => {};

  /** @param {Thread} thread @param {{ at: number, outcome: Outcome } | "done"} said */
  const hear = (thread, said) => {
    if (said === "done") thread.owes -= 1;
    else take(said.at, said.outcome);
    if ([...alive].every(({ owes }) => owes === 0)) stopWaiting();
  };
  /** @param {Thread} thread */
  const drain = (thread) => {
    for (let next = receiveMessageOnPort(thread.port); next; next = receiveMessageOnPort(thread.port))
      hear(thread, next.message);
  };
  const startOne = () => {
    const { port1: port, port2 } = new MessageChannel();
    const workerData = { port: port2, options, parts: partsOf() };
    const thread = {
      port,
      worker: new Worker(module, {
        workerData,
        transferList: [port2],
        env: SHARE_ENV,
        trackUnmanagedFds: false,
      }),
      owes: 0,
    };
    alive.add(thread);
    port.on("message", (said) => hear(thread, said));
    const end = () => {
      // What it has said before it ended counts; what it has not done is missing.
      drain(thread);
      port.close();
      alive.delete(thread);
      if ([...alive].every(({ owes }) => owes === 0)) stopWaiting();
    };
    thread.worker.on("error", end).on("exit", end);
  };

  return {
    /** Starts the threads, which takes them some 30 ms. Where none may be started, the main one does everything. */
    start() {
      try {
        for (; wanted > 0; wanted -= 1) startOne();
      } catch {
        wanted = 0;
      }
    },

    /**
     * Tasks that come little by little: the threads begin with them while more are made. One work at a time.
     * @param {(outcome: Outcome) => void} tell what is told of each outcome as it comes
     */
    begin(tell) {
      /** @type {(Outcome | undefined)[]} */
      const outcomes = [];
      /** @type {Share[]} */
      const shares = [];
      let open = 0;
      stopWaiting = () => {};
      take = (at, outcome) => {
        outcomes[at] = outcome;
        tell(outcome);
        open -= 1;
        // A thread that is only about to start is not waited for.
        if (open === 0) stopWaiting();
      };
      return {
        /** @param {Task[]} tasks */
        add(tasks) {
          const share = { first: outcomes.length, tasks, taken: new Int32Array(new SharedArrayBuffer(4)) };
          shares.push(share);
          open += tasks.length;
          for (const _ of tasks) outcomes.push(undefined);
          for (const thread of alive) {
            thread.owes += 1;
            thread.port.postMessage(share);
          }
        },
        /** An outcome for each task; none for those that a thread has begun which has ended early. */
        async end() {
          for (const { first, tasks, taken } of shares)
            for (let at = Atomics.add(taken, 0, 1); at < tasks.length; at = Atomics.add(taken, 0, 1)) {
              take(first + at, perform(tasks[at], options));
              alive.forEach(drain);
            }
          if (open > 0 && alive.size > 0)
            await new Promise((resolve) => {
              stopWaiting = () => resolve(undefined);
            });
          return outcomes;
        },
      };
    },

    end() {
      for (const { worker, port } of alive) {
        port.close();
        worker.terminate();
      }
    },
  };
}

/** Beside this file, also where both are bundled. */
const MODULE = new URL("./thread.mjs", import.meta.url);

// @ts-check
// The least that Node can do with files, by as many threads as `keyward scan` has: it lists them and reads each from its
// beginning to its end, in pieces like those of `scan`, and looks at nothing. Only `.git` is left out, and nothing else that
// is ignored. `node floor.mjs folder` says how many bytes.
import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** As in pkg/cli: threads, files of a task, and bytes that are read at once. */
const THREADS = Math.min(8, availableParallelism());
const SOME = 64;
const PIECE = 4 << 20;

/** Paths in some texts, with a zero byte between them, and how many of the texts somebody has begun. @typedef {{ tasks: string[], taken: Int32Array }} Share */

const buffer = Buffer.allocUnsafe(PIECE);

/** How many bytes the files of what is left have. @param {Share} share */
function readShare({ tasks, taken }) {
  let bytes = 0;
  for (let at = Atomics.add(taken, 0, 1); at < tasks.length; at = Atomics.add(taken, 0, 1))
    for (const path of tasks[at].split("\0")) {
      const file = openSync(path, "r");
      for (let read = 1; read > 0; bytes += read) read = readSync(file, buffer, 0, PIECE, null);
      closeSync(file);
    }
  return bytes;
}

/** @param {string} folder @returns {Generator<string>} */
function* filesIn(folder) {
  /** @type {string[]} */
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop())
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      const path = `${next}/${entry.name}`;
      if (entry.name === ".git") continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) yield path;
    }
}

/** @param {string} folder */
async function readAll(folder) {
  const threads = Array.from({ length: THREADS - 1 }, () => new Worker(fileURLToPath(import.meta.url)));
  /** @type {Share[]} */
  const shares = [];
  const share = (/** @type {string[]} */ paths) => {
    const tasks = [];
    for (let at = 0; at < paths.length; at += SOME) tasks.push(paths.slice(at, at + SOME).join("\0"));
    const one = { tasks, taken: new Int32Array(new SharedArrayBuffer(4)) };
    shares.push(one);
    for (const thread of threads) thread.postMessage(one);
  };
  /** @type {string[]} */
  let paths = [];
  for (const path of filesIn(folder))
    if (paths.push(path) === SOME * 8) {
      share(paths);
      paths = [];
    }
  share(paths);
  let bytes = shares.reduce((sum, one) => sum + readShare(one), 0);
  await Promise.all(
    threads.map(async (thread) => {
      thread.postMessage("end");
      bytes += await new Promise((resolve, reject) => thread.on("message", resolve).on("error", reject));
    }),
  );
  return bytes;
}

if (isMainThread) console.log(await readAll(process.argv[2]));
else {
  let bytes = 0;
  parentPort?.on("message", (said) => {
    if (said !== "end") bytes += readShare(said);
    else {
      parentPort?.postMessage(bytes);
      parentPort?.close();
    }
  });
}

// @ts-check
// Runs the built worker in workerd, as Cloudflare does: real KV, real Durable Objects with SQLite, the assets of www/.
// Settings come from wrangler.toml; secrets are made anew for every start, never taken from .dev.vars.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { digest, newRootKey, newSealKey } from "../../scripts/keys.mjs";
import { path } from "../../scripts/run.mjs";

process.env.WRANGLER_LOG ??= "error";
process.env.WRANGLER_SEND_METRICS = "false";
const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");

/**
 * @typedef {object} Options
 * @property {string} [persist] the folder that keeps KV and Durable Objects; without one they end with the server
 * @property {number} [port] default: any free one
 * @property {string} [rootKey] default: a new one
 * @property {string} [sealKeys] the secret SEAL_KEYS; default: one new key
 * @property {string} [entry] a module around the worker's, which it finds as `./index.js`; default: none
 * @property {boolean} [second] whether the worker runs in a second isolate as well, which the module around it finds as `SECOND`
 * @property {Record<string, import("miniflare").Json>} [bindings] variables and secrets beside or instead of those of wrangler.toml
 * @property {any[]} [beside] other workers of the same account, each with a name; the worker's is `keyward`
 *
 * @typedef {{ level: string, message: string }} LogLine
 */

/** The options of one start with everything chosen. @param {Options} options */
const complete = (options) => ({
  port: 0,
  rootKey: newRootKey(),
  sealKeys: newSealKey(),
  bindings: {},
  beside: [],
  ...options,
});

/** @param {ReturnType<typeof complete>} options @param {(line: LogLine) => void} log */
function miniflare({ persist, port, rootKey, sealKeys, entry, second, beside, bindings }, log) {
  const config = path("wrangler.toml");
  if (!existsSync(path("build/index.js")))
    throw new Error("There is no worker yet: run `npm run build` first.");
  const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
  const { vars } = unstable_readConfig({ config });
  const worker = {
    ...workerOptions,
    name: "keyward",
    modulesRules: undefined,
    modulesRoot: path("build"),
    modules: [
      ...(entry
        ? [{ type: /** @type {const} */ ("ESModule"), path: path("build/entry.mjs"), contents: entry }]
        : []),
      { type: /** @type {const} */ ("ESModule"), path: path("build/index.js") },
      { type: /** @type {const} */ ("CompiledWasm"), path: path("build/index_bg.wasm") },
    ],
    bindings: {
      .../** @type {Record<string, string>} */ (vars),
      ENVIRONMENT: "test",
      SEAL_KEYS: sealKeys,
      ROOT_KEY_DIGESTS: digest(rootKey),
      ...bindings,
    },
  };
  const name = "keyward-second";
  // The same ledgers, which run in the first.
  const durableObjects = { LEDGER: { className: "Ledger", scriptName: "keyward" } };
  const workers = second
    ? [
        { ...worker, serviceBindings: { SECOND: name } },
        { ...worker, name, durableObjects, assets: undefined },
      ]
    : [worker];
  return new Miniflare(
    convertV4MiniflareOptions({
      workers: [...workers, ...beside],
      host: "127.0.0.1",
      port,
      cf: false,
      resourcePersistencePath: persist,
      handleStructuredLogs: log,
    }),
  );
}

/**
 * @typedef {object} Kv KV, past the worker
 * @property {(key: string) => Promise<string | null>} get
 * @property {(key: string, value: string) => Promise<void>} put
 * @property {(key: string) => Promise<void>} delete
 * @property {(options?: { prefix: string }) => Promise<{ keys: { name: string, expiration?: number }[] }>} list
 */

/**
 * Starts the worker inside this process. `logs` collects every line that it logs, `onLog` gets each as it comes.
 * @param {Options} [options]
 * @param {(line: LogLine) => void} [onLog]
 */
export async function start(options = {}, onLog = () => {}) {
  const chosen = complete(options);
  /** @type {LogLine[]} */
  const logs = [];
  const mf = miniflare(chosen, ({ level, message }) => {
    logs.push({ level, message });
    onLog({ level, message });
  });
  const url = (await mf.ready).origin;
  return {
    url,
    mf,
    logs,
    rootKey: chosen.rootKey,
    sealKeys: chosen.sealKeys,
    kv: /** @type {Kv} */ (/** @type {unknown} */ (await mf.getKVNamespace("KEYS"))),
    fetch: fetchFrom(url),
    stop: () => mf.dispose(),
  };
}

/**
 * Starts the worker in processes of its own, so that `kill` can end them all at once (as kill -9 does, workerd included)
 * and another start with the same options can go on from what had been stored.
 * @param {Options & { persist: string }} options
 */
export async function startServer(options) {
  const chosen = complete(options);
  // `detached` makes a process group, which workerd belongs to as well. The server ends itself when its stdin closes,
  // so that it does not outlive this process.
  const child = spawn(process.execPath, [path("tests/http/server.mjs"), JSON.stringify(chosen)], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(child, "close");

  /** @type {LogLine[]} */
  const logs = [];
  const url = await new Promise((resolve, reject) => {
    closed.then(() => reject(new Error("The server ended before it was ready.")));
    createInterface(child.stdout).on("line", (line) => {
      const said = JSON.parse(line);
      if (said.url) resolve(said.url);
      else logs.push(said);
    });
  });
  const kill = async () => {
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await closed;
  };
  return { url, logs, rootKey: chosen.rootKey, sealKeys: chosen.sealKeys, fetch: fetchFrom(url), kill };
}

/** `fetch` with paths instead of addresses; a redirect is an answer like any other. @param {string} url */
function fetchFrom(url) {
  /** @param {string} path @param {RequestInit} [init] */
  return (path, init) => fetch(new URL(path, url), { redirect: "manual", ...init });
}

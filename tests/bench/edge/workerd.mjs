// @ts-check
// workerd by itself: a configuration, a process on a core of its own, and how much CPU time it has taken.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { path, Stop } from "../../../scripts/run.mjs";

const require = createRequire(import.meta.url);
/** @type {{ default: string, version: string }} the one that miniflare and wrangler run as well */
const workerd = createRequire(require.resolve("miniflare"))("workerd");
export const workerdVersion = workerd.version;

const [, compatibilityDate] =
  readFileSync(path("wrangler.toml"), "utf8").match(/^compatibility_date = "(.+)"$/m) ?? [];

const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/**
 * A command line that runs on one core, where that can be had: programs and load must not push each other around.
 * @param {number} core @param {string[]} command
 */
export const pinned = (core, command) => (canPin ? ["taskset", "-c", String(core), ...command] : command);

/**
 * @typedef {object} Program
 * @property {string} name
 * @property {string} folder its modules
 * @property {string} main the one that has the handler
 * @property {Record<string, string>} bindings its variables and secrets
 * @property {boolean} [hasLedger] it exports `Ledger`, a Durable Object
 * @property {string[]} [flags] for workerd
 * @property {string} [consumers] with consumers beside it, which are bound to it: the root key with which these are asked
 */

/** A text in the configuration. @param {string} text */
const quoted = (text) => JSON.stringify(text);

/** The modules of a folder, the main one first. @param {string} folder @param {string} main */
const modulesOf = (folder, main) =>
  [main, ...readdirSync(folder).filter((name) => name !== main && /\.(m?js|wasm)$/.test(name))].map(
    (name) =>
      `(name = ${quoted(name)}, ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed ${quoted(name)})`,
  );

/** The ways in which a consumer has keys verified: through the entrypoint, and by HTTP. */
const CONSUMERS = ["bound", "fetched"];

/** A consumer. @param {string} name @param {string} rootKey */
const consumer = (name, rootKey) => {
  const verifier = (/** @type {object} */ props) =>
    `service = (name = "main", entrypoint = "Verifier", props = (json = ${quoted(JSON.stringify(props))}))`;
  return `
    (name = ${quoted(name)}, worker = (
      compatibilityDate = ${quoted(compatibilityDate)},
      modules = [(name = "consumer.mjs", esModule = embed "consumer.mjs")],
      bindings = [
        (name = "IS_BOUND", text = "${name === "bound"}"),
        (name = "ROOT_KEY", text = ${quoted(rootKey)}),
        (name = "OPERATOR", ${verifier({ operator: true })}),
        (name = "ORGANIZATION", ${verifier({ organization: "acme" })}),
        (name = "HTTP", service = "main"),
      ],
    )),`;
};

/** @param {Program} program @param {number} port @param {number} kvPort @param {number[]} ports of consumers @param {string} storage a folder for Durable Objects */
const configuration = ({ folder, main, bindings, hasLedger, consumers }, port, kvPort, ports, storage) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = ${quoted(compatibilityDate)},
      modules = [${modulesOf(folder, main)}],
      bindings = [
        (name = "KEYS", kvNamespace = "kv"),
        ${hasLedger ? '(name = "LEDGER", durableObjectNamespace = "Ledger"),' : ""}
        ${Object.entries(bindings).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`)}
      ],
      ${hasLedger ? 'durableObjectNamespaces = [(className = "Ledger", uniqueKey = "ledger", enableSql = true)], durableObjectStorage = (localDisk = "disk"),' : ""}
    )),
    ${ports.map((_, at) => consumer(CONSUMERS[at], consumers ?? "")).join("")}
    (name = "disk", disk = (path = ${quoted(storage)}, writable = true)),
    (name = "kv", worker = (
      compatibilityDate = ${quoted(compatibilityDate)},
      modules = [(name = "kv.mjs", esModule = embed "kv.mjs")],
    )),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:${port}", http = (), service = "main"),
    (name = "kv", address = "127.0.0.1:${kvPort}", http = (), service = "kv"),
    ${ports.map((port, at) => `(name = "${CONSUMERS[at]}", address = "127.0.0.1:${port}", http = (), service = "${CONSUMERS[at]}"),`).join("")}
  ],
);
`;

/** A free port. @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** No workerd outlives this process, however it ends. @type {(() => void)[]} */
const running = [];
process.once("exit", () => {
  for (const stop of running) stop();
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** @typedef {Awaited<ReturnType<typeof serve>>} Served */

/**
 * Starts a program in a workerd of its own. What it logs goes to a file, as on a server.
 * @param {Program} program @param {string} scratch a folder for its files
 */
export async function serve(program, scratch) {
  const folder = join(scratch, program.name.replace(/\W+/g, "-"));
  const storage = join(folder, "storage");
  mkdirSync(storage, { recursive: true });
  for (const name of readdirSync(program.folder)) {
    if (/\.(m?js|wasm)$/.test(name)) cpSync(join(program.folder, name), join(folder, name));
  }
  for (const name of ["kv.mjs", "consumer.mjs"])
    cpSync(path("tests/bench/edge/programs", name), join(folder, name));
  const [port, kvPort] = [await freePort(), await freePort()];
  /** @type {number[]} */
  const ports = [];
  for (const _ of program.consumers ? CONSUMERS : []) ports.push(await freePort());
  writeFileSync(join(folder, "config.capnp"), configuration(program, port, kvPort, ports, storage));
  const logFile = join(folder, "log");
  const log = openSync(logFile, "a");
  const command = pinned(0, [
    workerd.default,
    "serve",
    ...(program.flags ?? []),
    join(folder, "config.capnp"),
  ]);
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", log, log] });
  const { pid } = child;
  if (pid === undefined) throw new Stop("workerd does not start.");
  const stop = () => child.kill("SIGKILL");
  running.push(stop);
  const kvUrl = `http://127.0.0.1:${kvPort}/`;
  for (let tries = 0; ; tries += 1) {
    if (await fetch(kvUrl).catch(() => undefined)) break;
    if (child.exitCode !== null || tries > 200)
      throw new Stop(`workerd does not serve ${program.name}:\n${readFileSync(logFile, "utf8")}`);
    await sleep(50);
  }
  const at = (/** @type {string} */ name, /** @type {number} */ port) => ({
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    pid,
    logFile,
    cpu: () => cpuSeconds(pid),
    stop,
    /** Everything that KV holds. @returns {Promise<Record<string, string>>} */
    stored: async () => /** @type {any} */ (await fetch(kvUrl)).json(),
    /** @param {Record<string, string>} values */
    store: async (values) => {
      for (const [key, body] of Object.entries(values)) {
        await fetch(kvUrl + encodeURIComponent(key), { method: "PUT", body });
      }
    },
  });
  // Their CPU time is that of the same process.
  const consumers = ports.map((port, index) => at(CONSUMERS[index], port));
  return { ...at(program.name, port), consumers };
}

/** The CPU time that a process has taken, all its threads together, in seconds. @param {number} pid */
function cpuSeconds(pid) {
  // In nanoseconds, where the kernel keeps it.
  if (existsSync(`/proc/${pid}/schedstat`)) {
    const threads = readdirSync(`/proc/${pid}/task`);
    const taken = threads.map((thread) => {
      try {
        return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
      } catch {
        return 0; // It has ended in between.
      }
    });
    return taken.reduce((sum, one) => sum + one, 0) / 1e9;
  }
  // In hundredths of a second: [[days-]hours:]minutes:seconds.
  const text = execFileSync("ps", ["-o", "time=", "-p", String(pid)], { encoding: "utf8" }).trim();
  return text.split(/[-:]/).reduce((sum, part, at, { length }) => {
    const isDays = length === 4 && at === 0;
    return (sum + Number(part)) * (at === length - 1 ? 1 : isDays ? 24 : 60);
  }, 0);
}

// @ts-check
// What a verify costs at the edge: Keyward against a worker written with Hono and against the least that any worker
// does, each in a workerd of its own, asked over sockets by another process. docs/BENCHMARKS.md says how and why.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { digest, newRootKey, newSealKey } from "../../../scripts/keys.mjs";
import { path, Stop } from "../../../scripts/run.mjs";
import { kvKeyOf, mint } from "../../http/mint.mjs";
import { printTables, write } from "./report.mjs";
import { pinned, serve } from "./workerd.mjs";

/** @typedef {import("./workerd.mjs").Program} Program */
/** @typedef {import("./workerd.mjs").Served} Served */

/** The cases, and who takes no part in them. @type {Record<string, { title: string, without: string[] }>} */
const CASES = {
  operator: { title: "valid key, the operator asks", without: [] },
  organization: { title: "valid key, an organization asks", without: [] },
  mistyped: { title: "mistyped key", without: [] },
  forged: { title: "forged key", without: [] },
  strong: { title: "valid key, strong", without: ["hono", "hono-plain"] },
};

export const titleOf = (/** @type {string} */ name) => CASES[name].title;

const KEYS = 20;
const ORGANIZATION = "acme";

/** How the names of other builds of Keyward begin. */
const BUILD = "keyward@";
const isBuild = (/** @type {string} */ name) => name.startsWith(BUILD);

/** @typedef {{ program: string, case: string, connections: number, round: number, cpu: number, rate: number }} Figure `cpu` in seconds per request, `rate` in requests a second */

/** @param {{ [name in keyof typeof import("./options.mjs").options]?: any }} values */
export async function bench(values) {
  const all = Object.keys(CASES);
  const cases = list(values.cases ?? all.join(","), all);
  const connections = list(values.connections).map(Number);
  const [rounds, requests] = values.quick ? [6, 300] : [Number(values.rounds), Number(values.requests)];
  const warmUp = values.quick ? 1_000 : 4_000;
  if (![rounds, requests, ...connections].every((number) => Number.isInteger(number) && number > 0))
    throw new Stop("Rounds, requests and connections are whole numbers from 1 on.");

  const scratch = mkdtempSync(join(tmpdir(), "keyward-bench-"));
  /** @type {Served[]} */
  const served = [];
  const load = startLoad();
  try {
    const deployment = { rootKey: newRootKey(), sealKey: newSealKey() };
    const bindings = bindingsOf(deployment);
    const keyward = { main: "index.js", bindings, hasLedger: true };
    const consumers = deployment.rootKey;
    served.push(await serve({ ...keyward, name: "keyward", folder: path("build"), consumers }, scratch));
    const stock = await stockUp(served[0], deployment);
    for (const program of [
      ...(await rivals(scratch, bindings, stock)),
      ...(values.build ?? []).map((/** @type {string} */ folder) => ({
        ...keyward,
        name: `${BUILD}${basename(resolve(folder))}`,
        folder: resolve(folder),
      })),
    ]) {
      served.push(await serve(program, scratch));
    }
    for (const rival of served.slice(1).filter(({ name }) => !isBuild(name))) await rival.store(stock.values);
    await expectAlike(
      served.filter(({ name }) => !isBuild(name)),
      stock,
      cases,
    );
    // Another build may store its keys in another form.
    /** @type {Record<string, Stock>} */
    const stocks = {};
    for (const program of served)
      stocks[program.name] = isBuild(program.name) ? await stockUp(program, deployment) : stock;
    served.push(...served[0].consumers.map((consumer) => ({ ...consumer, consumers: [] })));
    const names = served.map(({ name }) => name);
    const chosen = list(values.programs ?? names.join(","), names);
    const programs = served.filter(({ name }) => chosen.includes(name));

    /** @param {Served} program @param {string} name @param {number} connections @param {number} count */
    const visit = async (program, name, connections, count) => {
      const task = { port: program.port, connections, ...question(stocks[program.name], name, program) };
      await load.send({ ...task, count: 0 });
      truncateSync(program.logFile);
      const before = program.cpu();
      const seconds = await load.send({ ...task, count });
      const cpu = (program.cpu() - before) / count;
      expectLog(program, count);
      return { cpu, rate: count / seconds };
    };
    const taking = (/** @type {string} */ name) =>
      programs.filter((program) => !CASES[name].without.includes(program.name));

    // Once with few connections and once with many: the first requests of all are slow, whoever answers them.
    for (const name of cases) {
      for (const program of taking(name)) {
        for (const connections of [16, 1]) await visit(program, name, connections, warmUp / 2);
      }
    }
    /** @type {Figure[]} */
    const figures = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const [place, [name, count]] of crossed(cases, connections).entries()) {
        // In turns, so that a slow moment of the machine hits all; and everyone comes after everyone else.
        for (const program of rotated(taking(name), round + place)) {
          const found = await visit(program, name, count, Math.max(requests, count * 4));
          figures.push({ program: program.name, case: name, connections: count, round, ...found });
        }
      }
      if (process.stdout.isTTY) process.stdout.write(`\rround ${round + 1} of ${rounds}`);
    }
    printTables(figures);
    if (values.write) write(figures, { rounds, requests });
  } finally {
    load.stop();
    for (const { stop } of served) stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The words of an option. @param {string} text @param {string[]} [known] */
function list(text, known) {
  const words = text.split(",").filter(Boolean);
  const unknown = words.find((word) => known && !known.includes(word));
  if (unknown) throw new Stop(`There is no "${unknown}"; there are: ${known?.join(",")}.`);
  return words;
}

/** Every pair. @template A, B @param {A[]} first @param {B[]} second @returns {[A, B][]} */
const crossed = (first, second) => first.flatMap((a) => second.map((b) => /** @type {[A, B]} */ ([a, b])));

/** @template T @param {T[]} items @param {number} by */
const rotated = (items, by) => items.map((_, at) => items[(at + by) % items.length]);

/** @param {{ rootKey: string, sealKey: string }} deployment */
const bindingsOf = ({ rootKey, sealKey }) => ({
  BRAND: "kw",
  ENVIRONMENT: "test",
  SEAL_KEYS: sealKey,
  ROOT_KEY_DIGESTS: digest(rootKey),
});

/**
 * @typedef {object} Stock what is asked for, and what there is to be found
 * @property {string} rootKey
 * @property {string} caller a key of the organization that may verify
 * @property {string[]} keys
 * @property {string[]} forged with a right checksum and a wrong seal
 * @property {Record<string, string>} values what KV holds
 * @property {Record<string, string>} answers what Keyward answers, by case
 */

/**
 * Makes keys through Keyward itself, and waits until KV holds them.
 * @param {Served} keyward @param {{ rootKey: string, sealKey: string }} deployment @returns {Promise<Stock>}
 */
async function stockUp({ url, stored }, { rootKey }) {
  /** @param {string} method @param {string} path @param {object} body @returns {Promise<any>} */
  const call = async (method, path, body) => {
    const headers = { authorization: `Bearer ${rootKey}`, "content-type": "application/json" };
    const answer = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const place = `/v1/organizations/${ORGANIZATION}`;
  await call("POST", "/v1/organizations", { id: ORGANIZATION, name: "Acme" });
  const { token: caller } = await call("POST", `${place}/keys`, {
    title: "Verifier",
    scopes: ["keys:verify"],
  });
  /** @type {string[]} */
  const keys = [];
  for (let n = 1; n <= KEYS; n += 1) {
    const fields = { title: `CI deploys ${n}`, scopes: ["orders:read"], metadata: { team: "platform" } };
    keys.push((await call("POST", `${place}/keys`, fields)).token);
  }
  const values = await awaited(stored, (values) => [caller, ...keys].every((key) => kvKeyOf(key) in values));
  const forged = keys.map((_, n) =>
    mint({ owner: `organization:${ORGANIZATION}`, secret: String(n).padStart(32, "M") }),
  );
  /** @type {Stock} */
  const stock = { rootKey, caller, keys, forged, values, answers: {} };
  for (const name of Object.keys(CASES)) stock.answers[`/${name}`] = (await answered(url, stock, name)).text;
  return stock;
}

/** What a program answers in a case, as it looks from outside. @param {string} url @param {Stock} stock @param {string} name */
async function answered(url, stock, name, path = "/v1/verify") {
  const { token, body } = asked(stock, name, keysOf(stock, name)[0]);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(url + path, { method: "POST", headers, body });
  const names = [...answer.headers.keys()].sort();
  return { text: await answer.text(), names };
}

/** All have to answer alike, or they are not compared. @param {Served[]} programs @param {Stock} stock @param {string[]} cases */
async function expectAlike([keyward, ...rivals], stock, cases) {
  for (const name of cases.filter((name) => stock.answers[`/${name}`].includes('"valid":true'))) {
    const ours = await answered(keyward.url, stock, name);
    for (const { name: rival, url } of rivals.filter((rival) => !CASES[name].without.includes(rival.name))) {
      const theirs = await answered(url, stock, name, rival === "floor" ? `/${name}` : undefined);
      // Each says as of when; the first time of all that is asked of the ledger.
      const told = (/** @type {string} */ text) => ({ ...JSON.parse(text), as_of: null, consistency: null });
      assert.deepEqual(told(theirs.text), told(ours.text), `${rival}: ${name}`);
      assert.deepEqual(theirs.names, ours.names, `${rival}: ${name}`);
    }
  }
}

/** What is asked about a key in a case, and by whom. @param {Stock} stock @param {string} name @param {string} key */
function asked({ rootKey, caller }, name, key) {
  const token = name === "organization" ? caller : rootKey;
  const consistency = name === "strong" ? { consistency: "strong" } : {};
  return { token, body: JSON.stringify({ key, scopes: ["orders:read"], ...consistency }) };
}

/** With one character changed in its middle. @param {string} key */
const mistyped = (key) => `${key.slice(0, 40)}${key[40] === "a" ? "b" : "a"}${key.slice(41)}`;

/** The keys that a case asks about. @param {Stock} stock @param {string} name */
const keysOf = ({ keys, forged }, name) =>
  name === "mistyped" ? keys.map(mistyped) : name === "forged" ? forged : keys;

/** What a case sends to a program, and what has to come back. @param {Stock} stock @param {string} name @param {Served} program */
function question(stock, name, program) {
  const isFloor = program.name === "floor";
  const requests = keysOf(stock, name).map((key) => {
    const { token, body } = asked(stock, name, key);
    return [
      `POST ${isFloor ? `/${name}` : "/v1/verify"} HTTP/1.1`,
      `Host: 127.0.0.1:${program.port}`,
      "Accept: */*",
      `Authorization: Bearer ${token}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
  });
  const refusal = name === "mistyped" ? "malformed" : name === "forged" ? "forged" : undefined;
  // Without checksum and seal it has to look, and finds nothing.
  const code = refusal && program.name === "hono-plain" ? "unknown" : (refusal ?? "valid");
  return { requests, status: "200", holds: `"code":"${code}"` };
}

/** Every request has to have left its line in the log. @param {Served} program @param {number} count */
function expectLog({ name, logFile }, count) {
  const lines = readFileSync(logFile, "utf8")
    .split("\n")
    .filter((line) => line.includes('"answered"'));
  if (lines.length === count) return;
  throw new Error(`${name} has logged ${lines.length} of ${count} requests; at last: ${lines.at(-1)}`);
}

/** Starts the process that makes the load. */
function startLoad() {
  const [command, ...args] = pinned(1, [process.execPath, path("tests/bench/edge/load.mjs")]);
  const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const stop = () => child.kill();
  process.once("exit", stop);
  return {
    /** How many seconds a task takes. @param {import("./load.mjs").Task} task @returns {Promise<number>} */
    send: async (task) => {
      child.send(task);
      const [{ seconds, error }] = await once(child, "message", { signal: AbortSignal.timeout(60_000) });
      if (error) throw new Error(error);
      return seconds;
    },
    stop,
  };
}

/** @template T @param {() => Promise<T>} ask @param {(found: T) => boolean} isThere */
async function awaited(ask, isThere) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await ask();
    if (isThere(found)) return found;
    await sleep(50);
  }
  throw new Stop("KV does not hold the new keys after ten seconds.");
}

/** @param {string} scratch @param {Record<string, string>} bindings @param {Stock} stock @returns {Promise<Program[]>} */
async function rivals(scratch, bindings, { caller, keys, values, answers }) {
  const source = (/** @type {string} */ name) => path("tests/bench/edge/programs", name);
  /** @param {string} name @param {boolean} sealed @returns {Promise<Program>} */
  const hono = async (name, sealed) => {
    const folder = join(scratch, `built-${name}`);
    await build({
      entryPoints: [source("hono.mjs")],
      outfile: join(folder, "hono.mjs"),
      bundle: true,
      format: "esm",
      target: "es2024",
      define: { SEALED: String(sealed) },
    });
    return { name, folder, main: "hono.mjs", bindings };
  };
  const floor = join(scratch, "built-floor");
  mkdirSync(floor);
  cpSync(source("floor.mjs"), join(floor, "floor.mjs"));
  return [
    await hono("hono", true),
    await hono("hono-plain", false),
    {
      name: "floor",
      folder: floor,
      main: "floor.mjs",
      hasLedger: true,
      bindings: {
        ASKED_KV_KEY: kvKeyOf(keys[0]),
        KEY_RECORD: values[kvKeyOf(keys[0])],
        CALLER_KV_KEY: kvKeyOf(caller),
        ...answers,
      },
    },
  ];
}

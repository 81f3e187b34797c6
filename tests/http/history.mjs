// @ts-check
// A deployment over HTTP whose history is recorded: its server fails and is killed, its clock is moved, and what was asked,
// answered and committed is checked by the rules of the simulation.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newRootKey, newSealKey } from "../../scripts/keys.mjs";
import { root, run } from "../../scripts/run.mjs";
import { caller, eventually } from "./client.mjs";
import { faulty } from "./faulty.mjs";
import { startServer } from "./harness.mjs";
import { ledgerOf } from "./mint.mjs";

/** @typedef {import("./faulty.mjs").Faults} Faults */
/** @typedef {{ status: number, body: any, began: number, ended: number }} Timed an answer with when it was asked for and came, by the true time */
/** @typedef {{ isolate?: "first" | "second", faults?: Faults, idempotencyKey?: string }} How */

const ISOLATES = /** @type {const} */ (["second", "first"]);
/** Whose ledgers there are. */
const OWNERS = [
  { type: "organization", id: "acme" },
  { type: "organization", id: "zeta" },
  { type: "user", id: "ada" },
  { type: "user", id: "bob" },
  { type: "user", id: "cat" },
];

/** A new deployment, whose server runs. @param {number} seed @param {import("./faulty.mjs").Life["rates"]} rates @param {() => number} skew */
export async function deployment(seed, rates, skew) {
  const persist = mkdtempSync(join(tmpdir(), "keyward-"));
  const rootKey = newRootKey();
  const stored = { persist, rootKey, sealKeys: newSealKey(), second: true };
  /** @type {object[]} */
  const lines = [];
  // How far the deployment's time is ahead of the true one, in milliseconds, and since when.
  const leads = [{ since: 0, lead: 0 }];
  const lead = () => leads[leads.length - 1].lead;
  let lives = 0;
  let isHealed = true;
  const life = () => {
    lives += 1;
    return { seed: seed * 1000 + lives, ahead: lead(), skew: skew(), isHealed, rates };
  };
  let server = await startServer({ ...stored, entry: faulty(life()) });
  // For as long as the server is there.
  let running = Promise.resolve();

  const now = () => Date.now() + lead();
  /**
   * A page of the module around the worker, in one isolate.
   * @param {string} name @param {unknown} [body] @param {"first" | "second"} [isolate]
   */
  const page = async (name, body = null, isolate = "first") => {
    const init = { method: "POST", body: JSON.stringify(body), headers: { "x-isolate": isolate } };
    return (await server.fetch(`/v1/${name}`, init)).json();
  };
  /** @param {typeof OWNERS[number]} owner */
  const ledgerNamed = ({ type, id }) => `ledger=${ledgerOf(`${type}:${id}`)}`;
  /** What a ledger has committed. @param {typeof OWNERS[number]} owner */
  const recorded = (owner) => page(`recorded?${ledgerNamed(owner)}`);
  /** Lets time pass, while nobody asks for anything. @param {number} milliseconds */
  async function pass(milliseconds) {
    // An isolate at a time, each as soon as it asks no ledger.
    for (const isolate of ISOLATES) {
      const since = await eventually(
        () => page("pass", milliseconds, isolate),
        (passed) => passed !== null,
      );
      // Ledgers run in the first.
      if (isolate === "first") leads.push({ since, lead: lead() + milliseconds });
    }
  }

  return {
    lines,
    rootKey,
    now,
    /** How many answers are held back. */
    held: async () => (await page("held")) + (await page("held", null, "second")),
    lives: () => lives,

    /**
     * Sends a request; nothing if the server has ended before it had answered.
     * @param {string} token @param {string} method @param {string} path @param {unknown} body @param {How} how
     * @returns {Promise<Timed | undefined>}
     */
    async send(token, method, path, body, { isolate = "first", faults = {}, idempotencyKey } = {}) {
      await running;
      const { fetch } = server;
      /** @type {Record<string, string>} */
      const headers = { "x-isolate": isolate, "x-faults": JSON.stringify(faults) };
      if (idempotencyKey) headers["idempotency-key"] = idempotencyKey;
      const began = now();
      try {
        const answer = await caller(fetch, token).call(method, path, body, { headers });
        return { status: answer.status, body: answer.body, began, ended: now() };
      } catch (error) {
        if (error instanceof TypeError) return undefined;
        throw error;
      }
    },

    /** Whether nothing goes wrong any more. @param {boolean} healed */
    async heal(healed) {
      isHealed = healed;
      for (const isolate of ISOLATES) await page("faults", { isHealed }, isolate);
    },

    pass,

    /** Ends the server as kill -9 does, and starts it again over what was stored. */
    async kill() {
      let isRunning = () => {};
      running = new Promise((resolve) => {
        isRunning = resolve;
      });
      await server.kill();
      server = await startServer({ ...stored, entry: faulty(life()) });
      isRunning();
    },

    /** Waits until every ledger has told everything. */
    rest: () =>
      eventually(
        async () => {
          await pass(61_000);
          await Promise.all(OWNERS.map((owner) => page(`ring?${ledgerNamed(owner)}`)));
          return (await Promise.all(OWNERS.map(recorded))).filter(({ waiting }) => waiting > 0).length;
        },
        (busy) => busy === 0,
      ),

    /** Adds what ledgers have committed, and what KV holds. */
    async finish() {
      for (const ledger of OWNERS) {
        const { rows, waiting } = await recorded(ledger);
        for (const { of: table, name, body, instant, at } of rows) {
          const then = at === null ? instant : at + (leads.findLast(({ since }) => since <= at)?.lead ?? 0);
          lines.push({ line: "row", ledger, table, name, instant, at: then, body: JSON.parse(body) });
        }
        lines.push({ line: "waiting", ledger, count: waiting });
      }
      for (const copy of await page("copies")) lines.push({ line: "copy", ...copy });
    },

    /** Frees what it has taken. */
    async end() {
      await server.kill();
      rmSync(persist, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof deployment>>} Deployment */

/**
 * Checks a history.
 * @param {string} program @param {object[]} lines
 * @returns {Promise<{ code: number, output: string, seen: Record<string, number> }>}
 */
export async function check(program, lines) {
  const folder = mkdtempSync(join(tmpdir(), "keyward-history-"));
  const file = join(folder, "history.jsonl");
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join("\n"));
  const { code, output, stdout } = await run(program, ["check", file], { cwd: root });
  // One that is wrong is kept, to be looked at.
  if (code === 0) rmSync(folder, { recursive: true });
  return { code, output: `${file}\n${output}`, seen: JSON.parse(stdout || "{}") };
}

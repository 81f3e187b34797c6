// @ts-check
// A ledger that does not answer: nothing is guessed, and nobody waits for ever.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { caller, ok, refused } from "./client.mjs";
import { start } from "./harness.mjs";

// Real worker, real KV; behind them an object that is busy for a minute, as one is that has met a trap.
const silent = await start({
  entry: `
    export { default } from "./index.js";
    export class Ledger {
      fetch() { return new Promise((resolve) => setTimeout(() => resolve(new Response("")), 60_000)); }
    }`,
});
after(silent.stop);
const root = caller(silent.fetch, silent.rootKey);

test("a ledger that does not answer is given up after ten seconds, with the request to try again", async () => {
  const asked = [
    root.get("/v1/organizations/acme/keys"),
    root.post("/v1/organizations/acme/keys", { title: "CI" }),
    root.put("/v1/organizations/acme", { name: "Acme" }),
  ];
  for (const answer of await Promise.all(asked)) {
    await refused(answer, "server.unavailable");
    assert.equal(answer.headers.get("retry-after"), "1");
  }
  const logged = silent.logs.filter(({ message }) => message.includes('"message":"ledger"'));
  assert.equal(logged.length, asked.length, JSON.stringify(silent.logs));
});

test("what needs no ledger is answered meanwhile", async () => {
  await ok(root.get("/health"));
  await ok(root.get("/v1/whoami"));
});

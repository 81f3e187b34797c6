// @ts-check
// A ledger that does not answer: nothing is guessed, and nobody waits for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "./client.mjs";

// Real worker, real KV; behind them an object that is busy for a minute, as one is that has met a trap. The worker waits
// for a tenth of the time that it asks for.
const { root, fetch, logs } = await serve({
  entry: `
    import Worker from "./index.js";
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const asked = [];
    AbortSignal.timeout = (milliseconds) => {
      asked.push(milliseconds);
      return timeout(milliseconds / 10);
    };
    export default {
      fetch: (request, env, context) =>
        request.url.endsWith("/v1/timeouts") ? Response.json(asked) : Worker.fetch(request, env, context),
    };
    export class Ledger {
      fetch() { return new Promise((resolve) => setTimeout(() => resolve(new Response("")), 60_000)); }
    }`,
});

test("a ledger that does not answer is given up after ten seconds, and the client told to try again", async () => {
  const asked = [
    root.get("/v1/organizations/acme/keys"),
    root.post("/v1/organizations/acme/keys", { title: "CI" }),
    root.post("/v1/organizations", { id: "acme", name: "Acme" }),
  ];
  for (const answer of await Promise.all(asked)) {
    await refused(answer, "server.unavailable");
    assert.equal(answer.headers.get("retry-after"), "1");
  }
  assert.deepEqual(await (await fetch("/v1/timeouts")).json(), [10_000, 10_000, 10_000]);
  const logged = logs.filter(({ message }) => message.includes('"message":"ledger"'));
  assert.equal(logged.length, asked.length, JSON.stringify(logs));
});

test("what needs no ledger is answered meanwhile", async () => {
  await ok(root.get("/health"));
  await ok(root.get("/v1/whoami"));
});

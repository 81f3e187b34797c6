// @ts-check
// `traceparent` (W3C Trace Context): a request's trace is in the log of worker and ledger, and goes along to whom they ask.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";
import { newKey, startProvider, token as tokenOf } from "./provider.mjs";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const HEADER = `00-${TRACE}-00f067aa0ba902b7-01`;

const key = newKey("ES256");
const provider = await startProvider([key]);
after(() => provider.stop());

// What ledgers are sent is told to the test, and they can be made to log something.
const { root, as, fetch, logs, orgKey } = await serve({
  bindings: provider.bindings,
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    const sent = [];
    let isOdd = false;
    export class Ledger extends Inner {
      async fetch(request) {
        sent.push(request.headers.get("traceparent"));
        return super.fetch(isOdd ? new Request(request, { body: '{"Unknown":{}}' }) : request);
      }
    }
    export default {
      async fetch(request, env, context) {
        const { pathname } = new URL(request.url);
        if (pathname === "/v1/sent") return Response.json(sent.splice(0));
        if (pathname === "/v1/odd") isOdd = (await request.text()) === "yes";
        else return Worker.fetch(request, env, context);
        return new Response();
      },
    };`,
});
const sent = async () => /** @type {(string | null)[]} */ (await (await fetch("/v1/sent")).json());
const lines = () => logs.map(({ message }) => JSON.parse(message));
/** The line about a request. @param {import("./client.mjs").Answer} answer */
const lineOf = ({ headers }) =>
  eventually(
    async () => lines().find(({ request_id }) => request_id === headers.get("x-request-id")),
    (line) => line !== undefined,
  );

const { path, token } = await orgKey();
/** Requests that take the two ways through the worker, with a header. @param {string} traceparent */
const requests = async (traceparent) => {
  const headers = { traceparent };
  const question = { key: token, consistency: "strong" };
  return [
    await root.call("GET", path, undefined, { headers }),
    await root.call("POST", "/v1/verify", question, { headers }),
    await root.call("POST", "/v1/verify", { key: 7 }, { headers }),
  ];
};

test("a request's trace is logged, and ledgers are told of it", async () => {
  await sent();
  for (const answer of await requests(HEADER)) {
    assert.equal((await lineOf(answer)).trace_id, TRACE);
    assert.ok(![...answer.headers].join().includes(TRACE), "it is not answered with");
  }
  /** @type {(string | null)[]} */
  const told = [];
  // Both requests that a ledger has carried out, and afterwards that the key was used.
  await eventually(
    async () => told.push(...(await sent())) && told.filter((header) => header === HEADER).length,
    (count) => count === 3,
  );
  assert.deepEqual(new Set(told.filter((header) => header !== null)), new Set([HEADER]));
});

test("what is no trace is neither logged nor passed on", async () => {
  for (const header of [
    "",
    "x",
    HEADER.toUpperCase(),
    HEADER.replace("00-", "ff-"),
    HEADER.replace("00-", "01-"),
    `${HEADER}-more`,
    `${HEADER}, ${HEADER}`,
    HEADER.replace(TRACE, "0".repeat(32)),
    HEADER.replace("00f067aa0ba902b7", "0".repeat(16)),
  ]) {
    for (const answer of await requests(header)) assert.ok(!("trace_id" in (await lineOf(answer))), header);
    assert.deepEqual(new Set(await sent()), new Set([null]), header);
  }
});

test("what a ledger logs about a request names its trace", async () => {
  const place = (/** @type {any} */ line) =>
    line.message === "ledger" && line.error === "a request of another form";
  await fetch("/v1/odd", { method: "POST", body: "yes" });
  try {
    for (const answer of (await requests(HEADER)).slice(0, 2)) assert.equal(answer.status, 503);
  } finally {
    await fetch("/v1/odd", { method: "POST", body: "no" });
  }
  const found = await eventually(
    async () => lines().filter(place),
    ({ length }) => length >= 2,
  );
  for (const line of found) assert.equal(line.trace_id, TRACE);
  await ok(root.get(path));
});

test("an identity provider that is asked for its keys is told of the trace", async () => {
  /** @type {unknown[]} */
  const told = [];
  provider.serve = (request, response) => {
    told.push(request.headers.traceparent);
    provider.serveKeys(request, response);
  };
  const person = as(tokenOf(key, provider.claims()));
  await ok(person.call("GET", "/v1/whoami", undefined, { headers: { traceparent: HEADER } }));
  assert.deepEqual(told, [HEADER]);
});

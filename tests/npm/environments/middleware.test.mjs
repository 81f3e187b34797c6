// @ts-check
// The applications of pkg/README.md, copied as they stand, before the real worker: each framework, each verdict, each fault.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, Server } from "node:http";
import { join } from "node:path";
import { after, mock, test } from "node:test";
import { pathToFileURL } from "node:url";
import { path } from "../../../scripts/run.mjs";
import {
  basic,
  bearer,
  between,
  caller,
  FAULTS,
  good,
  org,
  outages,
  REFUSED,
  refusal,
  restarts,
  revoked,
  SURROUNDINGS,
  scopeless,
  statusOf,
} from "../../clients/guarded.mjs";
import { lay } from "./place.mjs";

const { folder } = await lay("middleware");
const PATH = "/orders/mine";

Object.assign(process.env, SURROUNDINGS, { PORT: "0" });

/** What is said of keys that could not be checked. */
const said = mock.method(console, "error", () => {});

/** The application of the README that uses a middleware. @param {string} name @param {(text: string) => string} [change] */
function copied(name, change = (text) => text) {
  const readme = readFileSync(path("pkg/README.md"), "utf8");
  const blocks = [...readme.matchAll(/```js\n([\s\S]+?)```/g)].map(([, block]) => block);
  const [block] = blocks.filter((each) => each.includes(`"keyward/${name}"`));
  assert.ok(block, name);
  assert.ok(block.trim().split("\n").filter(Boolean).length <= 12, `${name} takes more than a few lines`);
  return change(block);
}

/** Runs it, and says how it is asked. @param {string} name @param {string} block */
async function started(name, block) {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, block);
  const { emit } = Server.prototype;
  const listening = new Promise((resolve) => {
    Server.prototype.emit = function (/** @type {any[]} */ ...args) {
      if (args[0] === "listening") resolve(this);
      return emit.apply(this, /** @type {any} */ (args));
    };
  });
  const { default: app } = await import(pathToFileURL(file).href);
  const server = app?.fetch ? createServer(bridge(app)).listen(0) : undefined;
  /** @type {Server} */
  const found = await listening;
  Server.prototype.emit = emit;
  after(() => {
    (server ?? found).close();
    found.closeAllConnections();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (found.address());
  const url = `http://127.0.0.1:${port}${PATH}`;
  return { url, ask: (/** @type {RequestInit} */ init) => fetch(url, init) };
}

/**
 * What other runtimes do by themselves for such an application.
 * @param {{ fetch(request: Request): Response | Promise<Response> }} app @returns {import("node:http").RequestListener}
 */
const bridge = (app) => async (request, response) => {
  const { method, headersDistinct } = request;
  const headers = Object.entries(headersDistinct).flatMap(([name, lines = []]) =>
    lines.map((line) => /** @type {[string, string]} */ ([name, line])),
  );
  const answer = await app.fetch(new Request(`http://app${request.url}`, { method, headers }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
};

/** @type {[name: string, app: () => string][]} */
const APPS = [
  ["hono", () => copied("hono")],
  ["express", () => copied("express")],
  ["express-4", () => copied("express", (text) => text.replace('from "express"', 'from "express-4"'))],
  ["fastify", () => copied("fastify")],
  ["fetch", () => copied("fetch")],
];

for (const [name, app] of APPS) {
  test(`${name}: the application of the README lets valid keys pass, and says right why others do not`, async () => {
    between.answer();
    const { url, ask } = await started(name, app());
    for (const headers of [bearer(good), basic(good, ""), basic("me", good), { "x-api-key": good }]) {
      const response = await ask({ headers });
      assert.equal(response.status, 200, JSON.stringify(Object.keys(headers)));
      assert.deepEqual(await response.json(), { owner: org });
    }
    assert.deepEqual(await refusal(await ask({})), [401, "auth.missing", 'Bearer realm="keyward"']);
    const both = { ...bearer(good), "x-api-key": scopeless.token };
    const malformed = [400, "auth.malformed", 'Bearer realm="keyward", error="invalid_request"'];
    assert.deepEqual(await refusal(await ask({ headers: both })), malformed);
    for (const lines of [
      [`Bearer ${good}`, `Bearer ${scopeless.token}`],
      [`Bearer ${scopeless.token}`, `Bearer ${good}`],
      [`Bearer ${good}`, "Digest x"],
    ])
      assert.equal(await statusOf(url, { Authorization: lines }), 400, JSON.stringify(lines.length));
    for (const name of ["Authorization", "X-Api-Key"])
      assert.equal(await statusOf(url, { [name]: [good, good] }), name === "X-Api-Key" ? 400 : 401);
    for (const [what, token, refused] of REFUSED)
      assert.deepEqual(await refusal(await ask({ headers: bearer(token) })), refused, what);

    const [with_, without] = [
      await ask({ method: "HEAD", headers: bearer(good) }),
      await ask({ method: "HEAD" }),
    ];
    assert.deepEqual([with_.status, without.status, await without.text()], [200, 401, ""]);
    const preflight = { origin: "https://page.example", "access-control-request-method": "GET" };
    const answered = await ask({ method: "OPTIONS", headers: preflight });
    assert.notEqual(answered.status, 401);
    assert.ok(!(await answered.text()).includes(org));
  });

  test(`${name}: while the deployment cannot be asked, no key passes and 503 says so`, async () => {
    const { ask } = await started(`${name}-faults`, app());
    for (const [what, fault] of Object.entries(FAULTS)) {
      between.answer(fault);
      said.mock.resetCalls();
      const response = await ask({ headers: bearer(good) });
      assert.equal(response.headers.get("retry-after"), what === "says later" ? "90" : "1", what);
      assert.deepEqual(await refusal(response), [503, "server.unavailable", null], what);
      assert.equal(said.mock.callCount(), 1, what);
      const told = JSON.stringify(said.mock.calls[0].arguments);
      assert.ok(!told.includes(good) && !told.includes(caller.token), told);
    }
    const status = async (/** @type {string} */ token) => (await ask({ headers: bearer(token) })).status;
    await outages(status, { refused: 401, unavailable: 503 });
  });

  test(`${name}: while the worker starts again no key passes, and then those that did before`, (t) =>
    restarts(
      t,
      async (env) => {
        Object.assign(process.env, env);
        const { ask } = await started(`${name}-restarts`, app());
        Object.assign(process.env, SURROUNDINGS);
        return async (token) => (await ask({ headers: bearer(token) })).status;
      },
      { refused: 401, unavailable: 503 },
    ));
}

test("in the own tests of Hono and Fastify, which send nothing, the middleware does the same", async () => {
  between.answer();
  const asked = {
    hono: [
      "export default app",
      (/** @type {any} */ app, /** @type {any} */ headers) => app.request(PATH, { headers }),
    ],
    fastify: [
      "await app.listen({ port: Number(process.env.PORT ?? 3000) })",
      (/** @type {any} */ app, /** @type {any} */ headers) => app.inject({ url: PATH, headers }),
    ],
  };
  for (const [name, [last, ask]] of /** @type {[string, any[]][]} */ (Object.entries(asked))) {
    const file = join(folder, `${name}-injected.mjs`);
    writeFileSync(file, copied(name).replace(last, "export { app }"));
    const { app } = await import(pathToFileURL(file).href);
    const statuses = [];
    for (const headers of [bearer(good), bearer(revoked.token), {}]) {
      const { status, statusCode = status } = await ask(app, headers);
      statuses.push(statusCode);
    }
    assert.deepEqual(statuses, [200, 401, 401], name);
  }
});

test("CORS works before and after the gate: preflights are answered, and before it pages may read refusals", async () => {
  between.answer();
  const file = join(folder, "cors.mjs");
  const lines = [
    'import { cors } from "hono/cors";',
    copied("hono").replace("export default app", "export { cors, Hono, client, requireKey }"),
  ];
  writeFileSync(file, lines.join("\n"));
  const { cors, Hono, client, requireKey } = await import(pathToFileURL(file).href);
  const [open, gate] = [cors({ origin: "https://page.example" }), requireKey({ client })];
  const before = new Hono()
    .use(open)
    .use(gate)
    .get("/", (/** @type {any} */ c) => c.text("in"));
  const after = new Hono()
    .use(gate)
    .use(open)
    .get("/", (/** @type {any} */ c) => c.text("in"));
  const origin = { origin: "https://page.example" };
  const preflight = { method: "OPTIONS", headers: { ...origin, "access-control-request-method": "GET" } };
  const allowed = (/** @type {Response} */ { status, headers }) => [
    status,
    headers.get("access-control-allow-origin"),
  ];
  for (const app of [before, after])
    assert.deepEqual(allowed(await app.request("/", preflight)), [204, origin.origin]);
  assert.deepEqual(allowed(await before.request("/", { headers: origin })), [401, origin.origin]);
  assert.deepEqual(allowed(await after.request("/", { headers: { ...origin, ...bearer(good) } })), [
    200,
    origin.origin,
  ]);
});

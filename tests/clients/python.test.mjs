// @ts-check
// The applications of docs/PYTHON.md, copied as they stand, before the real worker: FastMCP, FastAPI and Django over
// introspection, each verdict, each fault.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { frameworks } from "../../scripts/clients.mjs";
import { path } from "../../scripts/run.mjs";
import { started } from "./application.mjs";
import {
  bearer,
  between,
  caller,
  FAULTS,
  good,
  org,
  outages,
  REFUSED,
  restarts,
  revoked,
  SURROUNDINGS,
  scopeless,
  statusOf,
} from "./guarded.mjs";

const python = await frameworks();
const folder = mkdtempSync(join(tmpdir(), "keyward-python-"));
after(() => rmSync(folder, { recursive: true }));

/** The block of the document that uses a framework, as a module. @param {string} framework @param {string} name */
function copied(framework, name) {
  const document = readFileSync(path("docs/PYTHON.md"), "utf8");
  const blocks = [...document.matchAll(/```python\n([\s\S]+?)```/g)].map(([, block]) => block);
  const [block] = blocks.filter((each) => each.includes(`from ${framework}`));
  assert.ok(block, framework);
  writeFileSync(join(folder, `${name}.py`), block);
}

/** Starts one, and says how it is asked. @param {string[]} command @param {Record<string, string>} [surroundings] */
async function application(command, surroundings = SURROUNDINGS) {
  between.answer();
  const env = {
    ...surroundings,
    ...{ PORT: "0", NO_PROXY: "127.0.0.1", PYTHONDONTWRITEBYTECODE: "1" },
    // FastMCP asks nobody whether there is a newer one.
    ...{ FASTMCP_CHECK_FOR_UPDATES: "off", FASTMCP_SHOW_SERVER_BANNER: "false" },
  };
  return started([python, ...command], env, folder);
}

/** No application shows a key in what it says. @param {string[]} said */
const assertNoKeyIn = (said) => {
  for (const secret of [good, caller.token, revoked.token]) assert.ok(!said.join("\n").includes(secret));
};

/** @type {[name: string, framework: string, module: string, command: string[]][]} */
const APPS = [
  ["FastAPI", "fastapi", "app", ["-m", "uvicorn", "app:app", "--port", "0"]],
  ["Django", "django", "views", ["django_app.py"]],
];
copyFileSync(path("tests/clients/django_app.py"), join(folder, "django_app.py"));

for (const [name, framework, module, command] of APPS) {
  test(`${name}: the application of the document lets valid keys pass, and nobody else, whatever goes wrong`, async () => {
    copied(framework, module);
    const { url, said } = await application(command);
    const ask = (/** @type {Record<string, string>} */ headers) => fetch(`${url}/orders/mine`, { headers });
    const right = await ask(bearer(good));
    assert.deepEqual([right.status, await right.json()], [200, { owner: `organization:${org}` }]);
    for (const headers of [{}, { authorization: "Bearer" }, { authorization: `Digest ${good}` }]) {
      const missing = await ask(/** @type {any} */ (headers));
      assert.deepEqual([missing.status, missing.headers.get("www-authenticate")], [401, "Bearer"]);
    }
    // The document says what each takes of two.
    const lines = [`Bearer ${good}`, `Bearer ${scopeless.token}`];
    const twice = [lines, [...lines].reverse()].map((Authorization) =>
      statusOf(`${url}/orders/mine`, { Authorization }),
    );
    assert.deepEqual(await Promise.all(twice), name === "Django" ? [401, 401] : [200, 403]);
    for (const [what, token] of REFUSED) {
      const response = await ask(bearer(token));
      const [status, error] = what === "insufficient_scope" ? [403, what] : [401, "invalid_token"];
      const found = [response.status, response.headers.get("www-authenticate")];
      assert.deepEqual(found, [status, `Bearer error="${error}"`], what);
    }
    for (const [what, fault] of Object.entries(FAULTS)) {
      between.answer(fault);
      const response = await ask(bearer(good));
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "1"], what);
    }
    const status = async (/** @type {string} */ token) => (await ask(bearer(token))).status;
    await outages(status, { refused: 401, unavailable: 503 });
    assertNoKeyIn(said);
  });

  test(`${name}: while the worker starts again no key passes, and then those that did before`, (t) =>
    restarts(
      t,
      async (env) => {
        copied(framework, module);
        const { url } = await application(command, env);
        return async (token) => (await fetch(`${url}/orders/mine`, { headers: bearer(token) })).status;
      },
      { refused: 401, unavailable: 503 },
    ));
}

/** The application of FastMCP, and how it is called. @param {Record<string, string>} [surroundings] */
async function server(surroundings) {
  copied("fastmcp", "server");
  const { url, said } = await application(["server.py"], surroundings);
  const accept = "application/json, text/event-stream";
  /** @param {Record<string, string>} headers @param {string} method @param {object} params @param {number} [id] */
  const call = (headers, method, params, id) =>
    fetch(`${url}/mcp`, {
      method: "POST",
      headers: { accept, "content-type": "application/json", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", method, params, ...(id && { id }) }),
    });
  const client = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const begin = (/** @type {Record<string, string>} */ headers) => call(headers, "initialize", client, 1);
  return { call, begin, said };
}

test("FastMCP: its IntrospectionTokenVerifier lets valid keys call tools, and nobody else, whatever goes wrong", async () => {
  const { call, begin, said } = await server();

  const session = await begin(bearer(good));
  assert.equal(session.status, 200, await session.text());
  const within = { ...bearer(good), "mcp-session-id": session.headers.get("mcp-session-id") ?? "" };
  await call(within, "notifications/initialized", {});
  const answer = await (await call(within, "tools/call", { name: "orders", arguments: {} }, 2)).text();
  assert.ok(answer.includes(`The orders of organization:${org}`), answer);

  for (const headers of [{}, { authorization: "Bearer" }])
    assert.equal((await begin(/** @type {any} */ (headers))).status, 401);
  for (const [what, token] of REFUSED) assert.equal((await begin(bearer(token))).status, 401, what);
  for (const [what, fault] of Object.entries(FAULTS)) {
    between.answer(fault);
    assert.equal((await begin(bearer(good))).status, 401, what);
    // Not even within a session that had begun before.
    assert.equal((await call(within, "tools/list", {}, 3)).status, 401, what);
  }
  const status = async (/** @type {string} */ token) => (await begin(bearer(token))).status;
  await outages(status, { refused: 401, unavailable: 401 });
  assertNoKeyIn(said);
});

test("FastMCP: while the worker starts again no key passes, and then those that did before", (t) =>
  restarts(
    t,
    async (env) => {
      const { begin } = await server(env);
      return async (token) => (await begin(bearer(token))).status;
    },
    { refused: 401, unavailable: 401 },
  ));

test("the document names the versions that are tried", () => {
  const [document, locked] = ["docs/PYTHON.md", "tests/clients/requirements.txt"].map((file) =>
    readFileSync(path(file), "utf8"),
  );
  for (const name of ["FastMCP", "FastAPI", "Django"]) {
    const [, version] = locked.match(new RegExp(`^${name}==(\\d+\\.\\d+)`, "im")) ?? assert.fail(name);
    assert.ok(document.replace(/\s+/g, " ").includes(`${name} ${version}`), `${name} ${version}`);
  }
});

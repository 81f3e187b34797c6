// @ts-check
// The lines that the dashboard gives people to copy: they are programs of their language, and what can be run here works.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { path } from "../../scripts/run.mjs";
import { programs, settings } from "../../www/views/snippets.js";
import { start } from "../http/harness.mjs";

const run = promisify(execFile);

/** @type {Awaited<ReturnType<typeof start>>} */
let server;
/** Two folders: one from which this repository's packages are found, and one from which nothing is. */
let inside = "";
let outside = "";
/** The key of a server, which verifies; and that of somebody who calls it. @type {{ token: string, title: string }} */
let verifier;
/** @type {{ token: string, title: string }} */
let caller;

before(async () => {
  server = await start();
  await mkdir(path("tests/artefacts"), { recursive: true });
  inside = await mkdtemp(path("tests/artefacts/snippets-"));
  outside = await mkdtemp(join(tmpdir(), "keyward-snippets-"));
  await ask("/v1/organizations", { id: "acme", name: "Acme" });
  verifier = await ask("/v1/organizations/acme/keys", { title: "Server", scopes: ["keys:verify"] });
  caller = await ask("/v1/organizations/acme/keys", { title: "Caller", scopes: ["orders:read"] });
});
after(async () => {
  await server?.stop();
  for (const folder of [inside, outside]) await rm(folder, { recursive: true, force: true });
});

/** @param {string} where @param {object} body */
async function ask(where, body) {
  const headers = { Authorization: `Bearer ${server.rootKey}`, "Content-Type": "application/json" };
  const answer = await server.fetch(where, { method: "POST", headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `${where}: ${answer.status}`);
  return /** @type {any} */ (await answer.json());
}

/** @param {string} id @param {Partial<Parameters<typeof programs>[0]>} [more] */
function code(id, more) {
  const found = programs({ origin: server.url, verifies: false, ...more }).find((each) => each.id === id);
  return found?.code ?? assert.fail(`There is no program for ${id}.`);
}

const environment = () => ({ ...process.env, KEYWARD_KEY: verifier.token, API_KEY: caller.token });

/** Runs a script of our own beside a snippet. @param {string} name @param {string} snippet @param {string} script */
async function beside(name, snippet, script) {
  await writeFile(join(inside, name), snippet);
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: inside,
    env: environment(),
  });
  return JSON.parse(stdout);
}

/** @param {string} tool */
const has = (tool) =>
  run(tool, ["--help"]).then(
    () => true,
    (error) => error.code !== "ENOENT",
  );

test("no program has a key in it, but the publishable one for a page", () => {
  for (const verifies of [true, false]) {
    for (const { code, id } of [...programs({ origin: server.url, verifies }), ...settings("KEYWARD_KEY")]) {
      assert.doesNotMatch(code, /kw_[a-z]+_/, id);
      assert.match(code, /KEYWARD_KEY/, id);
    }
  }
  assert.match(code("browser", { token: "kw_pk_test_1" }), /kw_pk_test_1/);
});

test("the line for curl verifies a key, and a key that may verify asks about itself", async (t) => {
  if (!(await has("curl"))) return t.skip("curl is not installed");
  for (const [verifies, title] of /** @type {[boolean, string][]} */ ([
    [false, caller.title],
    [true, verifier.title],
  ])) {
    const { stdout } = await run("sh", ["-c", code("curl", { verifies })], { env: environment() });
    const verdict = JSON.parse(stdout);
    assert.deepEqual([verdict.valid, verdict.key.title], [true, title]);
  }
});

test("the JavaScript verifies a key, with its scopes", async () => {
  const verdicts = await beside(
    "verify.mjs",
    code("javascript"),
    `import { verify } from "./verify.mjs";
     const verdicts = [await verify(process.env.API_KEY), await verify(process.env.API_KEY, ["orders:write"]), await verify("nothing")];
     console.log(JSON.stringify(verdicts.map(({ valid, code }) => [valid, code])));`,
  );
  assert.deepEqual(verdicts, [
    [true, "valid"],
    [false, "insufficient_scope"],
    [false, "malformed"],
  ]);
});

test("the Hono application answers whoever has a key that works, and nobody else", async () => {
  const answers = await beside(
    "app.mjs",
    code("hono"),
    `import app from "./app.mjs";
     const ask = async (key) => {
       const answer = await app.request("/api/hello", { headers: { Authorization: "Bearer " + key } });
       return [answer.status, answer.ok ? await answer.json() : null];
     };
     console.log(JSON.stringify([await ask(process.env.API_KEY), await ask("nothing")]));`,
  );
  assert.deepEqual(answers, [
    [200, { hello: "Caller" }],
    [401, null],
  ]);
});

test("the Python verifies a key, with its scopes", async (t) => {
  if (!(await has("python3"))) return t.skip("Python is not installed");
  await writeFile(join(outside, "verify.py"), code("python"));
  const script =
    "import os; from verify import verify; v = verify(os.environ['API_KEY'], ['orders:read']); print(v['valid'], v['key']['title'])";
  const { stdout } = await run("python3", ["-B", "-c", script], { cwd: outside, env: environment() });
  assert.equal(stdout.trim(), "True Caller");
});

test("a page verifies its own publishable key", async () => {
  const { token } = await ask("/v1/organizations/acme/keys", { title: "Page", type: "publishable" });
  const snippet = code("browser", { token });
  const [valid] = await beside(
    "page.mjs",
    `${snippet}export const verdict = [valid, code];`,
    `import { verdict } from "./page.mjs"; console.log(JSON.stringify(verdict));`,
  );
  assert.equal(valid, true);
});

test("the Express application is a module of JavaScript", async () => {
  const file = join(inside, "express.mjs");
  await writeFile(file, code("express"));
  await run(process.execPath, ["--check", file]);
});

test("the Rust is formatted as Rust is", async () => {
  const file = join(outside, "verify.rs");
  await writeFile(file, code("rust"));
  await run("rustfmt", ["--edition", "2021", "--check", file]);
});

test("the Go is formatted as Go is", async (t) => {
  if (!(await has("gofmt"))) return t.skip("Go is not installed");
  const file = join(outside, "verify.go");
  await writeFile(file, code("go"));
  const { stdout } = await run("gofmt", ["-l", file]);
  assert.equal(stdout, "");
});

test("a key that is read into a variable is there for the programs that follow, and leaves nothing on the screen", async (t) => {
  if (!(await has("bash"))) return t.skip("bash is not installed");
  const line = settings("KEYWARD_KEY").find(({ id }) => id === "bash")?.code ?? "";
  const child = run("bash", ["-c", `${line.trim()} && sh -c 'test "$KEYWARD_KEY" = pasted' && echo set`]);
  child.child.stdin?.end("pasted\n");
  assert.equal((await child).stdout, "set\n");
});

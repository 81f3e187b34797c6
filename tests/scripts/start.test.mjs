// @ts-check
// `npm start` as a person uses it: it says where it is, serves, and leaves nothing behind however it ends.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newSealKey } from "../../scripts/keys.mjs";
import { path, run } from "../../scripts/run.mjs";
import { clean, clone } from "./clone.mjs";

// On a busy machine a build and a start take long; that alone is no failure.
const timeout = 900_000;

/** A port that nobody listens on now. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

const cargo = { cargo: "exit 0" };

/** Starts a clone, and collects what is said. @param {ReturnType<typeof clone>} where @param {number} port @param {string[]} command */
function start(where, port, command) {
  const [program, ...args] = command;
  const child = spawn(program, [...args, "--port", String(port)], {
    cwd: where.folder,
    env: clean(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      said.text += part;
    });
  }
  const exited = once(child, "exit");
  /** Waits until it serves, or has ended. */
  const up = async () => {
    while (!said.text.includes("Keyward is up") && child.exitCode === null)
      await Promise.race([once(child.stdout, "data"), exited]);
  };
  return { port, child, said, exited, up };
}

const npm = ["npm", "start", "--"];
const node = (/** @type {ReturnType<typeof clone>} */ where) => [
  process.execPath,
  where.at("scripts/start.mjs"),
];

/** Starts where nobody else is: between choosing and using it, a port may be taken. @param {ReturnType<typeof clone>} where @param {string[]} command */
async function startSomewhere(where, command) {
  for (let tries = 1; ; tries += 1) {
    const started = start(where, await freePort(), command);
    await started.up();
    if (tries === 5 || !started.said.text.includes("is taken by another program")) return started;
  }
}

/** Waits until nobody serves a port. A minute says that something is wrong, not that it is slow. @param {number} port */
async function untilClosed(port) {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const answer = await fetch(`http://localhost:${port}/health`).catch(() => undefined);
    if (answer === undefined) return;
  }
  assert.fail("it still serves");
}

before(async () => {
  const build = await run(process.execPath, [path("scripts/build.mjs")]);
  assert.equal(build.code, 0, build.output);
});

test("npm start serves until it is stopped, and refuses a port that is taken", { timeout }, async (t) => {
  const where = clone(t, cargo);
  const { port, child, said, exited } = await startSomewhere(where, node(where));
  t.after(() => child.kill("SIGTERM"));
  assert.match(said.text, new RegExp(`Keyward is up: http://localhost:${port} `));
  assert.match(said.text, /^ {4}kwroot_[0-9a-f]{64}$/m);
  assert.equal((await fetch(`http://localhost:${port}/health`)).status, 200);

  const second = start(where, port, node(where));
  assert.deepEqual(await second.exited, [1, null]);
  assert.match(second.said.text, new RegExp(`Port ${port} is taken by another program`));

  child.kill("SIGINT");
  assert.deepEqual(await exited, [0, null]);
  await assert.rejects(fetch(`http://localhost:${port}/health`));
});

for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGKILL"])) {
  test(`a ${signal} to npm alone leaves no server behind`, { timeout }, async (t) => {
    const { port, child, said, exited } = await startSomewhere(clone(t, cargo), npm);
    assert.ok(said.text.includes("Keyward is up"), said.text);
    process.kill(child.pid ?? 0, signal);
    await exited;
    await untilClosed(port);
  });
}

test("the death of the script itself leaves no server behind", { timeout }, async (t) => {
  const where = clone(t, cargo);
  const { port, child, said, exited } = await startSomewhere(where, node(where));
  assert.ok(said.text.includes("Keyward is up"), said.text);
  child.kill("SIGKILL");
  await exited;
  await untilClosed(port);
});

test("the death of its guard alone ends the server and the script, which says so", { timeout }, async (t) => {
  const where = clone(t, cargo);
  const { port, said, exited } = await startSomewhere(where, node(where));
  assert.ok(said.text.includes("Keyward is up"), said.text);
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,args="]);
  const guard = stdout.split("\n").find((line) => line.includes(where.at("scripts/guard.mjs")));
  assert.ok(guard, stdout);
  process.kill(Number.parseInt(guard, 10), "SIGKILL");
  assert.deepEqual(await exited, [1, null]);
  assert.match(said.text, /The server has stopped, see above\.$/m);
  await untilClosed(port);
});

test("what is in .dev.vars is used, however it is written", { timeout }, async (t) => {
  const where = clone(t, cargo);
  const lines = [
    `SEAL_KEYS="${newSealKey()}"`,
    "ROOT_KEY_DIGESTS=",
    "# a comment",
    "export ENVIRONMENT=test # and another",
    "BRAND='acme'",
    "JWT_ISSUER=https://id.example/",
    'JWT_AUDIENCE="keyward"',
    "JWT_JWKS_URL: https://id.example/keys",
  ];
  where.write(".dev.vars", `${lines.join("\r\n")}\r\n`);
  const { port, child, said, exited } = await startSomewhere(where, node(where));
  assert.ok(said.text.includes("Keyward is up"), said.text);
  assert.match(said.text, /Root key: none, as \.dev\.vars has no ROOT_KEY_DIGESTS\./);
  const options = await (await fetch(`http://localhost:${port}/v1/session/options`)).json();
  assert.deepEqual(options, {
    identity_provider: { issuer: "https://id.example/", sign_in_url: null },
    brand: "acme",
    environment: "test",
  });
  child.kill("SIGTERM");
  await exited;
});

for (const [what, lines, sentence] of [
  ["without a seal key", 'ENVIRONMENT="test"', /the secret SEAL_KEYS: there is no seal key/],
  [
    "with an unknown ENVIRONMENT",
    `SEAL_KEYS=${newSealKey()}\nENVIRONMENT=prod`,
    /the variable ENVIRONMENT has to be/,
  ],
]) {
  test(`npm start refuses to be up ${what}, and says so`, { timeout }, async (t) => {
    const where = clone(t, cargo);
    where.write(".dev.vars", `${lines}\n`);
    const { port, said, exited } = await startSomewhere(where, node(where));
    assert.deepEqual(await exited, [1, null]);
    assert.match(said.text, /** @type {RegExp} */ (sentence));
    assert.doesNotMatch(said.text, /Keyward is up/);
    await untilClosed(port);
  });
}

// @ts-check
// `npm start` as a person uses it: it says where it is, serves, and leaves nothing behind when it is stopped.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";

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

/** Starts, and collects what is said. @param {number} port */
function npmStart(port) {
  const args = [path("scripts/start.mjs"), "--port", String(port)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      said.text += part;
    });
  }
  const closed = once(child, "close");
  /** Waits until it serves, or has ended. */
  const up = async () => {
    while (!said.text.includes("Keyward is up") && child.exitCode === null)
      await Promise.race([once(child.stdout, "data"), closed]);
  };
  return { port, child, said, closed, up };
}

/** Starts where nobody else is: between choosing and using it, a port may be taken. */
async function npmStartSomewhere() {
  for (let tries = 1; ; tries += 1) {
    const started = npmStart(await freePort());
    await started.up();
    if (tries === 5 || !started.said.text.includes("is taken by another program")) return started;
  }
}

test("npm start serves until it is stopped, and refuses a port that is taken", { timeout }, async (t) => {
  const build = await run(process.execPath, [path("scripts/build.mjs")]);
  assert.equal(build.code, 0, build.output);
  const { port, child, said, closed } = await npmStartSomewhere();
  t.after(() => child.kill("SIGTERM"));
  assert.match(said.text, new RegExp(`Keyward is up: http://localhost:${port} `));
  assert.match(said.text, /^ {4}kwroot_[0-9a-f]{64}$/m);
  assert.equal((await fetch(`http://localhost:${port}/health`)).status, 200);

  const second = npmStart(port);
  assert.deepEqual(await second.closed, [1, null]);
  assert.match(second.said.text, new RegExp(`Port ${port} is taken by another program`));

  child.kill("SIGINT");
  assert.deepEqual(await closed, [0, null]);
  await assert.rejects(fetch(`http://localhost:${port}/health`));
});

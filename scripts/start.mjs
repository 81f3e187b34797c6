// @ts-check
// `npm start`: sets up, builds, and serves the worker and the dashboard locally. Needs no account and no network.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { parseArgs } from "node:util";
import { localRootKey } from "./keys.mjs";
import { main, path, quietly, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";
import { compile } from "./wasm.mjs";

/** The port from --port or PORT. */
function chosenPort() {
  const { values } = parseArgs({ options: { port: { type: "string" } } });
  const port = Number(values.port || process.env.PORT || 8787);
  if (!(port >= 1 && port <= 65535)) throw new Stop("The port must be a number from 1 to 65535.");
  return port;
}

/** Whether nobody listens there. @param {number} port @param {string} host @returns {Promise<boolean>} */
const isFree = (port, host) =>
  new Promise((resolve) => {
    const probe = createServer().once("error", (error) =>
      resolve(/** @type {any} */ (error).code !== "EADDRINUSE"),
    );
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });

/** @param {string} url @param {string | undefined} rootKey */
const welcome = (url, rootKey) => `
Keyward is up: ${url} (Ctrl-C stops it)

${
  rootKey
    ? `  Root key, for this machine only:\n    ${rootKey}`
    : "  Root key: the one whose digest you have put into .dev.vars. (Without a .dev.vars one is made.)"
}

  Make an organization and its first key:
    ROOT=${rootKey ?? "kwroot_…"}
    curl -X POST ${url}/v1/organizations -H "Authorization: Bearer $ROOT" \\
      -H "Content-Type: application/json" -d '{"id": "acme", "name": "Acme"}'
    curl -X POST ${url}/v1/organizations/acme/keys -H "Authorization: Bearer $ROOT" \\
      -H "Content-Type: application/json" -d '{"type": "secret", "title": "My first key"}'
`;

/** Returns as soon as GET /health succeeds. @param {string} url @param {() => boolean} gone */
async function healthy(url, gone) {
  for (const end = Date.now() + 60_000; Date.now() < end && !gone(); ) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Stop("The worker did not start, see above.");
}

await main(async () => {
  const port = chosenPort();
  await setup(compile);
  for (const host of ["127.0.0.1", "::1"]) {
    if (await isFree(port, host)) continue;
    throw new Stop(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port + 1}`,
    );
  }
  const rootKey = localRootKey();
  if ((await run(process.execPath, [path("scripts/build.mjs")], { show: true })).code !== 0) process.exit(1);

  // A process group of its own: whatever wrangler starts ends with it, workerd included.
  const args = ["dev", "--port", String(port), "--show-interactive-dev-session=false"];
  const wrangler = spawn(path("node_modules/.bin/wrangler"), args, {
    cwd: path(),
    env: quietly,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let ready = false;
  let gone = false;
  let said = "";
  for (const stream of [wrangler.stdout, wrangler.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      if (ready) process.stdout.write(part);
      else said += part;
    });
  }
  const closed = new Promise((resolve) => wrangler.on("close", resolve)).then(() => {
    gone = true;
  });

  /** Ends the whole process group, politely at first. */
  const stop = async () => {
    const pid = wrangler.pid ?? 0;
    const signal = (/** @type {NodeJS.Signals} */ name) => {
      try {
        process.kill(-pid, name);
      } catch {} // nobody is left
    };
    signal("SIGTERM");
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3000))]);
    signal("SIGKILL");
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => stop().then(() => process.exit(0)));

  const url = `http://localhost:${port}`;
  try {
    await healthy(url, () => gone);
  } catch (error) {
    process.stderr.write(said);
    await stop();
    throw error;
  }
  ready = true;
  console.log(welcome(url, rootKey));
  await closed;
  await stop();
  throw new Stop("The server has stopped, see above.");
});

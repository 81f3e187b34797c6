// @ts-check
// `npm start`: sets up, builds, and serves the worker and the dashboard locally. Needs no account and no network.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { aboutRootKey, localRootKey } from "./keys.mjs";
import { readOptions } from "./options.mjs";
import { main, path, quietly, run, Stop, whenOrphaned } from "./run.mjs";
import {
  checkDevVars,
  checkWranglerToml,
  chosenEnvironment,
  devVarsFile,
  environmentFlag,
  ignoredVariables,
} from "./settings.mjs";
import { setup } from "./setup.mjs";
import { compile } from "./wasm.mjs";

const USAGE = `npm start                    serves worker and dashboard on http://localhost:8787
npm start -- --port <port>   on another port; so does the variable PORT
npm start -- --env <name>    with the variables of an environment of wrangler.toml`;

/** The port from --port or PORT. @param {string | undefined} option */
function chosenPort(option) {
  const text = option ?? (process.env.PORT || "8787");
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new Stop("The port must be a number from 1 to 65535.");
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

/** @param {string} url @param {string | undefined} rootKey @param {string} about what is said of it */
const welcome = (url, rootKey, about) => `
Keyward is up: ${url} (Ctrl-C stops it)

  ${about}

  Make an organization and its first key:
    ROOT=${rootKey ?? "kwroot_…"}
    curl -X POST ${url}/v1/organizations -H "Authorization: Bearer $ROOT" \\
      -H "Content-Type: application/json" -d '{"id": "acme", "name": "Acme"}'
    curl -X POST ${url}/v1/organizations/acme/keys -H "Authorization: Bearer $ROOT" \\
      -H "Content-Type: application/json" -d '{"type": "secret", "title": "My first key"}'
`;

/** Returns as soon as GET /health succeeds; stops with what it says is wrong. @param {string} url @param {() => boolean} gone */
async function healthy(url, gone) {
  for (const end = Date.now() + 60_000; Date.now() < end && !gone(); ) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return;
    const problem = await answer?.json().catch(() => undefined);
    if (problem?.code === "server.not_ready") throw new Stop(problem.detail);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Stop("The worker did not start, see above.");
}

/** Starts wrangler, and collects what it says until it is told to show it. @param {number} port @param {string} [environment] */
function serve(port, environment) {
  const wrangler = [path("node_modules/.bin/wrangler"), "dev", ...environmentFlag(environment)];
  const args = [...wrangler, "--port", String(port), "--show-interactive-dev-session=false"];
  const guard = spawn(process.execPath, [path("scripts/guard.mjs"), ...args], {
    cwd: path(),
    env: quietly,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const state = { shows: false, gone: false, said: "" };
  for (const stream of [guard.stdout, guard.stderr]) {
    stream.setEncoding("utf8").on("data", (part) => {
      if (state.shows) process.stdout.write(part);
      else state.said += part;
    });
  }
  guard.stdin.on("error", () => {});
  guard.on("exit", () => {
    // Somebody may have killed it alone; what it guards would go on.
    try {
      if (guard.pid) process.kill(-guard.pid, "SIGKILL");
    } catch {
      // Nobody is left of its group, as it should be.
    }
  });
  const closed = new Promise((resolve) => guard.on("close", resolve)).then(() => {
    state.gone = true;
  });
  const stop = async () => {
    guard.stdin.destroy();
    await closed;
  };
  return { state, closed, stop };
}

await main(async () => {
  const { values } = readOptions(USAGE, { port: { type: "string" }, env: { type: "string" } });
  const port = chosenPort(values.port);
  const environment = chosenEnvironment(values.env);
  // Also while it is being built.
  let stop = async () => {};
  let isEnding = false;
  const end = () => {
    isEnding = true;
    return stop().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
  whenOrphaned(end);
  await setup(compile);
  const wrangler = await checkWranglerToml(environment);
  const rootKey = localRootKey(path(), environment);
  checkDevVars(path(), wrangler, environment);
  for (const host of ["127.0.0.1", "::1"]) {
    if (await isFree(port, host)) continue;
    throw new Stop(
      `Port ${port} is taken by another program. Choose another: npm start -- --port ${port === 65_535 ? 8787 : port + 1}`,
    );
  }
  const file = devVarsFile(path(), environment);
  for (const name of ignoredVariables())
    console.log(`The variable ${name} of your shell is not used: put it into ${file}.`);
  if ((await run(process.execPath, [path("scripts/build.mjs")], { show: true })).code !== 0) process.exit(1);

  const server = serve(port, environment);
  stop = server.stop;
  const url = `http://localhost:${port}`;
  try {
    await healthy(url, () => server.state.gone);
  } catch (error) {
    if (isEnding) return;
    process.stderr.write(server.state.said);
    await stop();
    throw error;
  }
  server.state.shows = true;
  console.log(welcome(url, rootKey, aboutRootKey(path(), environment)));
  await server.closed;
  if (!isEnding) throw new Stop("The server has stopped, see above.");
});

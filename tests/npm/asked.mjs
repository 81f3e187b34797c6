// @ts-check
// The command beside a server: it runs while this process answers, and prints no key.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { after } from "node:test";
import { project } from "./project.mjs";

const { path, folder, write } = await project({});

export { folder, path, write };

/** @typedef {{ env?: Record<string, string>, secrets?: string[], input?: string }} Surroundings */

/** Nothing of this machine that says whom to ask: neither a variable nor a profile. */
const INHERITED = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(KEYWARD_|XDG_CONFIG_HOME$|APPDATA$)/.test(name)),
);

/**
 * Starts the command with no other environment variables of Keyward's than these.
 * @param {string[]} args @param {Record<string, string>} env
 */
export function started(args, env) {
  const surroundings = { ...INHERITED, HOME: folder, ...env };
  return spawn(path("node_modules/.bin/keyward"), args, { cwd: folder, env: surroundings });
}

/**
 * Runs it to its end.
 * @param {string[]} args @param {Surroundings} surroundings `secrets`: what it must not print
 */
export async function keyward(args, { env = {}, secrets = [], input = "" }) {
  const child = started(args, env);
  const ended = once(child, "close");
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  for (const secret of secrets) assert.ok(!`${out}${err}`.includes(secret), "prints a secret");
  return { status: (await ended)[0], out, err };
}

/** @typedef {{ method: string, url: string, headers: import("node:http").IncomingHttpHeaders, body: string }} Sent */

/** @typedef {{ status: number, headers?: Record<string, string>, body?: unknown }} Said */

/**
 * A server that answers as it is told, and the requests that it gets.
 * @param {(request: Sent, count: number) => Said | undefined | Promise<Said | undefined>} answer
 *   nothing: the connection is cut
 */
export async function answering(answer) {
  /** @type {Sent[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers, body: await text(request) });
    const said = await answer(requests[requests.length - 1], requests.length);
    if (!said) return request.socket.destroy();
    response.writeHead(said.status, { "content-type": "application/json", ...said.headers });
    response.end(typeof said.body === "string" ? said.body : JSON.stringify(said.body ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, requests, close: () => server.close() };
}

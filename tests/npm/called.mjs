// @ts-check
// The package's client as its users import it, and servers for it that answer as they are told.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { project } from "./project.mjs";

/** @typedef {import("../../pkg/types/client.d.cts").KeywardOptions} Options */

const { path } = await project({ "client.mjs": 'export * from "keyward/client";' });

/** @type {typeof import("../../pkg/types/client.d.cts")} */
export const { Keyward, KeywardError } = await import(pathToFileURL(path("client.mjs")).href);

/** A middleware of the package. @param {string} name @returns {Promise<any>} */
export const middleware = (name) => import(pathToFileURL(path(`node_modules/keyward/dist/${name}.mjs`)).href);

/** The error that a call ends with. @param {PromiseLike<unknown>} call @returns {Promise<import("../../pkg/types/client.d.cts").KeywardError>} */
export async function problem(call) {
  try {
    await call;
  } catch (error) {
    if (error instanceof KeywardError) return error;
    throw error;
  }
  throw new Error("The call has succeeded.");
}

/** @typedef {{ method: string, path: string, headers: Headers, body: any }} Sent */
/** @typedef {{ status?: number, headers?: Record<string, string>, body?: unknown } | Error | undefined} Said nothing: never */

/** A body as JSON, if it is. @param {string | undefined} body */
function read(body) {
  return body?.startsWith("{") ? JSON.parse(body) : body;
}

/**
 * A `fetch` that answers as it is told, and what it was asked.
 * @param {(sent: Sent, count: number) => Said | Promise<Said>} answer
 */
export function answering(answer) {
  /** @type {Sent[]} */
  const asked = [];
  const fetch = async (/** @type {string} */ url, /** @type {any} */ { method, headers, body }) => {
    const { pathname, search } = new URL(url);
    asked.push({
      method,
      path: pathname + search,
      headers: new Headers(headers),
      body: read(body),
    });
    const said = await answer(asked[asked.length - 1], asked.length);
    if (said === undefined) return new Promise(() => {});
    if (said instanceof Error) throw said;
    const { status = 200, headers: more = {}, body: value = {} } = said;
    const written = typeof value === "string" ? value : JSON.stringify(value);
    return new Response(status === 204 ? null : written, { status, headers: more });
  };
  return { fetch, asked };
}

/** A client that is answered so; without waiting between tries. @param {Parameters<typeof answering>[0]} answer @param {Options} [options] */
export function told(answer, options = {}) {
  const { fetch, asked } = answering(answer);
  /** @type {number[]} */
  const waits = [];
  const wait = async (/** @type {number} */ milliseconds) => void waits.push(milliseconds);
  const client = new Keyward({ url: "https://keys.example.com", fetch, wait, random: () => 1, ...options });
  return { client, asked, waits };
}

/**
 * A server before another that passes requests on, unless it is told what to do instead.
 * @param {string} url
 */
export async function front(url) {
  /** @type {((request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse, pass: () => Promise<void>) => unknown) | undefined} */
  let instead;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const pass = async () => {
      const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
      const init = { method: request.method, headers: /** @type {any} */ (headers), ...(body && { body }) };
      const answer = await fetch(new URL(request.url ?? "", url), init);
      const {
        "content-encoding": ____,
        "content-length": _____,
        ...said
      } = Object.fromEntries(answer.headers);
      response.writeHead(answer.status, said);
      response.end(await answer.text());
    };
    await (instead ? instead(request, response, pass) : pass());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    /** @param {typeof instead} [what] nothing: requests are passed on again */
    answer: (what) => {
      instead = what;
    },
  };
}

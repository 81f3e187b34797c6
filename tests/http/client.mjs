// @ts-check
// What the HTTP tests share: a server for the file, callers with a credential, and the usual things to set up.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clockOf, TIMED } from "./clock.mjs";
import { start } from "./harness.mjs";
import { assertDocumented, problems } from "./openapi.mjs";

/** @typedef {import("./openapi.mjs").Answer} Answer */
/** @typedef {RequestInit & { duplex?: "half" }} Init what is sent beside method, credential and JSON body */

/**
 * Calls with one credential, or none. A body that is no text is sent as JSON.
 * @param {(path: string, init?: RequestInit) => Promise<Response>} fetch
 * @param {string} [token]
 */
export function caller(fetch, token) {
  /** @param {string} method @param {string} path @param {unknown} [body] @param {Init} [init] @returns {Promise<Answer>} */
  const call = async (method, path, body, init = {}) => {
    const headers = new Headers(init.headers);
    if (token !== undefined && !headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    if (body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
    const plain = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
    const sent = body === undefined ? undefined : plain ? body : JSON.stringify(body);
    const response = await fetch(path, { ...init, method, headers, body: /** @type {BodyInit} */ (sent) });
    const text = await response.text();
    const type = response.headers.get("content-type") ?? "";
    const json = /\bjson\b/.test(type) && text !== "";
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: json
        ? JSON.parse(text)
        : /^application\/(x-ndjson|openmetrics-text)/.test(type)
          ? text
          : undefined,
    };
    assertDocumented(method, new URL(response.url).pathname, answer);
    return answer;
  };
  return {
    call,
    get: (/** @type {string} */ path) => call("GET", path),
    put: (/** @type {string} */ path, /** @type {unknown} */ body) => call("PUT", path, body),
    post: (/** @type {string} */ path, /** @type {unknown} */ body = undefined) => call("POST", path, body),
    patch: (/** @type {string} */ path, /** @type {unknown} */ body) => call("PATCH", path, body),
    delete: (/** @type {string} */ path) => call("DELETE", path),
  };
}

/** @typedef {ReturnType<typeof caller>} Caller */

/** The answer's body, if it has the status. @param {Answer | Promise<Answer>} answer @param {number} [status] */
export async function ok(answer, status = 200) {
  const { status: found, text, body } = await answer;
  assert.equal(found, status, text);
  return body;
}

/** The problem, if it has the code. @param {Answer | Promise<Answer>} answer @param {string} code */
export async function refused(answer, code) {
  const { status, text, body, headers } = await answer;
  assert.equal(body?.code, code, text);
  assert.equal(status, problems.get(code)?.status);
  return { ...body, challenge: headers.get("www-authenticate"), headers };
}

/** Where the wrong fields of a problem are. @param {{ errors?: { pointer: string }[] }} problem */
export const pointers = (problem) => (problem.errors ?? []).map(({ pointer }) => pointer);

/** @param {string} text */
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A root key's id, as docs/FORMAT.md has it. @param {string} rootKey */
export const rootKeyId = (rootKey) => `root_${sha256(`root key id:${sha256(rootKey)}`).slice(0, 16)}`;

let named = 0;

/** A name that no other test of the file uses. @param {string} [word] */
export const fresh = (word = "org") => `${word}-${++named}`;

/** What is usually done as one caller. @param {Caller} as */
export function acts(as) {
  /** A new organization's id. */
  const organization = async () => {
    const id = fresh();
    await ok(as.post("/v1/organizations", { id, name: id }), 201);
    return id;
  };
  /** A new key with its token and path. @param {string} owner `organizations/…`, `users/…` or `deployment` @param {object} [fields] */
  const key = async (owner, fields = {}) => {
    const body = await ok(as.post(`/v1/${owner}/keys`, { title: fresh("key"), ...fields }), 201);
    return { ...body, path: `/v1/${owner}/keys/${body.id}` };
  };
  /** A new key of a new organization. @param {object} [fields] */
  const orgKey = async (fields) => {
    const org = await organization();
    return { org, ...(await key(`organizations/${org}`, fields)) };
  };
  /** The code of a verdict. @param {string} token @param {object} [question] @returns {Promise<string>} */
  const verdict = async (token, question = {}) =>
    (await ok(as.post("/v1/verify", { key: token, ...question }))).code;
  return { organization, key, orgKey, verdict };
}

/** Starts the worker for one test file and stops it after. @param {import("./harness.mjs").Options} [options] */
export async function serve(options) {
  const server = await start(options);
  after(() => server.stop());
  const as = (/** @type {string | undefined} */ token) => caller(server.fetch, token);
  const root = as(server.rootKey);
  const operator = { type: "root", id: rootKeyId(server.rootKey) };
  return { ...server, as, root, operator, nobody: as(undefined), ...acts(root) };
}

/** The same with a clock that the test sets. @param {Omit<import("./harness.mjs").Options, "entry">} [options] */
export async function serveWithClock(options) {
  const server = await serve({ ...options, entry: TIMED });
  return { ...server, ...clockOf(server.fetch) };
}

/**
 * Starts a session with a caller's credential.
 * @param {Caller} who @returns {Promise<{ answer: Answer, cookie: string, attributes: string[] }>}
 */
export async function startSession(who) {
  const answer = await who.call("POST", "/v1/session");
  assert.equal(answer.status, 201, answer.text);
  const [cookie, ...attributes] = (answer.headers.get("set-cookie") ?? "").split("; ");
  return { answer, cookie, attributes };
}

/**
 * Calls as a browser does that holds a cookie.
 * @param {Pick<Awaited<ReturnType<typeof start>>, "fetch" | "url">} server @param {string} cookie
 * @param {string | null} [origin] of the page that calls; default: the deployment's own
 */
export const browser = (server, cookie, origin = server.url) =>
  caller((path, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", cookie);
    if (origin !== null) headers.set("origin", origin);
    return server.fetch(path, { ...init, headers });
  });

/**
 * Asks again until the answer is the expected one: for what happens in the background. It gives up only when something
 * must be wrong, however slow the machine is.
 * @template T @param {() => Promise<T>} ask @param {(found: T) => boolean} isExpected @param {number} [seconds]
 */
export async function eventually(ask, isExpected, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; ; await sleep(25)) {
    const found = await ask();
    if (isExpected(found)) return found;
    if (Date.now() > end) assert.fail(`still ${JSON.stringify(found)} after ${seconds} s`);
  }
}

/** An instant some milliseconds from now, as it is sent. @param {number} milliseconds */
export const ahead = (milliseconds) => new Date(Date.now() + milliseconds).toISOString();

// @ts-check
// From a method's arguments to the request of an operation.
import { redactText } from "keyward";
import { Pages } from "./pages.mjs";
import { KeywardError, UNEXPECTED } from "./problem.mjs";
import { send } from "./send.mjs";

/**
 * How an operation is asked: a line of operations.mjs.
 * @typedef {object} Operation
 * @property {string} method
 * @property {string} path
 * @property {string} [body] its type
 * @property {boolean} [query] whether there are parameters
 * @property {boolean} [answers] whether the answer is JSON
 * @property {string} [entries] of an operation that answers with pages: where they have their entries
 * @property {boolean} [lines] its pages are lines of JSON, and a header leads to the next one
 * @property {boolean} [asks] it changes nothing
 * @property {boolean} [creates] it takes an Idempotency-Key
 * @property {boolean} [repeats] the same again is answered as before
 */

/** @typedef {import("./send.mjs").Connection} Connection */
/** @typedef {Record<string, unknown>} Query */

/** Calls an operation: a promise of its answer, or pages. @param {Connection} to @param {string} name @param {Operation} operation @param {any[]} args */
export function call(to, name, operation, args) {
  const rest = [...args];
  const parts = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, part]) => ({ part, value: rest.shift() }));
  const body = operation.body ? rest.shift() : undefined;
  /** @type {Query} */
  const query = (operation.query ? rest.shift() : undefined) ?? {};
  const options = rest.shift() ?? {};
  const ask = async (/** @type {Query} */ wanted) => {
    if (rest.length > 0) throw new TypeError(`${name} takes fewer arguments.`);
    const segments = parts.map(({ part, value }) => segment(name, part, value));
    const path = operation.path.replace(/\{\w+\}/g, () => segments.shift() ?? "");
    const { value, headers } = await request(to, operation, path, body, wanted, options);
    return operation.lines ? rowsOf(value, headers.get("link")) : value;
  };
  return operation.entries ? new Pages(ask, query, operation.entries) : ask(query);
}

/**
 * One request, with its answer's body and headers.
 * @param {Connection} to @param {Operation} operation @param {string} path @param {unknown} body @param {Query} query
 * @param {import("../types/calls.d.cts").CreationOptions} options
 */
export async function request(to, operation, path, body, query, options) {
  const address = path + search(query);
  // Whatever an address holds is in logs, so the server would refuse it, too late.
  if (redactText(address) !== address || (to.key !== undefined && address.includes(to.key)))
    throw new KeywardError({
      code: "request.key_in_url",
      detail: "A key must not be in an address, so nothing was sent",
    });
  const headers = headersOf(options.headers);
  headers.set("accept", operation.answers ? "application/json" : "*/*");
  if (to.key !== undefined) headers.set("authorization", `Bearer ${to.key}`);
  if (body !== undefined && operation.body) headers.set("content-type", operation.body);
  // One for all tries, so that each makes the same key.
  const once = operation.creates ? onceOnly(options.idempotencyKey) : "";
  if (once) headers.set("idempotency-key", once);
  const answer = await send(to, {
    ...{ method: operation.method, path: address, headers, options },
    ...(body !== undefined && { body: written(body, operation.body) }),
    answers: operation.answers ?? false,
    repeats: Boolean(operation.asks || operation.creates || operation.repeats),
    secrets: [to.key ?? "", once, ...keysIn(body)],
  });
  options.onResponse?.({ status: answer.status, headers: answer.headers });
  return answer;
}

/** @param {Record<string, string> | undefined} given */
function headersOf(given) {
  try {
    return new Headers(given);
  } catch {
    // The platform's own error repeats them.
    throw new TypeError("The headers have a name or a value that none can have.");
  }
}

/** @param {string} [given] */
function onceOnly(given = crypto.randomUUID()) {
  if (!/^[ -~]{16,255}$/.test(given))
    throw new TypeError("The idempotencyKey has to have 16 to 255 printable ASCII characters.");
  return given;
}

/** A page of lines. @param {string} [text] @param {string | null} [link] */
function rowsOf(text = "", link = null) {
  const [, next] = link?.match(/<([^>]*)>; *rel="next"/) ?? [];
  const after =
    next === undefined ? null : new URL(next, "https://keyward.invalid").searchParams.get("after");
  try {
    const rows = text.split("\n").flatMap((line) => (line.trim() ? [JSON.parse(line)] : []));
    return { rows, after };
  } catch {
    throw new KeywardError({
      code: UNEXPECTED,
      detail: "The server does not answer as Keyward does",
      status: 200,
    });
  }
}

/** A part of a path. @param {string} name @param {string} part @param {unknown} value */
function segment(name, part, value) {
  // A dot or two would lead to another path.
  if (typeof value !== "string" || value === "" || value === "." || value === "..")
    throw new TypeError(`${name}: the ${part} has to be an id.`);
  return encodeURIComponent(value);
}

/** @param {Query} query */
function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** @param {unknown} body @param {string} [type] */
function written(body, type) {
  if (type === "application/json") return JSON.stringify(body);
  if (type === "application/x-www-form-urlencoded") return search(/** @type {Query} */ (body)).slice(1);
  return String(body);
}

/** What keys are called in bodies, and what the hashes of keys are made with. */
const SECRETS = ["key", "token", "value", "salt", "pepper"];
/** So short is no key, and would be taken out of every sentence. */
const SHORTEST = 8;

/** The texts of keys in a body, by the names that they have there. @param {any} body @returns {string[]} */
const keysIn = (body) =>
  typeof body !== "object" || body === null
    ? []
    : Object.entries(body).flatMap(([name, value]) =>
        typeof value === "string" ? (isKey(name, value) ? [value] : []) : keysIn(value),
      );

/** @param {string} name @param {string} value */
const isKey = (name, value) => SECRETS.includes(name) && value.length >= SHORTEST;

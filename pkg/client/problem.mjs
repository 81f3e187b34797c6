// @ts-check
// What went wrong, as one class, whatever the cause. It never holds a key: of what was thrown elsewhere nothing is kept,
// and what a server says is looked through first.
import { redactText } from "keyward";

// `import` and `require` load two copies of the package; an error of either is an instance of both classes.
const MARK = Symbol.for("keyward.KeywardError");

/**
 * @typedef {object} About
 * @property {string} code
 * @property {string} detail
 * @property {number} [status]
 * @property {string} [title]
 * @property {{ pointer: string, detail: string }[]} [errors]
 * @property {string | null} [requestId]
 * @property {number | null} [retryAfter]
 */

export class KeywardError extends Error {
  // Said here because the build shortens the class's own name.
  static name = "KeywardError";

  /** @param {About} about */
  constructor({ code, detail, status = 0, title = "", errors = [], requestId = null, retryAfter = null }) {
    super(`${detail} (${code})`);
    this.code = code;
    this.detail = detail;
    /** The HTTP status; 0 if there was no answer. */
    this.status = status;
    this.title = title;
    this.errors = errors;
    /** Where the first wrong field is. @type {string | null} */
    this.pointer = errors[0]?.pointer ?? null;
    this.requestId = requestId;
    /** In seconds. */
    this.retryAfter = retryAfter;
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    // A class that extends this one has instances of its own only.
    // biome-ignore lint/complexity/noThisInStatic: it is that class
    if (this !== KeywardError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && MARK in value;
  }
}

Object.defineProperty(KeywardError.prototype, "name", { value: "KeywardError" });
Object.defineProperty(KeywardError.prototype, MARK, { value: true });

/** The codes of what the client finds itself; all others are the API's. */
export const UNREACHABLE = "client.unreachable";
export const TIMEOUT = "client.timeout";
export const UNEXPECTED = "client.unexpected";

/** What the API's texts look like, and how much of them is repeated. */
const CODE = /^[a-z_]{1,32}\.[a-z_]{1,64}$/;
const REQUEST_ID = /^req_[0-9a-f]{32}$/;
const POINTER = /^[?/]?[A-Za-z0-9_.~/-]{0,200}$/;
const LONGEST = 500;
const MOST = 100;

/**
 * The error that an answer is, if it is none of success.
 * @param {number} status @param {any} body as JSON @param {string[]} secrets what must not be repeated
 * @param {number | null} [retryAfter]
 */
export function problemOf(status, body, secrets, retryAfter = null) {
  const say = (/** @type {unknown} */ text) => (typeof text === "string" ? without(text, secrets) : "");
  if (typeof body?.code !== "string" || !CODE.test(body.code))
    return new KeywardError({
      code: UNEXPECTED,
      detail: `The server does not answer as Keyward does: ${status}`,
      ...{ status, retryAfter },
    });
  const errors = Array.isArray(body.errors) ? body.errors.slice(0, MOST) : [];
  return new KeywardError({
    ...{ code: body.code, status, retryAfter },
    title: say(body.title),
    detail: say(body.detail) || say(body.title),
    errors: errors.map((/** @type {any} */ each) => ({
      pointer: POINTER.test(each?.pointer) ? without(String(each.pointer), secrets) : "",
      detail: say(each?.detail),
    })),
    requestId: REQUEST_ID.test(body.request_id) ? body.request_id : null,
  });
}

/** A text that others have written, without secrets. @param {string} text @param {string[]} secrets */
const without = (text, secrets) =>
  redactText(secrets.reduce((left, secret) => (secret ? left.replaceAll(secret, "***") : left), text)).slice(
    0,
    LONGEST,
  );

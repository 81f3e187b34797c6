// @ts-check
// Requests to a deployment. A found key travels in a request's body, over a connection that nobody can read, to the
// address that was given and to no other.
import { setTimeout as sleep } from "node:timers/promises";
import { VERSION } from "./help.mjs";
import { escaped } from "./names.mjs";

/** @typedef {{ post(path: string, body: object): Promise<any>, address: string }} Server */

const TRIES = 3;
const SECONDS = 10;
/** Statuses that may be another one the next time. */
const PASSING = [429, 502, 503, 504];

/** Why there is no answer. `fatal`: the next request will get none, either. */
export class NoAnswer extends Error {
  /** @param {string} message @param {{ fatal?: boolean, code?: string, status?: number }} [about] */
  constructor(message, { fatal = false, code = "", status = 0 } = {}) {
    super(message);
    this.fatal = fatal;
    /** The problem's code, if it is one of Keyward's. */
    this.problem = code;
    this.status = status;
  }
}

/** An answer that Keyward does not give. @param {string} address @param {number} [status] */
export const strange = (address, status = 200) =>
  new NoAnswer(`${new URL(address).host} does not answer as Keyward does (${status}).`, { fatal: true });

/** The address of a deployment, without a slash at its end. @param {string | undefined} text */
export function addressOf(text) {
  if (!text)
    throw new TypeError(
      "Say which deployment to ask: --url https://keys.example.com, or set the environment variable KEYWARD_URL.",
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new TypeError(
      "The deployment's address has to be one such as https://keys.example.com, with no password, query or fragment.",
    );
  if (url.protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new TypeError(
      "The deployment's address has to begin with https://, since anybody on the way could read the keys otherwise. Only this machine itself (http://localhost) may be asked without.",
    );
  return url.href.replace(/\/+$/, "");
}

/** The credential for it. @param {string | undefined} text */
export function credentialOf(text) {
  const key = text?.trim();
  if (!key)
    throw new TypeError(
      "Set the environment variable KEYWARD_API_KEY to an operator's or an organization's key that may read or verify keys.",
    );
  // What does not fit into a header would be repeated in the error about it.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError("KEYWARD_API_KEY has characters that no key has.");
  return key;
}

/** @param {string} address @param {string} [credential] @returns {Server} */
export function server(address, credential) {
  const { host } = new URL(address);
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": `keyward/${VERSION}`,
    ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
  };

  /** @param {string} path @param {string} body */
  const once = async (path, body) => {
    const signal = AbortSignal.timeout(SECONDS * 1000);
    try {
      const response = await fetch(address + path, {
        method: "POST",
        redirect: "manual",
        headers,
        body,
        signal,
      });
      return { response, text: await response.text() };
    } catch (error) {
      const { name, cause } = /** @type {Error & { cause?: NodeJS.ErrnoException }} */ (error);
      const why = name === "TimeoutError" ? `within ${SECONDS} seconds` : `(${cause?.code ?? name})`;
      return new NoAnswer(`${host} does not answer ${why}.`, { fatal: true });
    }
  };

  /** The answer's body, or what it says instead. @param {{ response: Response, text: string }} answer */
  const read = ({ response, text }) => {
    const { status, ok, headers } = response;
    if (status >= 300 && status < 400)
      return new NoAnswer(redirected(host, address, headers), { fatal: true });
    const body = parsed(text);
    const code = typeof body?.code === "string" ? body.code : "";
    if (ok && body) return body;
    if (PASSING.includes(status) || status >= 500)
      return new NoAnswer(`${host} cannot answer now (${status}${code && `, ${code}`}).`, { status, code });
    if (!code) return strange(address, status);
    const detail = escaped(String(body.detail ?? body.title ?? ""));
    return new NoAnswer(`${host} refuses: ${detail} (${code})`, { fatal: status === 401, status, code });
  };

  return {
    address,
    async post(path, body) {
      for (let tries = 1; ; tries += 1) {
        const answer = await once(path, JSON.stringify(body));
        const result = answer instanceof NoAnswer ? answer : read(answer);
        if (!(result instanceof NoAnswer)) return result;
        const again = answer instanceof NoAnswer || PASSING.includes(result.status);
        if (!again || tries === TRIES) throw result;
        const wanted = answer instanceof NoAnswer ? Number.NaN : secondsOf(answer.response);
        await sleep(1000 * Math.min(SECONDS, Number.isNaN(wanted) ? 0.25 * 4 ** (tries - 1) : wanted));
      }
    },
  };
}

/** How long a server wants to be left alone. @param {Response} response */
const secondsOf = ({ headers }) => Number.parseInt(headers.get("retry-after") ?? "", 10);

/** @param {string} text @returns {any} an object, if it is one in JSON */
function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} host @param {string} address @param {Headers} headers */
function redirected(host, address, headers) {
  const to = headers.get("location") ?? "";
  const where = URL.canParse(to, address) ? new URL(to, address).origin : "";
  const known = where && where !== "null" ? ` to ${where}` : "";
  return `${host} redirects${known}, which is not followed: keys go to the address that was given only.`;
}

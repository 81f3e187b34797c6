// @ts-check
// Requests to a deployment. A found key travels in a request's body, over a connection that nobody can read, to the
// address that was given and to no other.
import { setTimeout as sleep } from "node:timers/promises";
import { redactText } from "keyward";
import { VERSION } from "./help.mjs";
import { SECONDS, send } from "./send.mjs";
import { escaped } from "./terminal/names.mjs";

/** @typedef {import("./send.mjs").Answer} Answer */
/** `patience`: how many seconds to wait at most before the next try. @typedef {{ path: string, method?: "GET" | "POST", type?: string, body?: string, tries?: number, patience?: number, seconds?: number, longest?: number }} Question */
/** @typedef {{ post(path: string, body: object): Promise<any>, ask(question: Question): Promise<Answer & { value: any }>, address: string }} Server */

const TRIES = 3;
const NDJSON = "application/x-ndjson";
/** Statuses that may be another one the next time. */
const PASSING = [429, 502, 503, 504];
/** A code of Keyward's, and how much is repeated of what it says. */
const CODE = /^[a-z_]{1,32}\.[a-z_]{1,64}$/;
const LONGEST = 300;

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
  // What is asked goes behind it, so it must not end in a query or a fragment, not even an empty one.
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(url.href))
    throw new TypeError(
      "The deployment's address has to be one such as https://keys.example.com, with no password, query or fragment.",
    );
  if (url.protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new TypeError(
      "The deployment's address has to begin with https://, since anybody on the way could read the keys otherwise. Only this machine itself (http://localhost) may be asked without.",
    );
  // Addresses are logged, and a part of this one is printed.
  if (redactText(text) !== text) throw new TypeError("The deployment's address must not hold a key.");
  return url.href.replace(/\/+$/, "");
}

/** The credential for it. @param {string | undefined} text @param {string} what it may do @param {string} [from] where it is from */
export function credentialOf(text, what, from = "KEYWARD_API_KEY") {
  const key = text?.trim();
  if (!key) throw new TypeError(`Set the environment variable KEYWARD_API_KEY to ${what}.`);
  // What does not fit into a header would be repeated in the error about it.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError(`${from} has characters that no key has.`);
  return key;
}

/** @param {string} address @param {string} [credential] @returns {Server} */
export function server(address, credential) {
  const { host } = new URL(address);
  const common = {
    "user-agent": `keyward/${VERSION}`,
    ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
  };

  /** The answer with its body, or what it says instead. @param {Answer} answer */
  const read = (answer) => {
    const { status, headers, text } = answer;
    if (status >= 300 && status < 400)
      return new NoAnswer(redirected(host, address, headers.location), { fatal: true });
    // Lines are read by whoever has asked for them.
    const isLines = status === 200 && (headers["content-type"] ?? "").startsWith(NDJSON);
    const body = isLines ? {} : parsed(text, credential);
    const code = CODE.test(body?.code) ? body.code : "";
    if (status >= 200 && status < 300 && body) return { ...answer, value: body };
    if (PASSING.includes(status) || status >= 500)
      return new NoAnswer(`${host} cannot answer now (${status}${code && `, ${code}`}).`, { status, code });
    if (!code) return strange(address, status);
    const said = [body.detail, body.title].find((text) => typeof text === "string") ?? "";
    const detail = escaped(said.slice(0, LONGEST));
    return new NoAnswer(`${host} refuses: ${detail} (${code})`, { fatal: status === 401, status, code });
  };

  /** @type {Server["ask"]} */
  const ask = async ({ path, method, type, body, tries = TRIES, patience = SECONDS, ...limits }) => {
    const headers = {
      accept: method === "GET" ? `${NDJSON}, application/json` : "application/json",
      ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
      ...common,
    };
    for (let tried = 1; ; tried += 1) {
      const answer = await send(address + path, { method, headers, body, ...limits });
      const isSilent = typeof answer === "string";
      const result = isSilent ? new NoAnswer(`${host} ${answer}`, { fatal: true }) : read(answer);
      if (!(result instanceof NoAnswer)) return result;
      // One that is busy says so, and one that says nothing is not there.
      const most = isSilent ? TRIES : PASSING.includes(result.status) ? tries : 1;
      if (tried >= most) throw result;
      const wanted = isSilent ? undefined : secondsOf(answer.headers["retry-after"]);
      await sleep(1000 * Math.min(patience, wanted ?? 0.25 * 4 ** (tried - 1)));
    }
  };

  return {
    address,
    ask,
    post: async (path, body) => (await ask({ path, body: JSON.stringify(body) })).value,
  };
}

/** How long a server wants to be left alone; dates are not read. @param {string | undefined} text */
const secondsOf = (text = "") => (/^\d+$/.test(text) ? Number(text) : undefined);

/**
 * An object, if the text is one in JSON. A server in trouble may repeat what it was sent, so the credential is taken out of it;
 * keys are, where anything is printed.
 * @param {string} text @param {string | undefined} credential @returns {any}
 */
function parsed(text, credential) {
  const withoutCredential = (/** @type {string} */ _, /** @type {unknown} */ value) =>
    credential && typeof value === "string" ? value.replaceAll(credential, "***") : value;
  try {
    const value = JSON.parse(text, withoutCredential);
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} host @param {string} address @param {string} [to] */
function redirected(host, address, to = "") {
  const where = URL.canParse(to, address) ? new URL(to, address).origin : "";
  const known = where && where !== "null" ? ` to ${where}` : "";
  return `${host} redirects${known}, which is not followed: keys go to the address that was given only.`;
}

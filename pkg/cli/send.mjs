// @ts-check
// One request to a deployment. Its body may hold keys, so it goes to the given address and is read by nobody between.

/** How long an answer may take, and how many bytes of it are read, unless more is asked for: ours are far below. */
export const SECONDS = 10;
const LONGEST = 1_048_576;

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }} Answer */
/** `signal`: what ends it, instead of `seconds`. @typedef {{ method?: string, headers: Record<string, string>, body?: string, seconds?: number, signal?: AbortSignal, longest?: number }} Sent */

/**
 * The answer, or in a few words why there is none. Redirects are not followed, and nothing is unpacked.
 * @param {string} url @param {Sent} sent @returns {Promise<Answer | string>}
 */
export async function send(url, { method = "POST", headers, body, longest = LONGEST, ...limits }) {
  const isSecure = url.startsWith("https:");
  const { request } = await (isSecure ? import("node:https") : import("node:http"));
  const { seconds = SECONDS, signal = AbortSignal.timeout(seconds * 1000) } = limits;
  // The environment may name a proxy, or switch off that certificates are checked. A proxy passes on what it cannot read;
  // what is for this machine is not encrypted, and an agent of its own knows of no proxy.
  const options = {
    method,
    headers,
    signal,
    ...(isSecure ? { rejectUnauthorized: true } : { agent: false }),
  };
  try {
    return await new Promise((resolve, reject) => {
      const sent = request(url, options, (response) => {
        const { statusCode = 0, headers } = response;
        read(response, longest).then((text) => resolve({ status: statusCode, headers, text }), reject);
      });
      sent.on("error", reject).end(body);
    });
  } catch (error) {
    const { code, name, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (signal.aborted) return `does not answer within ${seconds} seconds.`;
    if (message === TOO_LONG) return TOO_LONG;
    if (/CERT|SIGNATURE|SIGNED|ALTNAME/.test(code ?? ""))
      return `has a certificate that is not trusted (${code}).`;
    return `does not answer (${code ?? name}).`;
  }
}

const TOO_LONG = "answers with more than Keyward does.";

/** @param {import("node:http").IncomingMessage} response @param {number} longest */
async function read(response, longest) {
  const chunks = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > longest) throw new Error(TOO_LONG);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

// @ts-check
// `keyward/fetch`: for whatever has a `Request` and answers with a `Response`.
import { gate } from "./gate.mjs";

/** @param {import("./gate.mjs").Options} options */
export function requireKey(options) {
  const check = gate(options);
  /** @param {Request} request */
  return async (request) => {
    const { method, headers } = request;
    const { key, refusal } = await check({ method, header: (name) => headers.get(name) }, request);
    if (refusal) return { key: null, response: new Response(refusal.body, refusal) };
    return { key: key ?? null, response: null };
  };
}

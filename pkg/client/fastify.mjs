// @ts-check
// `keyward/fastify`: a hook, for one route or for all.
import { gate } from "./gate.mjs";
import { headersOf } from "./node.mjs";

/** @param {import("./gate.mjs").Options} options */
export function requireKey(options) {
  const check = gate(options);
  /** @param {any} request @param {any} reply */
  return async (request, reply) => {
    const { method, headers, raw } = request;
    const { key, refusal } = await check({ method, header: headersOf(raw, headers) }, request);
    if (refusal) return reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
    if (key) request.key = key;
  };
}

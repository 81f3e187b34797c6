// @ts-check
// `keyward/hono`
import { gate } from "./gate.mjs";

/** @param {import("./gate.mjs").Options} options */
export function requireKey(options) {
  const check = gate(options);
  /** @param {any} c @param {() => Promise<void>} next */
  return async (c, next) => {
    const { method, headers } = c.req.raw;
    const { key, refusal } = await check({ method, header: (name) => headers.get(name) }, c);
    if (refusal) return new Response(refusal.body, refusal);
    if (key) c.set("key", key);
    await next();
  };
}

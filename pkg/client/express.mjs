// @ts-check
// `keyward/express`: for Express, and whatever else calls its middleware with Node's request, response and `next`.
import { gate } from "./gate.mjs";
import { headersOf } from "./node.mjs";

/** @param {import("./gate.mjs").Options} options */
export function requireKey(options) {
  const check = gate(options);
  /** @param {any} request @param {any} response @param {(error?: unknown) => void} next */
  return (request, response, next) => {
    const { method = "" } = request;
    /** @param {import("./gate.mjs").Outcome} outcome */
    const pass = ({ key, refusal }) => {
      if (key) request.key = key;
      if (!refusal) return next();
      response.statusCode = refusal.status;
      for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
      response.end(refusal.body);
    };
    check({ method, header: headersOf(request, request.headers) }, request).then(pass, next);
  };
}

import type { Context, MiddlewareHandler } from "hono";
import type { Gate, VerifiedKey } from "./gate.cjs";

/** Lets requests with such a key pass; handlers have it as `c.var.key`. */
export declare function requireKey(options: Gate<Context>): MiddlewareHandler<{ Variables: { key: VerifiedKey } }>;

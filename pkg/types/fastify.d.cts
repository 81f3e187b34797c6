import type { FastifyReply, FastifyRequest } from "fastify";
import type { Gate, VerifiedKey } from "./gate.cjs";

declare module "fastify" {
  interface FastifyRequest {
    /** The key that the request has shown, behind `requireKey`. */
    key?: VerifiedKey;
  }
}

/** A hook `onRequest` that lets requests with such a key pass; handlers have it as `request.key`. */
export declare function requireKey(
  options: Gate<FastifyRequest>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

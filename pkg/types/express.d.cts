import type { Gate, VerifiedKey } from "./gate.cjs";

declare global {
  namespace Express {
    interface Request {
      /** The key that the request has shown, behind `requireKey`. */
      key?: VerifiedKey;
    }
  }
}

/** As much of Node's request as is used. */
export interface ExpressRequest {
  method?: string | undefined;
  headers: { [name: string]: string | string[] | undefined };
  key?: VerifiedKey;
}

/** As much of Node's response as is used. */
export interface ExpressResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** Lets requests with such a key pass; handlers have it as `request.key`. */
export declare function requireKey(
  options: Gate<Known<PlatformRequest, ExpressRequest>>,
): (request: ExpressRequest, response: ExpressResponse, next: (error?: any) => void) => void;

/** `Type`, or `Otherwise` where the types of Express are not there: then it counts as `any`, which has every key. */
type Known<Type, Otherwise> = string extends keyof Type ? Otherwise : Type;

// @ts-ignore: not everywhere
type PlatformRequest = import("express").Request;

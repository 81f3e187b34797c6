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

/** Lets requests with such a key pass; handlers have it as `request.key`. `Request` is Express's. */
export declare function requireKey<Request extends ExpressRequest>(
  options: Gate<Request>,
): (request: Request, response: ExpressResponse, next: (error?: any) => void) => void;

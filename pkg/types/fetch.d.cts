import type { Gate, VerifiedKey } from "./gate.cjs";

/** The key, or the response that refuses the request; neither for a browser's preflight, which the application answers. */
export type Checked =
  | { readonly key: VerifiedKey; readonly response: null }
  | { readonly key: null; readonly response: Known<PlatformResponse, object> }
  | { readonly key: null; readonly response: null };

/** Says of a request whether it has such a key. */
export declare function requireKey(
  options: Gate<Known<PlatformRequest, object>>,
): (request: Known<PlatformRequest, object>) => Promise<Checked>;

/** `Type`, or `Otherwise` where the types of the environment lack it: then it counts as `any`, which has every key. */
type Known<Type, Otherwise> = string extends keyof Type ? Otherwise : Type;

// @ts-ignore: not in every environment's types
type PlatformRequest = Request;
// @ts-ignore: not in every environment's types
type PlatformResponse = Response;

import type { VerifiedKey } from "./api.cjs";
import type { Keyward, Question } from "./client.cjs";

export type { VerifiedKey };

/** What a request has to show to pass. `Context` is what the framework gives. */
export interface Gate<Context> extends Omit<Question, "organization"> {
  /** Which deployment is asked, or a function that says so, where bindings come with each request. */
  client: Pick<Keyward, "verify"> | ((context: Context) => Pick<Keyward, "verify">);
  /** Which organization the key has to reach, or a function that reads it from the request. */
  organization?: string | ((context: Context) => string);
  /** Where a key may be: `bearer`, `basic` (as name or password), names of headers. Default: these two and `x-api-key`. */
  from?: readonly string[];
  /** What the challenge of a refusal calls this API. Default: `keyward`. */
  realm?: string;
  /**
   * Whether a browser's preflight, which never has a key, goes on to what answers it. `refuse` it where handlers answer
   * `OPTIONS` with what is for keys alone, or where CORS is answered before. Default: `pass`.
   */
  preflights?: "pass" | "refuse";
  /** Is told why a key could not be checked, when a request is refused with 503. Default: `console.error`. */
  onError?: (error: unknown) => void;
}

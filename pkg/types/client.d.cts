import type { Operations, Verdict, VerifyKeyRequest } from "./api.cjs";
import type { CallOptions } from "./calls.cjs";

export * from "./api.cjs";
export * from "./calls.cjs";

/** Which deployment is asked, and how. Either `url` or `binding`. */
export interface KeywardOptions {
  /** The deployment's address, such as `https://keys.example.com`. */
  url?: string;
  /** In a worker: a service binding. Without a `key` it is one to the entrypoint `Verifier`, which knows who calls. */
  binding?: Binding;
  /** Who calls: a key, or a token of the identity provider. */
  key?: string;
  /** Instead of the platform's `fetch`. */
  fetch?: Fetch;
  /** In milliseconds, for everything that a call takes, further tries included. Default: 15,000. */
  timeout?: number;
  /** How often a request that may be sent again is sent again, after 429, 502, 503, 504 or no answer. Default: 2. */
  retries?: number;
  /** The brand of the deployment's keys. Default: that of `key`, if it is one. */
  brand?: string;
  /** Which of its environments the deployment is. Default: that of `key`. */
  environment?: "live" | "test";
  /** Keys of other systems were imported: every text is asked about. Default: what cannot be a key is refused at once. */
  foreign?: boolean;
  /** Whether `verify` keeps answers. Default: it does not. */
  cache?: {
    /** For how many seconds, counted from when an answer was true. A refusal is kept for 5 seconds at most. */
    maxAge: number;
    /** How many. Default: 10,000. */
    size?: number;
  };
  /** A number from 0 to 1, by which pauses between tries differ. Default: `Math.random`. */
  random?: () => number;
  /** Waits between tries. Default: by `setTimeout`. */
  wait?: (milliseconds: number, signal: any) => Promise<void>;
}

/** As much of the platform's `fetch` as is used. */
export type Fetch = (input: any, init?: any) => Promise<any>;

/** A service binding of Cloudflare Workers. */
export interface Binding {
  fetch(input: any, init?: any): Promise<any>;
  verify?(question: any): Promise<any>;
}

/** What is required of a key. */
export type Question = Omit<VerifyKeyRequest, "key">;

/**
 * What `verify` answers: the server's verdict, or a refusal that needed no request, as of now by this machine's clock. It must
 * not be changed.
 */
export type Answer = Verdict;

/**
 * A deployment of Keyward. Each operation of its API is a method: what is in the path, then the body, then the query, then
 * options. A call that does not succeed throws a {@link KeywardError}.
 */
export declare class Keyward {
  constructor(options: KeywardOptions);
  /**
   * Verifies a key with as few requests as can be: what cannot be a key of this deployment is refused without one, and equal
   * questions under way share one.
   */
  verify(key: string, question?: Question, options?: CallOptions): Promise<Answer>;
}

export interface Keyward extends Operations {}

/** Why a call did not succeed. Holds no key. */
export declare class KeywardError extends Error {
  readonly name: "KeywardError";
  /** The API's code, or `client.unreachable`, `client.timeout`, `client.unexpected`. */
  readonly code: string;
  /** What went wrong, for people. */
  readonly detail: string;
  /** The same for every problem with this code. */
  readonly title: string;
  /** The HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** Where the first wrong field is: a JSON pointer into the body, or `?name`. */
  readonly pointer: string | null;
  /** Every wrong field. */
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  /** The request's id, which is in the server's log too. */
  readonly requestId: string | null;
  /** After how many seconds it may be tried again, if the server says so. */
  readonly retryAfter: number | null;
}

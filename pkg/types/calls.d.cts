/** What may be said for one call. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason. */
  signal?: Known<PlatformSignal, object> | undefined;
  /** In milliseconds, for everything that the call takes, further tries included; for a list, for each page. */
  timeout?: number;
  /** How often it may be sent again. */
  retries?: number;
  /** Further headers, such as `traceparent`. */
  headers?: Record<string, string>;
  /** Is told of each answer of success what its body does not say: `X-Request-Id`, `Link`, … */
  onResponse?: (response: { readonly status: number; readonly headers: ResponseHeaders }) => void;
}

/** As much of the platform's `Headers` as is used. */
export interface ResponseHeaders {
  get(name: string): string | null;
}

/** What may be said of a call that creates a key. */
export interface CreationOptions extends CallOptions {
  /** 16 to 255 printable characters, as random as a password; by default each call has its own. */
  idempotencyKey?: string;
}

/** A list: waited for it is its first page, walked through with `for await` it is every entry of all pages. */
export interface Pages<Page, Entry> extends Promise<Page>, AsyncEntries<Entry> {
  /** Page by page. */
  pages(): AsyncEntries<Page>;
}

/** A page that is lines of JSON, such as an export. */
export interface Rows {
  readonly rows: object[];
  /** What leads to the next page; null on the last one. */
  readonly after: string | null;
}

/** What `for await` takes. */
export interface AsyncEntries<Entry> {
  [Symbol.asyncIterator](): AsyncIterator<Entry, void, undefined>;
}

/** `Type`, or `Otherwise` where the types of the environment lack it: then it counts as `any`, which has every key. */
type Known<Type, Otherwise> = string extends keyof Type ? Otherwise : Type;

// @ts-ignore: not in every environment's types
type PlatformSignal = AbortSignal;

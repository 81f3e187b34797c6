/** `sk`: secret key of an organization. `pat`: personal secret key of a user. `pk`: publishable key of an organization. */
export type Kind = "sk" | "pat" | "pk";

export type Environment = "live" | "test";

/** Why a text is not a well-formed key: the first that applies, in this order. */
export type KeyErrorCode =
  | "key.empty"
  | "key.too_long"
  | "key.bad_character"
  | "key.bad_prefix"
  | "key.unknown_version"
  | "key.bad_length"
  | "key.bad_checksum";

/** What a well-formed key says. */
export interface Key {
  brand: string;
  kind: Kind;
  environment: Environment;
  /** Version of the key format. */
  version: number;
  /** Which ledger on the server holds the key's owner. */
  ledger: string;
  /** What people and logs may see, such as `kw_sk_live_***JnsL`. */
  redacted: string;
}

/** Why a text is not a well-formed key. Holds no part of the text. */
export interface KeyProblem {
  code: KeyErrorCode;
  /** A sentence for developers. */
  message: string;
  /** With `key.bad_character`: where the first such character is. */
  index?: number;
  /** With `key.bad_length`: how many characters belong behind the last underscore. */
  expected?: number;
  /** With `key.bad_length`: how many there are. */
  actual?: number;
}

/** Which keys to accept; all where nothing is said. A key of another brand, kind or environment is a `key.bad_prefix`. */
export interface Pins {
  brand?: string;
  kinds?: readonly Kind[];
  environment?: Environment;
}

/** A key in a text. */
export interface FoundKey {
  /** Where it begins, in UTF-16 units as in `text.slice(start, end)`. */
  start: number;
  /** Where it ends. */
  end: number;
  brand: string;
  kind: Kind;
  environment: Environment;
  /** What people and logs may see: `kw_sk_live_***JnsL`, or `kw_sk_live_***` of a damaged key. */
  redacted: string;
  /**
   * `false`: the key is whole. `true`: at least 40 characters of its body are there, but it is cut or has a wrong
   * checksum. Whoever finds it may be able to restore it.
   */
  damaged: boolean;
}

/** The text is not a well-formed key. */
export class KeyFormatError extends Error implements KeyProblem {
  constructor(problem: KeyProblem);
  readonly name: "KeyFormatError";
  readonly code: KeyErrorCode;
  readonly index?: number;
  readonly expected?: number;
  readonly actual?: number;
}

/**
 * What a key says.
 * @throws {KeyFormatError} if the text is not a well-formed key
 */
export function parse(key: string, options?: Pins): Key;

/** As {@link parse}, with the problem as a value. */
export function tryParse(key: string, options?: Pins): { ok: true; key: Key } | ({ ok: false } & KeyProblem);

/** Whether grammar and checksum hold. Only the server can say that a key is valid. */
export function isWellFormed(key: string, options?: Pins): boolean;

/** The form of a key that people and logs may see; `***` for a text that is not a well-formed key. Never throws on text. */
export function redact(key: string): string;

/**
 * SHA-256 of a key in hexadecimal: what the server stores instead of it.
 * @throws {KeyFormatError} if the text is not a well-formed key
 */
export function digest(key: string): string;

/** Every key in a text, whole or damaged, in order. */
export function scan(text: string, options?: Pins): FoundKey[];

/** The text with every key, whole or damaged, redacted; the same text if there is none. */
export function redactText(text: string, options?: Pins): string;

/** Finds keys in text that comes in pieces, also those that straddle pieces. Holds at most 79 characters. */
export function createScanner(options?: Pins): Scanner;

export interface Scanner {
  /**
   * The keys that are decided by this piece. A damaged key that may go on in the next piece is given by the next call.
   * Offsets count from the beginning of the first piece.
   */
  push(chunk: string): FoundKey[];
  /** Gives the damaged key at the end, if there is one. */
  end(): FoundKey[];
}

/** Redacts keys in text that comes in pieces. Holds back at most 79 characters, and never across white space. */
export function createRedactor(options?: Pins): Redactor;

export interface Redactor {
  /** Takes a piece, gives what can be put out by now. */
  push(chunk: string): string;
  /** Gives the rest. */
  end(): string;
}

/**
 * {@link createRedactor} as a stream of strings; put a `TextDecoderStream` before it if there are bytes. Throws where the
 * environment has no `TransformStream`.
 */
export function redactStream(options?: Pins): Known<PlatformStream, TextStream>;

/** `Type`, or `Otherwise` where the types of the environment lack it: then it counts as `any`, which has every key. */
type Known<Type, Otherwise> = string extends keyof Type ? Otherwise : Type;

// @ts-ignore: not in every environment's types
type PlatformStream = TransformStream<string, string>;

/** As much of a `TransformStream` as can be said without the platform's types. */
interface TextStream {
  readonly readable: object;
  readonly writable: object;
}

// What holds with the types of the language alone, and with any environment's as well.

import type { FoundKey, Key, KeyErrorCode, Kind, Pins, Redactor, Scanner } from "keyward";
import {
  createRedactor,
  createScanner,
  digest,
  isWellFormed,
  KeyFormatError,
  parse,
  redact,
  redactStream,
  redactText,
  scan,
  tryParse,
} from "keyward";
import type { Source } from "keyward/init";
import { isWellFormed as check, init } from "keyward/init";

const pins: Pins = { brand: "kw", kinds: ["pk"], environment: "live" };
const key: Key = parse("", pins);
const kind: Kind = key.kind;
const result = tryParse("");
const code: KeyErrorCode | undefined = result.ok ? undefined : result.code;
// @ts-expect-error: only with ok
result.key;
// @ts-expect-error: not a kind
isWellFormed("", { kinds: ["secret"] });
// @ts-expect-error: not a string
redact(7);
const scanner: Scanner = createScanner();
const redactor: Redactor = createRedactor(pins);
const found: FoundKey[] = [...scan("", {}), ...scanner.push(""), ...scanner.end()];
const text: string = digest("") + redactText("") + redactor.push("") + kind + code + found.length;

try {
  parse(text);
} catch (error) {
  if (error instanceof KeyFormatError) {
    const problem: KeyErrorCode = error.code;
    void problem;
  }
}

const stream = redactStream(pins);
const sides: [object, object] = [stream.readable, stream.writable];
// @ts-expect-error: it is not `any`
const wrong: number = stream;

const bytes = new Uint8Array(8);
const sources: Source[] = ["/keyward.wasm", bytes, bytes.buffer, Promise.resolve(bytes)];
export const done: Promise<void> = init(sources[0]).then(() => void check(text));
export const early: Promise<void> = init();
export { sides, wrong };

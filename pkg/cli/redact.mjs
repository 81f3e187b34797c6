// @ts-check
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createReader } from "./reader.mjs";

/**
 * A filter. Each byte is read as a character, so that whatever is not a key passes unchanged, in any encoding.
 * @param {string[]} args
 * @param {import("keyward").Pins | undefined} pins
 */
export async function redact(args, pins) {
  if (args.some((arg) => arg !== "-"))
    throw new TypeError("redact reads standard input: use `keyward redact < file`.");
  const redactor = createFilter(pins);
  const bytes = (/** @type {string} */ text) => Buffer.from(text, "latin1");
  const filter = new Transform({
    transform: (chunk, _encoding, done) => done(null, bytes(redactor.push(chunk.toString("latin1")))),
    flush: (done) => done(null, bytes(redactor.end())),
  });
  await pipeline(process.stdin, filter, process.stdout);
  return 0;
}

/** Redacts text that comes in pieces, one character for each byte. @param {import("keyward").Pins | undefined} pins */
export function createFilter(pins) {
  const reader = createReader(pins);
  /** @type {import("keyward").FoundKey[]} */
  let keys = [];
  let held = "";
  // Where the held text begins, and up to where it is put out.
  let offset = 0;
  let done = 0;
  /** @param {number} from @param {number} to */
  const slice = (from, to) => held.slice(from - offset, Math.max(from, to) - offset);
  /** @param {number} decided */
  const putOut = (decided) => {
    let out = "";
    for (const key of keys.filter(({ start }) => start < decided)) {
      out += slice(done, key.start) + inTheSameWidth(key.redacted, slice(key.start, key.end));
      done = key.end;
    }
    keys = keys.filter(({ start }) => start >= decided);
    out += slice(done, decided);
    done = Math.max(done, decided);
    held = held.slice(done - offset);
    offset = done;
    return out;
  };
  return {
    /** @param {string} piece */
    push(piece) {
      held += piece;
      keys.push(...reader.push(piece));
      return putOut(reader.decided());
    },
    end() {
      keys.push(...reader.end());
      return putOut(offset + held.length);
    },
  };
}

/** With as many zero bytes between characters as the key has: its encoding stays. @param {string} redacted @param {string} key */
const inTheSameWidth = (redacted, key) => [...redacted].join(key.match(/\0+/)?.[0] ?? "");

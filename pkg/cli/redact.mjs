// @ts-check
// `keyward redact`: standard input without its keys.
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createFilter } from "./bytes/filter.mjs";
import { input } from "./terminal/input.mjs";

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
  await pipeline(input(), filter, process.stdout);
  return 0;
}

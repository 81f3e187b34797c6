// @ts-check
// Takes secrets out of bytes that come in pieces: keys in whatever writing, and what is secret whatever it looks like.
import { Transform } from "node:stream";
import { createFilter } from "../bytes/filter.mjs";

const MASK = "***";

/** Without these texts, also where one is parted. @param {string[]} secrets one character for each byte */
export function createMask(secrets) {
  // A longer one may have a shorter one in it.
  const wanted = secrets.filter((secret) => secret !== "").toSorted((a, b) => b.length - a.length);
  let held = "";
  /** @param {string} text @param {boolean} last */
  const take = (text, last) => {
    let out = "";
    let from = 0;
    for (let at = 0; at < text.length; ) {
      const found = wanted.find((secret) => text.startsWith(secret, at));
      const open =
        !last &&
        wanted.some((secret) => secret.length > text.length - at && secret.startsWith(text.slice(at)));
      // What is found may be the beginning of a longer one.
      if (open) {
        held = text.slice(at);
        return out + text.slice(from, at);
      }
      if (found === undefined) {
        at = nextOf(text, at + 1, wanted);
        continue;
      }
      out += text.slice(from, at) + MASK;
      at += found.length;
      from = at;
    }
    held = "";
    return out + text.slice(from);
  };
  return {
    push: (/** @type {string} */ piece) => (wanted.length === 0 ? piece : take(held + piece, false)),
    end: () => take(held, true),
  };
}

/** Where the next one may begin. @param {string} text @param {number} from @param {string[]} wanted */
const nextOf = (text, from, wanted) =>
  Math.min(...wanted.map((secret) => text.indexOf(secret[0], from)).map((at) => (at < 0 ? text.length : at)));

/** @param {string[]} secrets */
export function redacting(secrets) {
  const mask = createMask(secrets.map((secret) => Buffer.from(secret).toString("latin1")));
  const filter = createFilter(undefined);
  const bytes = (/** @type {string} */ text) => Buffer.from(text, "latin1");
  return new Transform({
    transform: (chunk, _encoding, done) =>
      done(null, bytes(filter.push(mask.push(chunk.toString("latin1"))))),
    flush: (done) => done(null, bytes(filter.push(mask.end()) + filter.end())),
  });
}

// @ts-check
// The measurements. Runs in Node and in browsers, so it uses the language only.
import * as rivals from "./rivals.mjs";

// Short turns and many of them: on a busy machine some go through without another process in between.
const CALLS = 12_000;
const ROUNDS = 200;
const SCANS = 25;

/**
 * The best time of each in milliseconds. All take turns, so that a slow moment of the machine hits all.
 * @param {Record<string, () => unknown>} candidates
 * @param {number} rounds
 */
function race(candidates, rounds) {
  /** @type {Record<string, number>} */
  const best = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(candidates)) {
      const start = performance.now();
      run();
      best[name] = Math.min(best[name] ?? Infinity, performance.now() - start);
    }
  }
  return best;
}

/** @param {(key: string) => unknown} check @param {string[]} keys */
const calls = (check, keys) => () => {
  let yes = 0;
  for (let call = 0; call < CALLS; call += 1) yes += check(keys[call % keys.length]) ? 1 : 0;
  // The answer is looked at, so that no engine leaves the calls out.
  if (yes !== 0 && yes !== CALLS) throw new Error(`${yes} of ${CALLS}`);
};

/**
 * The time over a whole text: the sum of the best times over pieces of 2 MB, each of them a short turn.
 * @param {string} text
 * @param {Record<string, (text: string) => unknown>} candidates
 * @param {number} rounds
 */
function raceOver(text, candidates, rounds) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (let at = 0; at < text.length; at += 2_000_000) {
    const piece = flat(text.slice(at, at + 2_000_000));
    const turns = Object.entries(candidates).map(([name, run]) => [name, () => run(piece)]);
    for (const [name, best] of Object.entries(race(Object.fromEntries(turns), rounds))) {
      sums[name] = (sums[name] ?? 0) + best;
    }
  }
  return sums;
}

/** The text in one piece, as it comes from a header, a form or a file, not as engines keep what was put together. @param {string} text @returns {string} */
const flat = (text) => JSON.parse(JSON.stringify(text));

/** A key with one character changed in its middle. @param {string} key */
const damaged = (key) => flat(`${key.slice(0, 40)}${key[40] === "a" ? "b" : "a"}${key.slice(41)}`);

/**
 * @param {typeof import("keyward")} keyward
 * @param {string[]} keys
 * @param {{ generate(prefix: string, length: number): string, verify(token: string): boolean }} base62Token
 */
export function measureChecks(keyward, keys, base62Token) {
  /** @type {import("../print.mjs").Row[]} */
  const rows = [];
  // Of the same length as a key of the brand `kw`.
  const tokens = keys.map(() => flat(base62Token.generate("kw_sk_live_", 51)));
  for (const [name, ours, theirs] of /** @type {const} */ ([
    ["well-formed", keys.map(flat), tokens],
    ["wrong", keys.map(damaged), tokens.map(damaged)],
  ])) {
    const time = race(
      {
        keyward: calls(keyward.isWellFormed, ours),
        hand: calls(rivals.isWellFormed, ours),
        base62: calls((token) => base62Token.verify(token), theirs),
      },
      ROUNDS,
    );
    const rate = (/** @type {number} */ ms) => `${(CALLS / ms / 1000).toFixed(1)} M/s`;
    rows.push({ what: `isWellFormed, ${name} keys`, value: rate(time.keyward) });
    rows.push({
      what: "… against base62-token's verify",
      value: rate(time.base62),
      ratio: time.base62 / time.keyward,
      target: "at least 2",
    });
    rows.push({
      what: "… against regex and table CRC by hand",
      value: rate(time.hand),
      ratio: time.hand / time.keyward,
      target: "at least 1.2",
    });
  }
  return rows;
}

/**
 * @param {typeof import("keyward")} keyward
 * @param {string[]} keys
 * @param {string} source
 * @param {Parameters<typeof measureChecks>[2]} base62Token
 */
export function measure(keyward, keys, source, base62Token) {
  const rows = measureChecks(keyward, keys, base62Token);
  const ascii = source.replace(/[^\0-\x7f]/g, "?");
  for (const [name, text] of /** @type {const} */ ([
    ["64 MB ASCII, no keys", ascii],
    ["64 MB with other scripts, no keys", source],
    ["64 MB ASCII, a key every 10 KB", withKeys(ascii, keys)],
  ])) {
    const counts = [keyward.scan(text), rivals.scanTuned(text), rivals.scanPlain(text)].map(
      (found) => found.length,
    );
    if (new Set(counts).size > 1) throw new Error(`different counts: ${counts}`);
    const time = raceOver(
      text,
      { scan: keyward.scan, tuned: rivals.scanTuned, redact: keyward.redactText },
      SCANS,
    );
    const { plain } = raceOver(text, { plain: rivals.scanPlain }, 3);
    const rate = (/** @type {number} */ ms) => `${(text.length / ms / 1000).toFixed(0)} MB/s`;
    rows.push({ what: `scan, ${name}`, value: rate(time.scan), target: "at least 500 MB/s" });
    rows.push({
      what: "… against the obvious regex and the checksum",
      value: rate(plain),
      ratio: plain / time.scan,
    });
    rows.push({
      what: "… against the best regex (ours) and the checksum by hand",
      value: rate(time.tuned),
      ratio: time.tuned / time.scan,
      target: "at least 1",
    });
    rows.push({
      what: "… redactText, its time against scan's",
      value: rate(time.redact),
      ratio: time.redact / time.scan,
      target: counts[0] > 99 ? undefined : "at most 1.5",
    });
  }
  return rows;
}

/** @param {string} text @param {string[]} keys */
function withKeys(text, keys) {
  const parts = [];
  for (let at = 0, count = 0; at < text.length; at += 10_000, count += 1)
    parts.push(text.slice(at, at + 10_000), `\nKEY="${keys[count % keys.length]}"\n`);
  return parts.join("").slice(0, text.length);
}

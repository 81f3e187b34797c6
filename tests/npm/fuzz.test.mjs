// @ts-check
// For any text both builds of the package answer as the slow rules do, and in any pieces as in one.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { builds } from "./project.mjs";
import { keysIn, makeKey, problem, redacted } from "./slow.mjs";

const numRuns = Number(process.env.FUZZ_RUNS ?? 400);
// The same texts on every run; another seed tries others.
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20261126) });

const digits = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const base62 = (/** @type {number} */ length) =>
  fc.string({ unit: fc.constantFrom(...digits), minLength: length, maxLength: length });
const prefix = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9]{1,11}$/),
    fc.constantFrom("sk", "pat", "pk"),
    fc.constantFrom("live", "test"),
  )
  .map((words) => words.join("_"));
const key = fc.tuple(prefix, base62(51)).map(([head, body]) => makeKey(head, body));
// UTF-16 units of every kind, halves of surrogate pairs among them.
const anything = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 6,
});
const damaged = fc
  .tuple(key, fc.nat(79), fc.nat(3), anything)
  .map(([text, at, cut, other]) => text.slice(0, at) + other + text.slice(at + cut));
const near = fc.constantFrom(
  "kw_sk_live_",
  "kw_sk_live_1",
  "_live_1",
  "_",
  "kw",
  "é",
  "🔑",
  "\n",
  " ",
  "\0",
  "\ud83d",
);
const candidate = fc.oneof(
  key,
  damaged,
  anything,
  near,
  fc.string({ unit: near, maxLength: 12 }),
  base62(58).map((body) => `kw_sk_live_${body}`),
);
const text = fc
  .array(fc.oneof(key, damaged, anything, near), { maxLength: 7 })
  .map((pieces) => pieces.join(""));

/** @param {string} whole @param {number[]} cuts */
function inPieces(whole, cuts) {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, index) => whole.slice(at[index], end));
}
const cuts = fc.array(fc.nat(2_000), { maxLength: 12 });

for (const [build, keyward] of await builds()) {
  test(`${build}: one text is read as the slow rules read it`, () => {
    const property = fc.property(candidate, (input) => {
      const expected = problem(input);
      const result = keyward.tryParse(input);
      assert.equal(keyward.isWellFormed(input), expected === undefined);
      if (result.ok) assert.equal(keyward.digest(input), createHash("sha256").update(input).digest("hex"));
      else assert.deepEqual({ ...result, message: "" }, { ok: false, message: "", ...expected });
    });
    fc.assert(property, { numRuns: 10 * numRuns });
  });

  test(`${build}: keys are found in any text where trying every part finds them`, () => {
    const property = fc.property(text, (input) => {
      const found = keyward.scan(input).map(({ start, end, damaged }) => ({ start, end, damaged }));
      assert.deepEqual(found, keysIn(input));
      assert.equal(keyward.redactText(input), redacted(input));
    });
    // Trying every part is slow.
    fc.assert(property, { numRuns: numRuns / 2 });
  });

  test(`${build}: text in pieces gives the same keys and the same redacted text as the whole`, () => {
    const property = fc.property(text, cuts, (input, at) => {
      const pieces = inPieces(input, at);
      const scanner = keyward.createScanner();
      assert.deepEqual(
        [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()],
        keyward.scan(input),
      );
      const redactor = keyward.createRedactor();
      const out = pieces.map((piece) => redactor.push(piece)).join("") + redactor.end();
      assert.equal(out, keyward.redactText(input));
    });
    fc.assert(property, { numRuns: 5 * numRuns });
  });

  test(`${build}: pins leave exactly the keys that have what is pinned`, () => {
    const pins = fc.record(
      {
        brand: fc.constantFrom("kw", "acme"),
        kinds: fc.subarray(/** @type {const} */ (["sk", "pat", "pk"]), { minLength: 1 }),
        environment: fc.constantFrom("live", "test"),
      },
      { requiredKeys: [] },
    );
    const known = fc.tuple(
      fc.constantFrom("kw", "acme"),
      fc.constantFrom("sk", "pat", "pk"),
      fc.constantFrom("live", "test"),
      base62(51),
    );
    const keys = fc.array(
      known.map(([brand, kind, environment, body]) => makeKey(`${brand}_${kind}_${environment}`, body)),
      { maxLength: 5 },
    );
    const property = fc.property(keys, pins, (all, any) => {
      const options = /** @type {import("keyward").Pins} */ (any);
      const accepted = all.filter((one) => {
        const [brand, kind, environment] = /** @type {any[]} */ (one.split("_"));
        const { brand: b = brand, kinds = [kind], environment: e = environment } = options;
        return b === brand && e === environment && kinds.includes(kind);
      });
      assert.deepEqual(
        all.filter((one) => keyward.isWellFormed(one, options)),
        accepted,
      );
      assert.equal(keyward.scan(all.join("\n"), options).length, accepted.length);
      const refused = all
        .filter((one) => !accepted.includes(one))
        .map((one) => keyward.tryParse(one, options));
      for (const result of refused) assert.equal(result.ok ? "" : result.code, "key.bad_prefix");
    });
    fc.assert(property, { numRuns });
  });
}

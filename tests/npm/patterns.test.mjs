// @ts-check
// What is quickly said of patterns is what they say.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import ignore from "ignore";
import { simplePatterns } from "../../pkg/cli/scan/files.mjs";

fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20261126) });

const word = fc.constantFrom("a", "B", "log", "LOG", "node_modules", "f7", "é", "-", "a b", "x\t");
const name = fc.oneof(
  word,
  fc.tuple(word, word).map(([one, two]) => `${one}.${two}`),
  word.map((one) => `.${one}`),
  fc.tuple(word, word, word).map((all) => all.join(".")),
);
const pattern = fc
  .tuple(
    fc.constantFrom("", "", "!", "#", "\\"),
    fc.constantFrom("", "", "*", "*.", "?"),
    name,
    fc.constantFrom("", "", "/", " ", "*"),
  )
  .map((parts) => parts.join(""));

test("a name of which simple patterns are quickly told to say nothing is neither ignored nor kept by them", () => {
  let [simple, silent] = [0, 0];
  const property = fc.property(
    fc.array(fc.oneof(pattern, fc.constant("")), { maxLength: 4 }),
    fc.constantFrom("\n", "\r\n"),
    fc.array(name, { minLength: 1, maxLength: 8 }),
    fc.boolean(),
    (patterns, end, names, ignorecase) => {
      const text = patterns.join(end);
      const mayName = simplePatterns(text);
      if (mayName === undefined) return;
      simple += 1;
      const rules = ignore({ ignorecase }).add(text);
      for (const path of names.filter((one) => !mayName(one)).flatMap((one) => [one, `${one}/`])) {
        silent += 1;
        const { ignored, unignored } = rules.test(path);
        assert.deepEqual([ignored, unignored], [false, false], JSON.stringify([text, path]));
      }
    },
  );
  fc.assert(property, { numRuns: 5000 });
  assert.ok(simple > 500 && silent > 2000, `only ${simple} and ${silent}`);
});

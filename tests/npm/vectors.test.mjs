// @ts-check
// The shared vectors hold for the installed package in Node, one test for each case and build of the core.
import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, runAll } from "./cases.mjs";
import { builds, issueVectors, parseVectors, scanVectors } from "./project.mjs";

for (const [build, keyward] of await builds()) {
  test(`${build}: no case is left out`, () => {
    assert.equal(parseVectors.cases.length, parseVectors.count);
    assert.equal(runAll(keyward, parseVectors, issueVectors).cases, parseVectors.count + 12);
  });

  for (const item of parseVectors.cases) {
    test(`${build}: ${item.id}: ${item.comment}`, () => assert.deepEqual(differences(keyward, item), []));
  }

  test(`${build}: issued keys are found in text, redacted and digested`, () => {
    assert.deepEqual(runAll(keyward, { cases: [] }, issueVectors).failures, []);
  });

  test(`${build}: every changed character and every swap of neighbours is refused`, () => {
    for (const key of parseVectors.every_change_of) {
      for (let index = 0; index < key.length; index += 1) {
        const [before, after] = [key.slice(0, index), key.slice(index + 1)];
        for (let other = 0; other < 128; other += 1) {
          const changed = before + String.fromCharCode(other) + after;
          assert.equal(keyward.isWellFormed(changed), changed === key);
        }
        const swapped = before + after.slice(0, 1) + key[index] + after.slice(1);
        assert.equal(keyward.isWellFormed(swapped), swapped === key);
      }
    }
  });

  test(`${build}: keys are found in text and redacted, whole and damaged, also character by character`, () => {
    assert.equal(scanVectors.cases.length, scanVectors.count);
    for (const { id, text, found } of scanVectors.cases) {
      const scanner = keyward.createScanner();
      const redactor = keyward.createRedactor();
      const pieces = [...text];
      const all = keyward.scan(text);
      assert.deepEqual(
        all.map(({ start, end, redacted, damaged }) => ({ start, end, redacted, damaged })),
        found,
        id,
      );
      assert.deepEqual([...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()], all, id);
      const redacted = keyward.redactText(text);
      assert.equal(pieces.map((piece) => redactor.push(piece)).join("") + redactor.end(), redacted, id);
      // Of a key's body no more than the four last characters of a whole one.
      if (found.length > 0) assert.doesNotMatch(redacted, /_(?:live|test)_[0-9A-Za-z]{5}/, id);
    }
  });
}

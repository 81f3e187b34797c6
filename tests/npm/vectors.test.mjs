// @ts-check
// The shared vectors hold for the installed package in Node, one test for each case.
import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, runAll } from "./cases.mjs";
import { installed, issueVectors, parseVectors } from "./project.mjs";

const keyward = await installed();

test("no case is left out", () => {
  assert.equal(parseVectors.cases.length, parseVectors.count);
  assert.equal(runAll(keyward, parseVectors, issueVectors).cases, parseVectors.count + 12);
});

for (const item of parseVectors.cases) {
  test(`${item.id}: ${item.comment}`, () => assert.deepEqual(differences(keyward, item), []));
}

test("issued keys are found in text, redacted and digested", () => {
  assert.deepEqual(runAll(keyward, { cases: [] }, issueVectors).failures, []);
});

test("every changed character and every swap of neighbours is refused", () => {
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

// @ts-check
// The vectors of the format, through the edge: what the core reads as a key is read as one here too, and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../../scripts/run.mjs";
import { serve } from "../client.mjs";

const { verdict } = await serve();
const { cases, count } = JSON.parse(readFileSync(path("tests/vectors/parse.v1.json"), "utf8"));
const BODY_MAX = 65_536;

/** The text of a case. @param {any} vector @returns {string} */
const textOf = ({ input, repeat, utf16 }) =>
  utf16 ? String.fromCharCode(...utf16) : repeat ? repeat.text.repeat(repeat.times) : input;

/** What JSON in UTF-8 of 64 KiB can carry. @param {any} vector */
const fits = (vector) => {
  const text = textOf(vector);
  return JSON.stringify(text).length < BODY_MAX / 4 && text.isWellFormed();
};

test("every vector that fits into a request is asked", () => {
  assert.equal(cases.length, count);
  const left = cases.filter((/** @type {any} */ vector) => vector.error && !fits(vector));
  assert.ok(left.length < 10, `${left.length} do not fit into a body`);
});

for (const vector of cases.filter((/** @type {any} */ vector) => vector.error && fits(vector))) {
  test(`${vector.id} is malformed: ${vector.comment}`, async () => {
    assert.equal(await verdict(textOf(vector)), "malformed");
  });
}

for (const vector of cases.filter((/** @type {any} */ vector) => vector.ok)) {
  test(`${vector.id} is a key, but not one of this deployment: ${vector.comment}`, async () => {
    const { brand, environment } = vector.ok;
    const here = brand === "kw" && environment === "test";
    assert.equal(await verdict(textOf(vector)), here ? "forged" : "wrong_environment");
  });
}

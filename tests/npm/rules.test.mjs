// @ts-check
// The README's rules for other scanners find every secret key of the vectors, and its list of codes is whole.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { textOf } from "./cases.mjs";
import { issueVectors, parseVectors } from "./project.mjs";

const readme = readFileSync(path("pkg/README.md"), "utf8");
const types = readFileSync(path("pkg/index.d.ts"), "utf8");

/** A field of the table for GitHub; a bar within a table's cell is written with a backslash. @param {string} name */
const field = (name) =>
  readme.match(new RegExp(`^\\| ${name} \\| \`(.+)\` \\|$`, "m"))?.[1].replaceAll("\\|", "|") ?? "none";
const [, gitleaks] = readme.match(/^regex = '''(.+)'''$/m) ?? [];
const [, gitleaksSample] = readme.match(/^regexes = \['''(.+)'''\]$/m) ?? [];
const keywords = JSON.parse(readme.match(/^keywords = (\[.+\])$/m)?.[1] ?? "[]");
// Hyperscan and RE2 write the ends of the text as \A and \z.
const ends = (/** @type {string} */ pattern) => pattern.replace("\\A", "^").replace("\\z", "$");

const RULES = {
  gitleaks: { find: new RegExp(gitleaks, "g"), sample: new RegExp(gitleaksSample), keywords },
  GitHub: {
    find: new RegExp(
      `(?<=${ends(field("Before secret"))})${field("Secret format")}(?=${ends(field("After secret"))})`,
      "g",
    ),
    sample: new RegExp(field("Additional match requirements: must not match")),
    keywords: [""],
  },
};

for (const [name, { find, sample, keywords: words }] of Object.entries(RULES)) {
  const matches = (/** @type {string} */ text) =>
    words.some((/** @type {string} */ word) => text.includes(word))
      ? (text.match(find) ?? []).filter((match) => !sample.test(match))
      : [];

  test(`${name}: every issued secret key is found, and publishable keys and samples are not`, () => {
    for (const { key, kind } of issueVectors.cases) {
      const expected = kind === "pk" ? [] : [key];
      for (const text of [key, `KEY=${key}\n`, `"${key}"`, `(${key})`])
        assert.deepEqual(matches(text), expected);
    }
    const sampleKey = parseVectors.cases.find((/** @type {any} */ item) => item.id === "zero-checksum").input;
    assert.deepEqual(matches(sampleKey), []);
  });

  test(`${name}: of the other vectors only those match that are wrong in nothing but the checksum`, () => {
    for (const item of parseVectors.cases) {
      const text = textOf(item);
      const [match] = matches(text);
      if (match !== text) continue;
      assert.ok(item.ok || item.error.code === "key.bad_checksum", item.id);
    }
    for (const item of parseVectors.cases.filter(
      (/** @type {any} */ item) => item.ok && item.ok.kind !== "pk",
    )) {
      assert.deepEqual(matches(item.input), [item.input]);
    }
  });
}

test("README and types name exactly the codes of the vectors", () => {
  const codes = new Set(
    parseVectors.cases.flatMap((/** @type {any} */ { error }) => (error ? [error.code] : [])),
  );
  const typed = [...types.matchAll(/^ {2}\| "(key\.\w+)"/gm)].map(([, code]) => code);
  const listed = [...readme.matchAll(/^\| `(key\.\w+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(new Set(typed), codes);
  assert.deepEqual(listed, typed);
});

test("README calls no local check valid", () => {
  for (const [sentence] of readme.matchAll(/[^.]*\bvalid\b[^.]*/g))
    assert.match(sentence, /only the server can say/);
});

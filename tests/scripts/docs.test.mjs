// @ts-check
// The documents lead to what there is: links to files, the tests that docs/SECURITY.md names, the steps of `npm test`.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";
import { PROMISE } from "../../www/bound.js";

const read = (/** @type {string} */ name) => readFileSync(path(name), "utf8");

/** Every document, by its path from the root. */
const documents = [".", "docs", "docs/adr", "pkg", "src/client"].flatMap((folder) =>
  readdirSync(path(folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

/** A heading's anchor, as GitHub makes it. @param {string} heading */
const anchor = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");

/** @param {string} document */
const anchors = (document) =>
  [...read(document).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading));

test("every link of a document leads to a file that is there, and to a heading in it", () => {
  let count = 0;
  for (const document of documents) {
    for (const [link, target, heading] of read(document).matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const file = target === "" ? document : join(dirname(document), target);
      assert.ok(existsSync(path(file)), `${document}: ${link}`);
      if (heading) assert.ok(anchors(file).includes(heading), `${document}: ${link}`);
      count += 1;
    }
  }
  assert.ok(count > 50);
});

/** @param {string} file @param {string} name */
const hasTest = (file, name) =>
  file.endsWith(".rs") ? read(file).includes(`fn ${name}(`) : read(file).includes(`test("${name}"`);

/** @param {string} document @param {string} heading @param {number} least how many rows */
function assertTestsAreNamed(document, heading, least) {
  const section = new RegExp(`^## ${heading}$(.*?)^## `, "ms");
  const [, table] = section.exec(read(document)) ?? assert.fail("no table");
  const rows = table
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);
  assert.ok(rows.length > least);
  for (const row of rows) {
    const named = [...row.matchAll(/`([^`]+)` in \[[\w.]+\]\(\.\.\/([^)]+)\)/g)];
    assert.ok(named.length > 0, row);
    assert.equal(named.length, row.split("](").length - 1, `a file without a test: ${row}`);
    for (const [, name, file] of named) assert.ok(hasTest(file, name), `${file}: ${name}`);
  }
}

test("every promise of docs/SECURITY.md names tests that exist", () => {
  assertTestsAreNamed("docs/SECURITY.md", "What holds it", 30);
});

test("everything that is better than with Medusa names the test that holds it", () => {
  assertTestsAreNamed("docs/MEDUSA.md", "Better on purpose", 10);
});

test("how old an answer may be is told in the same three sentences everywhere, and nowhere as a guess", () => {
  const flat = (/** @type {string} */ text) => text.replace(/\s+/g, " ");
  assert.equal(PROMISE.match(/[.](?: |$)/g)?.length, 3);
  for (const file of ["README.md", "docs/API.md", "www/openapi.json"])
    assert.ok(flat(read(file)).includes(PROMISE), file);
  const views = readdirSync(path("www/views")).map((name) => join("www/views", name));
  const told = [
    ...documents,
    ...views,
    "www/bound.js",
    "www/words.js",
    "www/openapi.json",
    "pkg/types/api.d.cts",
  ];
  for (const file of told.filter((name) => !name.startsWith("docs/adr")))
    assert.doesNotMatch(
      flat(read(file)),
      /(?:within|for|of|up to) about (?:a(?:nother)? minute|60 seconds)|add up to a minute/,
      file,
    );
});

/** The folders of a folder. @param {string} folder */
const foldersOf = (folder) =>
  readdirSync(path(folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

test("the steps of npm test, and the folders of sources and tests, are named where they are explained", async () => {
  const { output } = await run(process.execPath, [path("scripts/test.mjs"), "no-such-step"]);
  const [, steps] = output.match(/there are: check ([\w -]+)\./) ?? assert.fail(output);
  assert.ok(read("CONTRIBUTING.md").includes(`The steps: \`${steps}\``), steps);
  const [readme, map] = [read("README.md"), read("docs/ARCHITECTURE.md")];
  const [, tests] = readme.match(/^\| `tests` \| (.*)$/m) ?? assert.fail("no row of tests");
  for (const name of foldersOf("tests").filter((name) => name !== "artefacts")) {
    assert.ok(tests.includes(`\`${name}\``), name);
    assert.ok(map.match(/^tests .*$/m)?.[0].includes(name), name);
  }
  for (const name of foldersOf("src")) {
    assert.ok(readme.includes(`\`src/${name}\``), name);
    assert.ok(new RegExp(`^src/${name} +keyward-${name} `, "m").test(map), name);
  }
});

// @ts-check
// What pkg/README.md says of getting the package is true.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";
import { project, tarball } from "./project.mjs";

const readme = readFileSync(path("pkg/README.md"), "utf8");
const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

/** The commands that begin with some words, as README has them. @param {string} words */
const commands = (words) =>
  readme
    .split("\n")
    .filter((line) => line.startsWith(words))
    .map((line) => line.split("#")[0].trim());

test("the documented commands pack the package, install its file, and run its command", async () => {
  const { folder } = await project({});
  const user = join(folder, "another");
  mkdirSync(user);
  writeFileSync(join(user, "package.json"), '{ "name": "another", "private": true }');

  const [pack, ...others] = commands("npm pack");
  assert.deepEqual(others, []);
  const packed = await run("npm", [...pack.split(" ").slice(1), "--silent", "--pack-destination", user]);
  assert.equal(packed.code, 0, packed.output);
  assert.equal(packed.stdout.trim(), basename(await tarball()));

  const [install, ...more] = commands("npm install");
  assert.deepEqual(more, []);
  assert.equal(install, `npm install ./${packed.stdout.trim()}`);
  const installed = await run("npm", [...install.split(" ").slice(1), "--offline"], { cwd: user });
  assert.equal(installed.code, 0, installed.output);

  const checked = await run("npx", ["--no-install", "keyward", "check"], { cwd: user, input: KEY });
  assert.equal(checked.code, 0, checked.output);
});

test("nothing that runs by itself takes a package of this name from the registry", async () => {
  const { stdout } = await run("git", ["ls-files", "-z", "--", "*.md", "*.yaml", "*.yml", "pkg/cli"]);
  for (const file of stdout.split("\0").filter(Boolean)) {
    const text = readFileSync(path(file), "utf8");
    assert.doesNotMatch(text, /npm (?:install|i|add|ci) keyward\b/, file);
    assert.doesNotMatch(text, /(?:run|exec|entry):? npx (?!--no-install)[^\n]*keyward/, file);
  }
});

// @ts-check
// pkg/README.md claims what is tested here, and nothing else.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../../scripts/run.mjs";
import { browsers } from "./browsers.mjs";
import { bundlers } from "./bundlers.mjs";
import { next } from "./next.mjs";
import { interpreters, runners, runtimes } from "./runtimes.mjs";
import { workers } from "./workers.mjs";

const readme = readFileSync(path("pkg/README.md"), "utf8");
const [, section] = readme.split("## Where it runs\n");
const claims = section.split("\n## ")[0];

test("the table of environments is what the tests try", () => {
  const all = [...runtimes, ...workers, ...browsers, ...bundlers, ...next, ...runners];
  const rows = all.map(({ name, version = "Debian's", how }) => `| ${name} | ${version} | ${how} |`);
  const header = ["| environment | tried with | what works |", "| --- | --- | --- |"];
  assert.deepEqual(
    claims.split("\n").filter((line) => line.startsWith("|")),
    [...header, ...rows],
  );
});

test("the lines for esbuild and Rollup are those that the tests use", () => {
  const project = (/** @type {string} */ name) =>
    readFileSync(path("tests/npm/environments/projects/bundlers", name), "utf8");
  const [plugin] = project("rollup.config.mjs").match(/url\(.+?\)(?=\])/) ?? [];
  assert.ok(plugin && claims.includes(plugin), plugin);
  const [address] = project("init-with-address.mjs").match(/import address .+/) ?? [];
  assert.ok(address && claims.includes(address), address);
  assert.ok(claims.includes("await init(address);"));
  const flag = readFileSync(path("tests/npm/environments/bundlers.mjs"), "utf8").match(/"(--loader.+?)"/);
  assert.ok(flag && claims.includes(flag[1]));
});

test("the client is said to run where it is tried", () => {
  const line = readme.replace(/\s+/g, " ");
  const [, named] = line.match(/It runs in ([^.]+), and has nothing of Node in it/) ?? assert.fail();
  const tried = [...Object.keys(interpreters), "Workers"].filter((name) => name !== "Node 24");
  assert.equal(named, `${tried.slice(0, -1).join(", ")} and ${tried.at(-1)}`);
});

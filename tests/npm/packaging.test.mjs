// @ts-check
// The tarball loads in Node and compiles in TypeScript, and the judges of packages find nothing.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { path, run } from "../../scripts/run.mjs";
import { casesModule, project, tarball } from "./project.mjs";

const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

const TYPES = `
import { KeyFormatError, parse, tryParse, isWellFormed, redact, digest, scan, redactText, createScanner, createRedactor, redactStream } from "keyward";
import type { FoundKey, Key, KeyErrorCode, Kind, Pins } from "keyward";
import { init, isWellFormed as check } from "keyward/init";
const pins: Pins = { brand: "kw", kinds: ["pk"], environment: "live" };
const key: Key = parse("", pins);
const kind: Kind = key.kind;
const result = tryParse("");
const code: KeyErrorCode | undefined = result.ok ? undefined : result.code;
// @ts-expect-error: only with ok
result.key;
// @ts-expect-error: not a kind
isWellFormed("", { kinds: ["secret"] });
// @ts-expect-error: not a string
redact(7);
const found: FoundKey[] = [...scan("", {}), ...createScanner().push("")];
const text: string = digest("") + redactText("") + createRedactor(pins).push("") + kind + code + found.length;
const out: ReadableStream<string> = new ReadableStream<string>().pipeThrough(redactStream());
try { parse(text) } catch (error) { if (error instanceof KeyFormatError) { const c: "key.empty" | KeyErrorCode = error.code; void c; } }
export const done: Promise<void> = init(new URL("https://localhost/keyward.wasm")).then(() => void check(text));
export { out };
`;

/** @param {string} cwd @param {string[]} args */
const node = (cwd, ...args) => run(process.execPath, args, { cwd });

test("Node: import, require and both at once", async () => {
  const { folder } = await project({
    "esm.mjs": `import * as keyward from "keyward"; import * as ready from "keyward/init"; await ready.init();
      import { createRequire } from "node:module"; const cjs = createRequire(import.meta.url)("keyward");
      let error; try { cjs.parse("") } catch (thrown) { error = thrown }
      console.log(keyward.isWellFormed("${KEY}"), ready.isWellFormed("${KEY}"), error instanceof keyward.KeyFormatError, error instanceof cjs.KeyFormatError, Object.keys(keyward).length);`,
    "cjs.cjs": `const { parse, KeyFormatError } = require("keyward"); const { init, isWellFormed } = require("keyward/init");
      init().then(() => console.log(parse("${KEY}").redacted, isWellFormed("${KEY}"), KeyFormatError.name));`,
    "wasm.cjs": `const bytes = require("node:fs").readFileSync(require.resolve("keyward/wasm")); console.log(WebAssembly.validate(bytes));`,
  });
  assert.equal((await node(folder, "esm.mjs")).output, "true true true true 11\n");
  assert.equal((await node(folder, "cjs.cjs")).output, "kw_sk_test_***JnsL true KeyFormatError\n");
  assert.equal((await node(folder, "wasm.cjs")).output, "true\n");
});

test("Node: the vectors hold through require as well", async () => {
  const { folder } = await project({
    "cases.mjs": casesModule(),
    "run.mjs": `import { createRequire } from "node:module"; import { runAll, parseVectors, issueVectors } from "./cases.mjs";
      console.log(JSON.stringify(runAll(createRequire(import.meta.url)("keyward"), parseVectors, issueVectors)));`,
  });
  assert.deepEqual(JSON.parse((await node(folder, "run.mjs")).output), { cases: 120, failures: [] });
});

for (const [name, module, moduleResolution, file] of [
  ["NodeNext, ES modules", "NodeNext", "NodeNext", "use.mts"],
  ["NodeNext, CommonJS", "NodeNext", "NodeNext", "use.cts"],
  ["Bundler", "ESNext", "Bundler", "use.ts"],
]) {
  test(`TypeScript: strict, ${name}`, async () => {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      module,
      moduleResolution,
      target: "ES2022",
      lib: ["ES2022", "DOM", "DOM.Iterable"],
      types: [],
      skipLibCheck: false,
    };
    const { folder } = await project({
      [file]: TYPES,
      "tsconfig.json": JSON.stringify({ compilerOptions, files: [file] }),
    });
    const { code, output } = await run("tsc", ["--project", folder]);
    assert.equal(output, "");
    assert.equal(code, 0);
  });
}

test("publint and @arethetypeswrong/cli find nothing", async () => {
  const lint = await run("publint", [await tarball(), "--strict"]);
  assert.match(lint.output, /All good!/);
  assert.equal(lint.code, 0);
  const types = await run("attw", [await tarball(), "--no-emoji", "--format", "ascii"]);
  assert.equal(types.code, 0, types.output);
  assert.match(types.output, /No problems found/);
});

test("the tarball holds what is used and nothing else, and stays within its sizes", async () => {
  const { path: at } = await project({});
  const { output } = await run("tar", ["-tzf", await tarball()]);
  const names = output
    .trim()
    .split("\n")
    .map((name) => name.replace("package/", ""))
    .sort();
  const dist = [
    "cli.mjs",
    "index.d.cts",
    "init.mjs",
    "keyward.cjs",
    "keyward.global.js",
    "keyward.mjs",
    "keyward.wasm",
    "plain.mjs",
    "ready.cjs",
    "ready.mjs",
    "workerd.mjs",
  ];
  const root = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "bin/keyward.mjs",
    "index.d.ts",
    "init.d.ts",
    "package.json",
    "wasm.d.ts",
  ];
  assert.deepEqual(
    names,
    [...root, ...dist.map((name) => `dist/${name}`), "dist/init.d.cts", "dist/wasm.d.cts"].sort(),
  );
  const size = (/** @type {string} */ name) =>
    gzipSync(readFileSync(at(`node_modules/keyward/dist/${name}`)), { level: 9 }).length;
  assert.ok(size("keyward.wasm") <= 15_000, `keyward.wasm: ${size("keyward.wasm")}`);
  assert.ok(size("keyward.mjs") <= 25_000, `keyward.mjs: ${size("keyward.mjs")}`);
  assert.ok(size("keyward.global.js") <= 25_000, `keyward.global.js: ${size("keyward.global.js")}`);
  assert.ok(statSync(await tarball()).size < 125_000, `${statSync(await tarball()).size}`);
  assert.equal(JSON.parse(readFileSync(path("pkg/package.json"), "utf8")).dependencies, undefined);
});

// @ts-check
// The tarball loads in Node, and the judges of packages find nothing. Its types are in environments/.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { path, run } from "../../scripts/run.mjs";
import { project, tarball } from "./project.mjs";

const KEY = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

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

test("Node: client and middleware by import and require, and an error is one of either's class", async () => {
  const names = ["client", "express", "fastify", "fetch", "hono"];
  const { folder } = await project({
    "both.mjs": `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
      for (const name of ${JSON.stringify(names)}) {
        const [esm, cjs] = [await import("keyward/" + name), require("keyward/" + name)];
        console.log(name, Object.keys(esm).join(), Object.keys(cjs).join());
      }
      const { Keyward } = require("keyward/client"); const { KeywardError } = await import("keyward/client");
      const silent = new Keyward({ url: "https://localhost", fetch: async () => { throw new Error() }, retries: 0 });
      const error = await silent.whoami().catch((error) => error);
      console.log(error instanceof KeywardError, error.name, error.constructor.name, error.code);`,
  });
  assert.equal(
    (await node(folder, "both.mjs")).output,
    `client Keyward,KeywardError Keyward,KeywardError
express requireKey requireKey
fastify requireKey requireKey
fetch requireKey requireKey
hono requireKey requireKey
true KeywardError KeywardError client.unreachable
`,
  );
});

test("client and middleware have nothing of Node in them, and what asks for none of them has nothing of them", async () => {
  const { path: at } = await project({});
  const dist = (/** @type {string} */ name) =>
    readFileSync(at(`node_modules/keyward/dist/${name}.mjs`), "utf8");
  for (const name of ["client", "express", "fastify", "fetch", "hono"]) {
    const { metafile } = await build({
      ...{ entryPoints: [at(`node_modules/keyward/dist/${name}.mjs`)], write: false, metafile: true },
      ...{ bundle: true, packages: "external", platform: "neutral" },
    });
    const [{ imports }] = Object.values(metafile.outputs);
    assert.deepEqual(new Set(imports.map(({ path }) => path)), new Set(["keyward"]), name);
    assert.doesNotMatch(dist(name), /\bprocess\.|\bBuffer\b/, name);
  }
  for (const name of ["keyward", "init", "workerd"]) assert.ok(!dist(name).includes("KeywardError"), name);
});

test("the licence of everything that is in the files comes with them", async () => {
  const { path: at } = await project({});
  const text = readFileSync(at("node_modules/keyward/dist/NOTICES.txt"), "utf8");
  const dist = at("node_modules/keyward/dist");
  const names = readdirSync(dist).filter((name) => /^(cli|manage|thread|part-\w+)\.mjs$/.test(name));
  const bundled = names.flatMap((name) => {
    const code = readFileSync(`${dist}/${name}`, "utf8");
    return [...code.matchAll(/^ *(?:\/\/ |")node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(
      ([, package_]) => package_,
    );
  });
  for (const name of ["ignore", "string-width"]) assert.ok(bundled.includes(name), name);
  for (const name of [...bundled, "sha2"]) assert.match(text, new RegExp(`(?:^|, )${name} \\d.*:$`, "m"));
  assert.match(text, /Copyright \(c\) 2013 Kael Zhang/);
});

test("a bundle that uses nothing of the package has nothing of it", async () => {
  const { folder } = await project({
    "library.mjs": 'export * from "keyward"; export * as ready from "keyward/init"; export const own = 1;',
    "main.mjs": 'import { own } from "./library.mjs"; console.log(own);',
  });
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["main.mjs"],
    bundle: true,
    write: false,
  });
  assert.ok(outputFiles[0].text.length < 500, outputFiles[0].text.slice(0, 2_000));
});

test("an error is an instance of the class of any copy, but of no class that extends one", async () => {
  const { folder } = await project({
    "copies.mjs": `import * as esm from "keyward"; import { createRequire } from "node:module";
      const cjs = createRequire(import.meta.url)("keyward"); class Mine extends esm.KeyFormatError {}
      let error; try { cjs.parse("") } catch (thrown) { error = thrown }
      const mine = new Mine({ code: "key.empty", message: "" });
      console.log(error instanceof esm.KeyFormatError, error instanceof Mine, mine instanceof Mine, mine instanceof cjs.KeyFormatError);`,
  });
  assert.equal((await node(folder, "copies.mjs")).output, "true false true true\n");
});

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
    // What several bundles of the command have in common, under a name that follows from what it is.
    .map((name) => name.replace("package/", "").replace(/^dist\/part-[0-9A-Z]{8}\.mjs$/, "dist/part.mjs"))
    .sort();
  const clients = ["client", "express", "fastify", "fetch", "hono"];
  const dist = [
    "NOTICES.txt",
    "cli.mjs",
    ...clients.flatMap((name) => [`${name}.cjs`, `${name}.mjs`]),
    "glance.wasm",
    "index.d.cts",
    "init.mjs",
    "keyward.cjs",
    "keyward.global.js",
    "keyward.mjs",
    "keyward.wasm",
    "manage.mjs",
    "parsers.mjs",
    ...["part.mjs", "part.mjs"],
    "plain.mjs",
    "ready.cjs",
    "ready.mjs",
    "thread.mjs",
    "workerd.mjs",
  ];
  const root = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "bin/keyward.mjs",
    "index.d.ts",
    "init.d.ts",
    "init.js",
    "package.json",
    "wasm.d.ts",
    ...clients.flatMap((name) => [`types/${name}.d.cts`, `types/${name}.d.ts`]),
    ...["api", "calls", "gate"].map((name) => `types/${name}.d.cts`),
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
  assert.ok(size("client.mjs") <= 8_000, `client.mjs: ${size("client.mjs")}`);
  for (const name of clients.slice(1))
    assert.ok(size(`${name}.mjs`) <= 3_000, `${name}: ${size(`${name}.mjs`)}`);
  assert.ok(statSync(await tarball()).size < 300_000, `${statSync(await tarball()).size}`);
  assert.equal(JSON.parse(readFileSync(path("pkg/package.json"), "utf8")).dependencies, undefined);
});

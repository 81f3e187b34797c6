// @ts-check
// Places where something is missing: the import works everywhere, and either the calls answer or they say what is wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { run } from "../../scripts/run.mjs";
import { casesModule, project } from "./project.mjs";

const ALL = { cases: 120, failures: [] };
const RUN = "JSON.stringify(runAll(keyward, parseVectors, issueVectors))";
const CASES = 'import { runAll, parseVectors, issueVectors } from "./cases.mjs";';

const { folder, path } = await project({
  "cases.mjs": casesModule(),
  "import.mjs": `import * as keyward from "keyward"; ${CASES} console.log(typeof WebAssembly, ${RUN});`,
  "require.mjs": `import { createRequire } from "node:module"; ${CASES}
    const keyward = createRequire(import.meta.url)("keyward"); console.log(typeof WebAssembly, ${RUN});`,
});
const script = readFileSync(path("node_modules/keyward/dist/keyward.global.js"), "utf8");

for (const file of ["import.mjs", "require.mjs"]) {
  test(`node --jitless has no WebAssembly, and the vectors hold: ${file}`, async () => {
    const { output } = await run(process.execPath, ["--jitless", file], { cwd: folder });
    assert.equal(output, `undefined ${JSON.stringify(ALL)}\n`);
  });
}

/** The classic script in a realm of its own. @param {string} before @param {object} [globals] what it has beside the language */
function realm(before, globals = {}) {
  const context = createContext({ ...globals });
  runInContext(before, context);
  runInContext(script, context);
  return (/** @type {string} */ code) => runInContext(code, context);
}

/** What stands for `encodeInto` in some polyfills. */
function wrongEncoder() {
  return class {
    /** @param {string} text @param {Uint8Array} bytes */
    encodeInto(text, bytes) {
      bytes.set([...text].map((character) => character.charCodeAt(0)));
      return { read: text.length, written: text.length };
    }
  };
}

/** @param {string} name of a global */
const throwing = (name) =>
  `Object.defineProperty(globalThis, "${name}", { get() { throw new Error("not here") } });`;

for (const [what, before, globals] of /** @type {[string, string, object?][]} */ ([
  ["nothing but the language", ""],
  ["a Buffer, but no TextEncoder", "", { Buffer }],
  ["a Buffer and a process, but no TextEncoder, as Jest's jsdom", "", { Buffer, process }],
  ["a TextEncoder and no TextDecoder", "", { Buffer, process, TextEncoder }],
  ["a TextEncoder that cannot encodeInto", "", { process, TextEncoder: class {} }],
  ["a TextEncoder that writes something else", "", { process, TextEncoder: wrongEncoder() }],
  [
    "a TextEncoder that throws",
    "TextEncoder = class { constructor() { throw new Error() } encodeInto() {} }",
    { process },
  ],
  ...["process", "TextEncoder", "WebAssembly", "Buffer", "atob"].map(
    (name) => /** @type {[string, string]} */ ([`a ${name} that throws when it is read`, throwing(name)]),
  ),
  ["no WebAssembly", "delete globalThis.WebAssembly", { Buffer, atob }],
  [
    "a WebAssembly that compiles nothing",
    "WebAssembly.Module = class { constructor() { throw new Error() } }",
  ],
  ["a WebAssembly that starts nothing", "WebAssembly.Instance = class { exports = {} }", { Buffer }],
])) {
  test(`the vectors hold where there is ${what}`, () => {
    const code = realm(before, globals);
    code(casesModule().replace(/^export /gm, ""));
    assert.deepEqual(JSON.parse(code(RUN)), ALL);
  });
}

test("where nothing runs the import works, and every call says so", () => {
  const code = realm("delete globalThis.WebAssembly; globalThis.ArrayBuffer = undefined;");
  for (const call of [
    "isWellFormed('')",
    "parse('')",
    "redact('')",
    "digest('')",
    "scan('')",
    "redactText('a')",
  ]) {
    const said = code(`try { keyward.${call} } catch (error) { error.message }`);
    assert.equal(
      said,
      "keyward: neither WebAssembly nor the JavaScript for places without it runs here",
      call,
    );
  }
});

test("where there is no TransformStream, redactStream says so and the rest works", () => {
  const code = realm("");
  const said = code("try { keyward.redactStream() } catch (error) { error.message }");
  assert.equal(
    said,
    "keyward: there is no TransformStream here; createRedactor does the same piece by piece",
  );
  assert.equal(code("keyward.createRedactor().push('a b ')"), "a b ");
});

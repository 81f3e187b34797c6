// @ts-check
// The types, from the tarball, for users who check those of their dependencies too (`skipLibCheck: false`).
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../../../scripts/run.mjs";
import { lay } from "./place.mjs";

/** How modules are found: the option, and what a module may be called. @type {Record<string, { options: object, endings: string[] }>} */
const FOUND = {
  nodenext: { options: { module: "nodenext", moduleResolution: "nodenext" }, endings: ["mts", "cts"] },
  node16: { options: { module: "node16", moduleResolution: "node16" }, endings: ["mts", "cts"] },
  bundler: { options: { module: "esnext", moduleResolution: "bundler" }, endings: ["ts"] },
  node10: { options: { module: "commonjs", moduleResolution: "node10" }, endings: ["ts"] },
};

/** What else is known: libraries of TypeScript, packages with types, and the files that must hold with them. */
const KNOWN = {
  "the language alone": { lib: [], types: [], files: ["anywhere", "client"] },
  DOM: { lib: ["DOM", "DOM.Iterable"], types: [], files: ["anywhere", "client", "platform", "wasm"] },
  WebWorker: { lib: ["WebWorker"], types: [], files: ["anywhere", "client", "platform", "wasm"] },
  Node: { lib: [], types: ["node"], files: ["anywhere", "client", "platform"] },
  Workers: {
    lib: [],
    types: ["@cloudflare/workers-types"],
    files: ["anywhere", "client", "platform", "wasm"],
  },
};

/** @type {[typescript: string, found: string, known: keyof typeof KNOWN][]} */
const CASES = [
  ["5.0", "nodenext", "the language alone"],
  ["5.0", "bundler", "DOM"],
  ["5.0", "node10", "the language alone"],
  ["5.4", "node16", "the language alone"],
  ["5.4", "nodenext", "DOM"],
  ["5.9", "nodenext", "the language alone"],
  ["5.9", "node10", "DOM"],
  ["5.9", "bundler", "Node"],
  ["7", "nodenext", "the language alone"],
  ["7", "nodenext", "DOM"],
  ["7", "nodenext", "Node"],
  ["7", "bundler", "the language alone"],
  ["7", "bundler", "DOM"],
  ["7", "bundler", "WebWorker"],
  ["7", "bundler", "Workers"],
];

for (const [typescript, found, known] of CASES) {
  test(`TypeScript ${typescript} with ${found} and the types of ${known} finds nothing wrong`, async () => {
    const { lib, types, files } = KNOWN[known];
    // With node10 there are no "exports", so the WebAssembly has no types.
    const wanted = files.filter((name) => found !== "node10" || name !== "wasm");
    await check(typescript, found, { lib, types, skipLibCheck: false }, wanted);
  });
}

for (const typescript of ["5.9", "7"])
  test(`TypeScript ${typescript} knows the key in handlers of Hono, Express and Fastify`, async () => {
    const options = { lib: [], types: ["node"], skipLibCheck: false, esModuleInterop: true };
    await check(typescript, "nodenext", options, ["frameworks"]);
  });

/** @param {string} typescript @param {string} found @param {{ lib: string[], [option: string]: unknown }} more @param {string[]} wanted */
async function check(typescript, found, { lib, ...more }, wanted) {
  const { folder, tool } = await lay("types");
  const { options, endings } = FOUND[found];
  const modules = wanted.flatMap((name) => endings.map((ending) => `${name}.${ending}`));
  for (const name of modules.filter((name) => !name.endsWith(".ts")))
    copyFileSync(join(folder, name.replace(/[mc]ts$/, "ts")), join(folder, name));
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "ES2022" },
    ...{ ...options, ...more, lib: ["ES2022", ...lib] },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: modules }));
  const compiler =
    typescript === "7" ? ["tsc"] : [process.execPath, tool(`typescript-${typescript}/lib/tsc.js`)];
  const [program, ...args] = [...compiler, "--project", folder];
  const { code, output } = await run(program, args, { cwd: folder });
  assert.equal(output, "");
  assert.equal(code, 0);
}

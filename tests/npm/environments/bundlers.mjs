// @ts-check
// Bundlers, and bundles that run: pages in Chromium, under a strict policy, and programs in Node.
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../../www/browsers/launch.mjs";
import { open, STRICT } from "../pages.mjs";
import { ALL, lay, right, version } from "./place.mjs";

/** For pages whose maker writes scripts into them: Parcel an import map, Next its data. */
export const INLINE = STRICT.replace("script-src", "script-src 'unsafe-inline'");

/** @typedef {Awaited<ReturnType<typeof lay>>} Project */

/** @type {Promise<import("playwright-core").Browser> | undefined} */
let browser;
export const chromium = () => (browser ??= launch("chromium"));
export const closeChromium = async () => (await browser)?.close();

/** Opens a page, which finds all to be right; returns how many WebAssembly files it fetched. @param {string} folder @param {string} [policy] */
async function files(folder, policy = STRICT) {
  const { answers, requests } = await open(await chromium(), folder, { policy });
  assert.deepEqual(answers, ALL);
  return requests.filter((name) => name.endsWith(".wasm")).length;
}

/**
 * Bundles a page that begins with a module, and opens it.
 * @param {string} entry @param {(project: Project, entry: string) => Promise<unknown>} bundle into out/
 * @param {string} [script] what it is called there, unless the bundler makes the page
 * @param {string} [policy]
 */
async function bundled(entry, bundle, script, policy) {
  const project = await lay("bundlers", script ?? `./${entry}`);
  await bundle(project, entry);
  const out = join(project.folder, "out");
  if (script) copyFileSync(join(project.folder, "index.html"), join(out, "index.html"));
  return files(out, policy);
}

/**
 * Pages with `import` and in a worker, which fetch no WebAssembly, and with `init`, which fetches one file.
 * @param {Parameters<typeof bundled>[1]} bundle @param {string} [script] @param {string} [policy]
 */
const pages = (bundle, script, policy) => async () => {
  assert.equal(await bundled("import.mjs", bundle, script, policy), 0, "import");
  assert.equal(await bundled("init.mjs", bundle, script, policy), 1, "init");
  assert.equal(await bundled("worker.mjs", bundle, script, policy), 0, "worker");
};

/** @param {Project} project @param {string} entry @param {string[]} more */
const esbuild = ({ node }, entry, ...more) =>
  node("esbuild/bin/esbuild", entry, "--bundle", "--log-level=warning", ...more);

/** @param {Project} project @param {string} entry @param {string[]} more */
const rollup = ({ node }, entry, ...more) =>
  node("rollup/dist/bin/rollup", "--config", "--failAfterWarnings", "--input", entry, ...more);

/** Programs with `import` and with `init`, bundled for Node. @param {(project: Project, entry: string) => Promise<unknown>} bundle @param {string} file */
async function programs(bundle, file) {
  for (const entry of ["import.mjs", "init.mjs"]) {
    const project = await lay("bundlers");
    await bundle(project, entry);
    right(await project.run(process.execPath, file));
  }
}

/** @type {import("./place.mjs").Environment[]} */
export const bundlers = [
  {
    name: "Vite",
    version: version("vite"),
    how: "`import`, `init()`, module workers",
    prove: pages(async ({ node, folder }) => {
      await node("vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", join(folder, "out"));
    }),
  },
  {
    name: "webpack",
    version: version("webpack"),
    how: "`import`, `init()`, module workers; programs for Node",
    prove: async () => {
      await pages(({ run }, entry) => run(process.execPath, "webpack.cjs", entry, "web"), "/main.js")();
      await programs(({ run }, entry) => run(process.execPath, "webpack.cjs", entry, "node"), "out/main.js");
    },
  },
  {
    name: "Parcel",
    version: version("parcel"),
    how: "`import`, `init()`, module workers",
    prove: pages(
      ({ node }) => node("parcel/lib/bin.js", "build", "index.html", "--dist-dir", "out", "--no-cache"),
      undefined,
      INLINE,
    ),
  },
  {
    name: "Rollup",
    version: version("rollup"),
    how: "`import`; `init(address)`, see below; programs for Node",
    prove: async () => {
      assert.equal(await bundled("import.mjs", rollup, "/main.mjs"), 0, "import");
      assert.equal(await bundled("init-with-address.mjs", rollup, "/main.mjs"), 1, "init");
      await programs(
        (project, entry) => rollup(project, entry, "--environment", "TARGET:node"),
        "out/main.mjs",
      );
    },
  },
  {
    name: "esbuild",
    version: version("esbuild"),
    how: "`import`; `init(address)`, see below; programs for Node",
    prove: async () => {
      const out = ["--format=esm", "--outfile=out/main.mjs"];
      const wasm = "--loader:.wasm=file";
      const web =
        (/** @type {string[]} */ ...more) =>
        /** @param {Project} project @param {string} entry */
        (project, entry) =>
          esbuild(project, entry, ...out, ...more);
      assert.equal(await bundled("import.mjs", web(), "/main.mjs"), 0, "import");
      assert.equal(await bundled("init-with-address.mjs", web(wasm), "/main.mjs"), 1, "init");
      await programs(web("--platform=node"), "out/main.mjs");
      const cjs = ["--platform=node", "--format=cjs", "--outfile=out/main.cjs"];
      await programs((project, entry) => esbuild(project, entry, ...cjs), "out/main.cjs");
    },
  },
];

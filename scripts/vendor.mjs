// @ts-check
// What the dashboard takes from packages, in www/vendor.
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { path } from "./run.mjs";

/** From our own npm package: the reader of keys and its core, also for where no WebAssembly is. */
const COPIES = {
  "pkg/dist/init.mjs": "keyward.js",
  "pkg/dist/keyward.wasm": "keyward.wasm",
  "pkg/dist/plain.mjs": "plain.mjs",
};

/** From other packages, each bundled into one module; www/vendor/*.d.ts have the same exports. */
const BUNDLES = {
  "lit.js":
    'export { html, LitElement, noChange, nothing, render } from "lit"; export { initialState, Task } from "@lit/task";',
};

/** How each bundle is made. @returns {(import("esbuild").BuildOptions & { outfile: string })[]} */
export const bundles = () =>
  Object.entries(BUNDLES).map(([name, contents]) => ({
    stdin: { contents, resolveDir: path(".") },
    outfile: path("www/vendor", name),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    legalComments: "eof",
  }));

export async function vendor() {
  const { build } = await import("esbuild");
  // What is no longer taken would still be served.
  const taken = [...Object.values(COPIES), ...Object.keys(BUNDLES)];
  for (const name of readdirSync(path("www/vendor")))
    if (!name.endsWith(".d.ts") && !taken.includes(name))
      rmSync(path("www/vendor", name), { recursive: true });
  for (const [from, to] of Object.entries(COPIES)) copyFileSync(path(from), path("www/vendor", to));
  for (const bundle of bundles()) await build(bundle);
}

// @ts-check
// Builds the worker into build/, the npm package into pkg/dist (scripts/build-npm.mjs), and what the dashboard takes from
// packages into www/vendor (scripts/vendor.mjs). `npm run build`, `npm start`, `npm test` and wrangler (see
// wrangler.toml) all come here.
import { copyFileSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { buildNpm } from "./build-npm.mjs";
import { readOptions } from "./options.mjs";
import { main, path, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";
import { vendor } from "./vendor.mjs";
import { bindWorker, bound, compile, optimizeWorker, whenChanged } from "./wasm.mjs";

/** Limit of what a deploy uploads, compressed: every cold start of an isolate pays for it. See docs/adr/0005. */
const LIMIT = 400_000;

const SCRIPT = path("build/index.js");
const WASM = path("build/index_bg.wasm");

/** Makes of the compiled Rust what Cloudflare is given: glue, WebAssembly, and src/worker/entry.mjs around them. */
async function buildWorker() {
  await bindWorker();
  const { build: esbuild } = await import("esbuild");
  await esbuild({
    entryPoints: [path("src/worker/entry.mjs")],
    alias: { "#rust": bound("worker").js },
    // The platform supplies both: its own module, and the compiled WebAssembly.
    external: ["cloudflare:workers", "./index_bg.wasm"],
    outfile: SCRIPT,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    legalComments: "none",
    // So that classes which nobody uses can be left out.
    define: { "Symbol.dispose": "undefined" },
    pure: ["FinalizationRegistry"],
  });
  await optimizeWorker(SCRIPT);
  copyFileSync(bound("worker").wasm, WASM);
}

/** Prints the size of the upload, and stops if it is too large. */
function weigh() {
  const [script, wasm] = [SCRIPT, WASM].map((file) => gzipSync(readFileSync(file)).length);
  const parts = `${kilobytes(wasm)} WebAssembly and ${kilobytes(script)} JavaScript`;
  const size = `The worker's upload is ${kilobytes(script + wasm)} compressed (${parts})`;
  if (script + wasm > LIMIT) throw new Stop(`${size}, over the limit of ${kilobytes(LIMIT)}.`);
  console.log(`${size}; the limit is ${kilobytes(LIMIT)}.`);
}

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

await main(async () => {
  readOptions(
    "npm run build   builds the worker, the npm package and what the dashboard takes from packages",
    {},
  );
  await setup(compile);
  console.log("Compiling…");
  await compile();
  const files = ["entry", "instance", "verifier", "verify"].map((name) => `src/worker/${name}.mjs`);
  await whenChanged("the worker", `${SCRIPT}.stamp`, ["worker"], files, buildWorker);
  weigh();
  await buildNpm();
  await vendor();
});

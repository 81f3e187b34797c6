// @ts-check
// Builds what is out of date: the worker into build/, the npm package's WebAssembly (scripts/build-npm.mjs), and what
// the dashboard takes from packages (scripts/build-www.mjs).
// `npm run build`, `npm start`, `npm test` and wrangler (see wrangler.toml) all come here.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { buildNpm } from "./build-npm.mjs";
import { buildWww } from "./build-www.mjs";
import { whenChanged } from "./changed.mjs";
import { main, must, path, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";
import { buildEnvironment, rustc, workerBuild } from "./tools.mjs";

/** What a deploy uploads, compressed, stays under this: every cold start of an isolate pays for it. See docs/adr/0002. */
const LIMIT = 130_000;

const INPUTS = [
  ...["Cargo.toml", "Cargo.lock", "src/core", "src/worker"],
  ...["scripts/build.mjs", "scripts/tools.mjs"],
];
const WASM = "build/index_bg.wasm";
const OUTPUTS = ["build/index.js", WASM];

const OPTIMIZE = [
  "-Oz",
  // Without inlining: code that repeats itself compresses, code that was inlined does not.
  "--flexible-inline-max-function-size=0",
  "--one-caller-inline-max-function-size=0",
  "--always-inline-max-function-size=0",
  // Lets it fold an addition of less than 1024 into a load or store. That differs only where the sum wraps around into
  // the lowest KiB of memory: with rustc's layout the far end of the stack, where no data is.
  "--low-memory-unused",
  // The names of functions alone are a fifth of the upload.
  "--strip-debug",
  "--strip-producers",
  "--strip-target-features",
];
// The module names the features that rustc uses; wasm-bindgen adds this one.
const FEATURES = ["--enable-exception-handling"];

async function buildWorker() {
  const args = ["--release", path("src/worker"), "--no-opt", "--out-dir", path("build")];
  const { buildsStd } = await rustc();
  const built = await whenChanged("the worker", INPUTS, OUTPUTS, async () => {
    const env = buildEnvironment(buildsStd);
    await must(workerBuild.bin, args, "The worker does not build, see above.", { env });
    const optimize = [WASM, "--output", WASM, ...FEATURES, ...OPTIMIZE];
    await must("wasm-opt", optimize, "wasm-opt failed, see above.");
  });
  const [script, wasm] = OUTPUTS.map((output) => gzipSync(readFileSync(path(output))).length);
  const parts = `${kilobytes(wasm)} WebAssembly and ${kilobytes(script)} JavaScript`;
  const size = `The worker's upload is ${kilobytes(script + wasm)} compressed (${parts})`;
  const limit = `the limit of ${kilobytes(LIMIT)}`;
  if (buildsStd && script + wasm > LIMIT) throw new Stop(`${size}, over ${limit}.`);
  if (built) console.log(`${size}; ${limit} ${buildsStd ? "holds" : "is not for this Rust"}.`);
}

/** @param {number} bytes */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

await main(async () => {
  await setup();
  await buildWorker();
  await buildNpm();
  buildWww();
});

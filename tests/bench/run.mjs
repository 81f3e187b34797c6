// @ts-check
// `npm run bench`: every number that is claimed. `npm run bench -- edge` runs one part alone; its options follow it.
import { cpus } from "node:os";
import { readOptions } from "../../scripts/options.mjs";
import { main, must, path, Stop } from "../../scripts/run.mjs";
import { setup } from "../../scripts/setup.mjs";
import { options } from "./edge/options.mjs";

/** What is measured, and where. */
const PARTS = {
  edge: () => import("./edge/bench.mjs"),
  ledger: () => import("./ledger/bench.mjs"),
  staleness: () => import("./staleness/bench.mjs"),
  npm: () => import("./npm/bench.mjs"),
  www: () => import("./www/bench.mjs"),
};

const USAGE = `npm run bench                   measures everything
npm run bench -- <part> …       some of it: ${Object.keys(PARTS).join(" ")}
npm run bench -- edge --quick   for a first look; docs/BENCHMARKS.md has the other options of this part`;

await main(async () => {
  const { values, positionals: wanted } = readOptions(USAGE, options, true);
  const unknown = wanted.find((word) => !Object.hasOwn(PARTS, word));
  if (unknown) throw new Stop(`There is no part "${unknown}".\n\n${USAGE}`);
  await setup();
  await must("node", [path("scripts/build.mjs")], "The build failed, see above.");
  for (const [name, part] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) await (await part()).bench(values);
  }
  const [cpu] = cpus();
  console.log(`\n${cpu.model}, ${cpus().length} cores; Node ${process.versions.node}`);
});

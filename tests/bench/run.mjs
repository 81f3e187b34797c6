// @ts-check
// `npm run bench`: every number that is claimed. `npm run bench -- edge` runs one part alone; its options follow it.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { main, must, path, Stop } from "../../scripts/run.mjs";
import { setup } from "../../scripts/setup.mjs";

/** What is measured, and where. */
const PARTS = {
  edge: () => import("./edge/bench.mjs"),
  staleness: () => import("./staleness/bench.mjs"),
  npm: () => import("./npm/bench.mjs"),
  www: () => import("./www/bench.mjs"),
};

await main(async () => {
  await setup();
  const { options } = await PARTS.edge();
  const { values, positionals: wanted } = parseArgs({ options, allowPositionals: true });
  const unknown = wanted.find((word) => !(word in PARTS));
  if (unknown) throw new Stop(`There is no part "${unknown}"; there are: ${Object.keys(PARTS).join(" ")}.`);
  await must("node", [path("scripts/build.mjs")], "The build failed, see above.");
  for (const [name, part] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) await (await part()).bench(values);
  }
  const [cpu] = cpus();
  console.log(`\n${cpu.model}, ${cpus().length} cores; Node ${process.versions.node}`);
});

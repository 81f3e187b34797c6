// @ts-check
// `npm run bench`: every number that is claimed, as ratios in one run. `npm run bench -- http` runs one part alone.
import { cpus } from "node:os";
import { main, must, path, Stop } from "../../scripts/run.mjs";
import { setup } from "../../scripts/setup.mjs";

/** What is measured, and where. */
const PARTS = {
  npm: () => import("./npm/bench.mjs"),
  http: () => import("./http/bench.mjs"),
  www: () => import("./www/bench.mjs"),
};

await main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((word) => !(word in PARTS));
  if (unknown) throw new Stop(`There is no part "${unknown}"; there are: ${Object.keys(PARTS).join(" ")}.`);
  await setup();
  await must("node", [path("scripts/build.mjs")], "The build failed, see above.");
  for (const [name, part] of Object.entries(PARTS)) {
    if (wanted.length === 0 || wanted.includes(name)) await (await part()).bench();
  }
  const [cpu] = cpus();
  console.log(`\n${cpu.model}, ${cpus().length} cores; Node ${process.versions.node}`);
});

// @ts-check
// `npm run simulate`: runs deployments in simulated time, seed by seed; see docs/TESTING.md. The simulation is Rust:
// src/app/simulation. With --write, what was seen goes into docs/BENCHMARKS.md.
import { readFileSync, writeFileSync } from "node:fs";
import { readOptions } from "./options.mjs";
import { main, path, run, Stop } from "./run.mjs";

const USAGE = `npm run simulate                    1,000 seeds with 1,000 verifies each
npm run simulate -- --seeds 50      fewer seeds, or more
npm run simulate -- --seed 7        this seed alone; or as many from there on as --seeds says
npm run simulate -- --verifies 200  so many verifies for each seed
npm run simulate -- --seed 7 --trace
                                    shows everything that happens
npm run simulate -- --write         writes the figures to docs/BENCHMARKS.md`;

const PAGE = "docs/BENCHMARKS.md";
const [BEGIN, END] = ["<!-- simulation: begin -->", "<!-- simulation: end -->"];

/** Replaces the figures in the page. @param {string} table */
function write(table) {
  const page = readFileSync(path(PAGE), "utf8");
  if (!page.includes(BEGIN) || !page.includes(END)) throw new Stop(`${PAGE} has lost its markers.`);
  const [before, after] = [page.slice(0, page.indexOf(BEGIN)), page.slice(page.indexOf(END))];
  writeFileSync(path(PAGE), `${before}${BEGIN}\n\n${table}\n\n${after}`);
}

await main(async () => {
  const number = { type: /** @type {const} */ ("string") };
  const flag = { type: /** @type {const} */ ("boolean") };
  const { values } = readOptions(USAGE, {
    seeds: number,
    seed: number,
    verifies: number,
    trace: flag,
    write: flag,
  });
  const asked = ["seeds", "seed", "verifies"].flatMap((name) => {
    const value = values[/** @type {keyof typeof values} */ (name)];
    if (value === undefined) return [];
    if (!/^[1-9]\d*$/.test(String(value))) throw new Stop(`--${name} takes a number.\n\n${USAGE}`);
    return [`--${name}`, String(value)];
  });
  // A seed alone is run alone.
  if (values.seed !== undefined && values.seeds === undefined) asked.push("--seeds", "1");
  if (values.trace) asked.push("--trace");
  const command = "run --quiet --profile simulation --package keyward-simulate --";
  const { code, output } = await run("cargo", [...command.split(" "), ...asked], { tee: true });
  if (code !== 0) throw new Stop("A promise was broken, see above; the seed replays it.");
  const table = output.split("\n").filter((line) => line.startsWith("| "));
  if (values.write) write(table.join("\n"));
});

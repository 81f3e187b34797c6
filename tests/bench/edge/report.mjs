// @ts-check
// From figures to tables, a page and a picture.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, platform, release } from "node:os";
import { path, Stop } from "../../../scripts/run.mjs";
import { titleOf } from "./bench.mjs";
import { workerdVersion } from "./workerd.mjs";

/** @typedef {import("./bench.mjs").Figure} Figure */

const PAGE = "docs/BENCHMARKS.md";
const PICTURE = "docs/images/edge.svg";

/** The value that `part` of all are below. @param {number[]} values @param {number} part */
function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

/** @param {number[]} values */
const median = (values) => quantile(values, 0.5);

/** @template T @param {T[]} values */
const distinct = (values) => [...new Set(values)];

/** Figures by case and connections. @param {Figure[]} figures */
function groups(figures) {
  const programs = distinct(figures.map(({ program }) => program));
  return distinct(figures.map((figure) => figure.case)).flatMap((name) =>
    distinct(figures.map(({ connections }) => connections)).map((connections) => {
      const all = figures.filter((figure) => figure.case === name && figure.connections === connections);
      /** @param {string} program @param {"cpu" | "rate"} what */
      const series = (program, what) => all.filter((f) => f.program === program).map((f) => f[what]);
      const taking = programs.filter((program) => all.some((figure) => figure.program === program));
      return { name, connections, programs: taking, series };
    }),
  );
}

/** Round by round, one to the other: what a slow moment does to both it does not do to this. @param {number[]} ours @param {number[]} theirs */
const ratios = (ours, theirs) => ours.map((value, round) => value / theirs[round]);

/** @param {number[]} values */
const spread = (values) =>
  `${median(values).toFixed(2)} (${quantile(values, 0.25).toFixed(2)}–${quantile(values, 0.75).toFixed(2)})`;

/** @param {string[]} head @param {string[][]} rows */
const table = (head, rows) =>
  [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** @param {Figure[]} figures */
function tables(figures) {
  const all = distinct(figures.map(({ program }) => program));
  const [first, ...others] = all;
  const label = (/** @type {{ name: string, connections: number }} */ { name, connections }) => [
    titleOf(name),
    String(connections),
  ];
  const found = groups(figures);
  /** @param {"cpu" | "rate"} what @param {(value: number) => string} shown */
  const plain = (what, shown) =>
    table(
      ["case", "connections", ...all],
      found.map((group) => [
        ...label(group),
        ...all.map((name) => (group.programs.includes(name) ? shown(median(group.series(name, what))) : "")),
      ]),
    );
  /** @param {"cpu" | "rate"} what */
  const compared = (what) =>
    table(
      ["case", "connections", ...others.map((name) => `${first} / ${name}`)],
      found.map((group) => [
        ...label(group),
        ...others.map((name) =>
          group.programs.includes(name)
            ? spread(ratios(group.series(first, what), group.series(name, what)))
            : "",
        ),
      ]),
    );
  return [
    "CPU time of the process per 10,000 requests, in seconds; medians",
    plain("cpu", (value) => (value * 10_000).toFixed(2)),
    ...(others.length > 0
      ? [
          "CPU time, one to the other; medians of the rounds' ratios and their quartiles; below 1 is less",
          compared("cpu"),
        ]
      : []),
    ...(["bound", "fetched"].every((name) => all.includes(name))
      ? [
          "In a worker that is bound: through `Verifier` to by HTTP, CPU time and requests a second",
          table(
            ["case", "connections", "CPU time, bound / fetched", "requests a second, bound / fetched"],
            found.map((group) => [
              ...label(group),
              .../** @type {const} */ (["cpu", "rate"]).map((what) =>
                spread(ratios(group.series("bound", what), group.series("fetched", what))),
              ),
            ]),
          ),
        ]
      : []),
    "Requests a second on one core; medians",
    plain("rate", (value) => Math.round(value).toLocaleString("en")),
    ...(others.length > 0 ? ["Requests a second, one to the other; above 1 is more", compared("rate")] : []),
  ];
}

/** @param {Figure[]} figures */
export const printTables = (figures) => console.log(`\n${tables(figures).join("\n\n")}`);

/** The machine that it was measured on. */
function machine() {
  const [{ model }] = cpus();
  const os = `${platform()} ${release().split(/[.-]/).slice(0, 2).join(".")}`;
  // What else was going on: the benchmark itself makes for less than two.
  const load = `load average over a quarter of an hour ${loadavg()[2].toFixed(1)}`;
  return `${model.trim()}, ${cpus().length} cores, ${os}, ${load}; Node ${process.versions.node}, workerd ${workerdVersion}`;
}

/** Writes tables and picture into the documentation. @param {Figure[]} figures @param {{ rounds: number, requests: number }} how */
export function write(figures, { rounds, requests }) {
  const page = readFileSync(path(PAGE), "utf8");
  const [begin, end] = ["<!-- edge: begin -->", "<!-- edge: end -->"];
  if (!page.includes(begin) || !page.includes(end)) throw new Stop(`${PAGE} has lost its markers.`);
  const date = new Date().toISOString().slice(0, 10);
  const text = [
    `Measured on ${date}: ${rounds} rounds of ${requests} requests each; ${machine()}.`,
    ...tables(figures).map((part) => (part.startsWith("|") ? part : `${part}:`)),
  ].join("\n\n");
  const [before, after] = [page.slice(0, page.indexOf(begin)), page.slice(page.indexOf(end))];
  writeFileSync(path(PAGE), `${before}${begin}\n\n${text}\n\n${after}`);
  writeFileSync(path(PICTURE), picture(figures));
}

/** Bars: CPU time with Hono's as 1, at the middle number of connections. @param {Figure[]} figures */
function picture(figures) {
  const counts = distinct(figures.map(({ connections }) => connections)).sort((a, b) => a - b);
  const connections = counts[Math.floor(counts.length / 2)];
  const shown = groups(figures).filter((g) => g.connections === connections && g.programs.includes("hono"));
  const [left, top, width, bar, gap] = [150, 56, 430, 14, 22];
  const values = shown.map(({ name, programs, series }) => ({
    name,
    bars: programs
      .filter((program) => !/^(bound|fetched)$/.test(program))
      .map((program) => ({
        program,
        value: median(ratios(series(program, "cpu"), series("hono", "cpu"))),
      })),
  }));
  const longest = Math.max(1, ...values.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const x = (/** @type {number} */ value) => left + (value / longest) * width;
  const parts = [];
  let y = top;
  for (const { name, bars } of values) {
    parts.push(`<text class="case" x="16" y="${y - 6}">${titleOf(name)}</text>`);
    for (const { program, value } of bars) {
      const kind = program === "keyward" ? "ours" : "theirs";
      parts.push(
        `<text class="program" x="${left - 8}" y="${y + 11}">${program}</text>`,
        `<rect class="${kind}" x="${left}" y="${y}" width="${(x(value) - left).toFixed(1)}" height="${bar}" rx="2"/>`,
        `<text class="value" x="${(x(value) + 6).toFixed(1)}" y="${y + 11}">${value.toFixed(2)}</text>`,
      );
      y += bar + 4;
    }
    y += gap;
  }
  const [w, h] = [left + width + 60, y];
  const title = `CPU time per request, Hono = 1, ${connections} connections; shorter is better`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" role="img" aria-label="${title}">
<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; } .case { font-weight: 600; } .program { text-anchor: end; }
  .ours { fill: #0f766e; } .theirs { fill: #9aa4af; } .one { stroke: #1f2328; stroke-dasharray: 2 3; opacity: 0.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .ours { fill: #2dd4bf; } .theirs { fill: #6e7681; } .one { stroke: #e6edf3; }
  }
</style>
<text class="title" x="16" y="22">${title}</text>
<line class="one" x1="${x(1).toFixed(1)}" x2="${x(1).toFixed(1)}" y1="34" y2="${h - 12}"/>
${parts.join("\n")}
</svg>
`;
}

// @ts-check
// `npm run bench`: every number of pkg/README, as ratios in one run, in Node and in Chromium.

import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { buildNpm } from "../../scripts/build-npm.mjs";
import { launchOptions } from "../../scripts/chromium.mjs";
import { path } from "../../scripts/run.mjs";
import { measure } from "./measure.mjs";

await buildNpm();
const vectors = JSON.parse(readFileSync(path("tests/vectors/issue.v1.json"), "utf8"));
const keys = vectors.cases.map((/** @type {any} */ item) => item.key);
const source = sourceText();

const inNode = await measure(await import("keyward"), keys, source, peer());
const inChromium = await measureInChromium();
report("Node", inNode);
report("Chromium", inChromium.result);
const starts = Array.from({ length: 25 }, firstAnswer).sort((a, b) => a - b);
console.log(
  `\nImport to first answer in Node: best ${starts[0].toFixed(1)} ms, median ${starts[12].toFixed(1)} ms of 25 new processes (at most 5 ms)`,
);
for (const [name, limit] of [
  ["keyward.wasm", 15],
  ["keyward.mjs", 25],
]) {
  const size = gzipSync(readFileSync(path(`pkg/dist/${name}`)), { level: 9 }).length / 1000;
  console.log(`${name}, gzip: ${size.toFixed(1)} KB (at most ${limit} KB)`);
}
const [cpu] = cpus();
console.log(
  `\n${cpu.model}, ${cpus().length} cores; Node ${process.versions.node}, Chromium ${inChromium.version}; base62-token ${packageVersion("base62-token")}`,
);

/** @param {string} place @param {Awaited<ReturnType<typeof measure>>} result */
function report(place, result) {
  console.log(`\n| ${place} | | ratio | target |\n| --- | --- | --- | --- |`);
  for (const { what, value, ratio, target } of result) {
    console.log(
      `| ${what} | ${value} | ${ratio === undefined ? "" : `${ratio.toFixed(2)}×`} | ${target ?? ""} |`,
    );
  }
}

/** Source text of several languages: what is installed here at exact versions, and this project. 32 MB, put twice. */
function sourceText() {
  /** @type {string[]} */
  const parts = [];
  let size = 0;
  const walk = (/** @type {string} */ folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const at = join(folder, entry.name);
      if (size > 32e6) return;
      if (entry.isDirectory()) walk(at);
      else if (/\.(m?js|cjs|ts|rs|md|json|css|html)$/.test(entry.name) && !entry.name.endsWith(".v1.json")) {
        const text = readFileSync(at, "utf8");
        parts.push(text);
        size += text.length;
      }
    }
  };
  for (const folder of [
    "src",
    "tests",
    "node_modules/@types",
    "node_modules/playwright-core",
    "node_modules/wrangler",
    "node_modules/miniflare",
    "node_modules",
  ])
    walk(path(folder));
  const text = parts.join("\n").slice(0, 32_000_000);
  return text + text;
}

function peer() {
  const { create } = /** @type {any} */ (
    process.getBuiltinModule("module").createRequire(import.meta.url)("base62-token")
  );
  return create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}

/** In a new process, from before the import to after the first answer. */
function firstAnswer() {
  const script = `const t = performance.now(); const { isWellFormed } = await import("keyward"); isWellFormed("${keys[0]}"); console.log(performance.now() - t);`;
  return Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: path(".") }),
  );
}

/** @param {string} name */
function packageVersion(name) {
  return JSON.parse(readFileSync(path("node_modules", name, "package.json"), "utf8")).version;
}

async function measureInChromium() {
  /** @type {Record<string, string>} */
  const files = {
    "/keyward.mjs": path("pkg/dist/keyward.mjs"),
    "/measure.mjs": path("tests/bench/measure.mjs"),
    "/rivals.mjs": path("tests/bench/rivals.mjs"),
    "/crc-32.js": path("node_modules/crc-32/crc32.js"),
    "/base62-token.js": path("node_modules/base62-token/base62-token.js"),
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.writeHead(200, {
      "content-type": file
        ? "text/javascript"
        : request.url === "/source"
          ? "text/plain; charset=utf-8"
          : "text/html",
    });
    if (file) createReadStream(file).pipe(response);
    else
      response.end(
        request.url === "/source"
          ? source
          : "<!doctype html><title>bench</title><script src=/crc-32.js></script><script src=/base62-token.js></script>",
      );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const browser = await chromium.launch(await launchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    const script = `(async () => {
      const [keyward, { measure }, source] = await Promise.all([import("/keyward.mjs"), import("/measure.mjs"), fetch("/source").then((r) => r.text())]);
      const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
      return measure(keyward, ${JSON.stringify(keys)}, source, window.Base62Token.create(alphabet));
    })()`;
    return {
      result: /** @type {Awaited<ReturnType<typeof measure>>} */ (await page.evaluate(script)),
      version: browser.version(),
    };
  } finally {
    await browser.close();
    server.close();
  }
}

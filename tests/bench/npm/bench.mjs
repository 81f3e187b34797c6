// @ts-check
// The package in Node and in Chromium, and its command: every number of pkg/README.
import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { launchOptions } from "../../../scripts/browsers.mjs";
import { path } from "../../../scripts/run.mjs";
import { print } from "../print.mjs";
import { measure } from "./measure.mjs";
import { measureScan } from "./scan.mjs";

const vectors = JSON.parse(readFileSync(path("tests/vectors/issue.v1.json"), "utf8"));
/** @type {string[]} */
const keys = vectors.cases.map((/** @type {any} */ item) => item.key);

export async function bench() {
  const source = sourceText();
  print("Node", await measure(await import("keyward"), keys, source, peer()));
  const { result, version } = await measureInChromium(source);
  print("Chromium", result);
  print("keyward scan", await measureScan(Buffer.from(source.slice(0, source.length / 2)), keys));
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
  console.log(`Chromium ${version}; base62-token ${packageVersion("base62-token")}`);
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
  const { create } = createRequire(import.meta.url)("base62-token");
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

/** @param {string} source */
async function measureInChromium(source) {
  /** @type {Record<string, string>} */
  const files = {
    "/keyward.mjs": path("pkg/dist/keyward.mjs"),
    "/measure.mjs": path("tests/bench/npm/measure.mjs"),
    "/rivals.mjs": path("tests/bench/npm/rivals.mjs"),
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

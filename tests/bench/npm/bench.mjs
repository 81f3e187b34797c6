// @ts-check
// The package in Node and in three browsers, and its command: every number of pkg/README.
import { execFileSync } from "node:child_process";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BROWSER_NAMES, browsers } from "../../../scripts/browsers.mjs";
import { sizes } from "../../../scripts/build-npm.mjs";
import { path } from "../../../scripts/run.mjs";
import { launch, skipped } from "../../www/browsers/launch.mjs";
import { print } from "../print.mjs";
import { measure, measureChecks } from "./measure.mjs";
import { measureScan } from "./scan.mjs";

const vectors = JSON.parse(readFileSync(path("tests/vectors/issue.v1.json"), "utf8"));
/** @type {string[]} */
const keys = vectors.cases.map((/** @type {any} */ item) => item.key);

export async function bench() {
  const source = sourceText();
  print("Node", measure(await import("keyward"), keys, source, peer()));
  const checks = measureChecks(await plain(), keys, peer());
  print(
    "Node, from JavaScript",
    checks.map(({ target: _, ...row }) => row),
  );
  await browsers(...BROWSER_NAMES);
  /** @type {string[]} */
  const versions = [];
  for (const name of BROWSER_NAMES.filter((each) => !skipped(each))) {
    const { rows, agent } = await measureIn(name, source);
    print(TITLES[name], rows);
    versions.push(agent);
  }
  print("keyward scan", await measureScan(Buffer.from(source.slice(0, source.length / 2)), keys));
  const starts = Array.from({ length: 41 }, firstAnswer).sort((a, b) => a - b);
  console.log(
    `\nImport to first answer in Node: best ${starts[0].toFixed(1)} ms, median ${starts[20].toFixed(1)} ms of 41 new processes (at most 5 ms)`,
  );
  sizes();
  console.log(`${versions.join("; ")}; base62-token ${packageVersion("base62-token")}`);
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

/** The package as it is where there is no WebAssembly. @returns {Promise<typeof import("keyward")>} */
async function plain() {
  const { WebAssembly } = globalThis;
  Reflect.deleteProperty(globalThis, "WebAssembly");
  try {
    return await import(`${pathToFileURL(path("pkg/dist/keyward.mjs"))}?plain`);
  } finally {
    Object.assign(globalThis, { WebAssembly });
  }
}

const TITLES = { chromium: "Chromium", firefox: "Firefox", webkit: "WebKit" };

/** What the page does. The answer comes as a request, which every browser can make. */
const SCRIPT = `
  import * as keyward from "/keyward.mjs";
  import { measure } from "/measure.mjs";
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  async function all() {
    const [source, keys] = await Promise.all([fetch("/source").then((r) => r.text()), fetch("/keys").then((r) => r.json())]);
    const rows = await measure(keyward, keys, source, window.Base62Token.create(alphabet));
    return { rows, agent: navigator.userAgent.match(/(?:Chrome|Firefox|Version)[/][0-9.]+/)?.[0] };
  }
  const body = await all().catch((error) => ({ error: String(error) }));
  await fetch("/result", { method: "POST", body: JSON.stringify(body) });`;
const PAGE = `<!doctype html><title>bench</title><script src=/crc-32.js></script><script src=/base62-token.js></script>
  <script type="module">${SCRIPT}</script>`;

/** @param {import("../../../scripts/browsers.mjs").BrowserName} name @param {string} source */
async function measureIn(name, source) {
  /** @type {Record<string, string>} */
  const files = {
    "/keyward.mjs": path("pkg/dist/keyward.mjs"),
    "/measure.mjs": path("tests/bench/npm/measure.mjs"),
    "/rivals.mjs": path("tests/bench/npm/rivals.mjs"),
    "/crc-32.js": path("node_modules/crc-32/crc32.js"),
    "/base62-token.js": path("node_modules/base62-token/base62-token.js"),
  };
  /** @type {Record<string, [string, string]>} */
  const texts = {
    "/": ["text/html", PAGE],
    "/source": ["text/plain; charset=utf-8", source],
    "/keys": ["application/json", JSON.stringify(keys)],
  };
  /** @type {PromiseWithResolvers<string>} */
  const { promise, resolve } = Promise.withResolvers();
  const server = createServer(async (request, response) => {
    const url = request.url ?? "";
    if (url === "/result") resolve((await request.setEncoding("utf8").toArray()).join(""));
    const [type, text] = texts[url] ?? ["text/javascript", ""];
    response.writeHead(200, {
      "content-type": type,
      // Only a page of its own gets a clock that is finer than a millisecond, in Firefox and WebKit.
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    if (files[url]) createReadStream(files[url]).pipe(response);
    else response.end(text);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", () => ready(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const browser = await launch(name);
  try {
    const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` });
    await (await context.newPage()).goto("/");
    const { rows, agent, error } = JSON.parse(await promise);
    if (error) throw new Error(`${name}: ${error}`);
    return /** @type {{ rows: ReturnType<typeof measure>, agent: string }} */ ({ rows, agent });
  } finally {
    await browser.close();
    server.close();
  }
}

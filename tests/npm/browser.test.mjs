// @ts-check
// `keyward/init` in Chromium, without a bundler. That the package answers in every browser is in environments/.
import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { launchOptions } from "../../scripts/browsers.mjs";
import { casesModule, project } from "./project.mjs";

const browser = await chromium.launch(await launchOptions());
after(() => browser.close());

const CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const page = (/** @type {string} */ script) =>
  `<!doctype html><meta charset="utf-8"><title>user</title><script type="module" src="${script}"></script>`;
/** @param {string} from @param {string} [before] */
const script = (from, before = "") => `import * as keyward from "${from}";
import { runAll, parseVectors, issueVectors } from "./cases.mjs";
${before}
document.title = JSON.stringify(runAll(keyward, parseVectors, issueVectors));`;

/** Opens a folder's page and answers its title and the requests it took. @param {string} folder @param {string} [name] */
async function open(folder, name = "index.html") {
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    const file = normalize(request.url ?? "/");
    requests.push(file);
    const path = join(folder, file);
    const type = TYPES[/** @type {keyof typeof TYPES} */ (extname(file))];
    response.writeHead(existsSync(path) ? 200 : 404, {
      "content-type": type ?? "text/plain",
      "content-security-policy": CSP,
    });
    if (existsSync(path)) createReadStream(path).pipe(response);
    else response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const tab = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  tab.on(
    "console",
    (message) => message.type() === "error" && !message.text().includes("404") && errors.push(message.text()),
  );
  await tab.goto(`http://127.0.0.1:${port}/${name}`);
  // Asked from outside: code that is brought into the page would be against the policy.
  let title = "user";
  for (const end = Date.now() + 20_000; title === "user" && errors.length === 0 && Date.now() < end; ) {
    title = await tab.title();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await tab.close();
  await new Promise((resolve) => server.close(resolve));
  return { title, errors, requests: requests.filter((request) => !request.includes("favicon")) };
}

const ALL = JSON.stringify({ cases: 120, failures: [] });

test("no bundler: init fetches the WebAssembly beside it, once; before that every call says so", async () => {
  const early = 'let early = ""; try { keyward.isWellFormed("") } catch (error) { early = error.message }';
  const sources = "await Promise.all([keyward.init(), keyward.init()]); await keyward.init();";
  const { folder } = await project({
    "index.html": page("/main.mjs"),
    "main.mjs": `${script("/node_modules/keyward/dist/init.mjs", `${early}\n${sources}`)}\ndocument.title += early;`,
    "cases.mjs": casesModule(),
  });
  const { title, errors, requests } = await open(folder);
  assert.deepEqual({ title, errors }, { title: `${ALL}keyward: call \`await init()\` first`, errors: [] });
  assert.equal(requests.filter((request) => request.endsWith(".wasm")).length, 1);
});

test("no bundler: init takes bytes, modules, answers and addresses, and can be tried again", async () => {
  const wasm = "/node_modules/keyward/dist/keyward.wasm";
  const sources = [
    `new URL("${wasm}", location.href)`,
    `"${wasm}"`,
    `fetch("${wasm}")`,
    `await (await fetch("${wasm}")).arrayBuffer()`,
    `await WebAssembly.compileStreaming(fetch("${wasm}"))`,
  ];
  for (const source of sources) {
    const before = `let failed; await keyward.init("/missing.wasm").catch((error) => { failed = error.message });
      if (!failed.includes("404")) throw new Error(failed); await keyward.init(${source});`;
    const { folder } = await project({
      "index.html": page("/main.mjs"),
      "main.mjs": script("/node_modules/keyward/dist/init.mjs", before),
      "cases.mjs": casesModule(),
    });
    const { title, errors } = await open(folder);
    assert.deepEqual({ title, errors }, { title: ALL, errors: [] }, source);
  }
});

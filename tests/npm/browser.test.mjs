// @ts-check
// `keyward/init` and the classic script in Chromium, without a bundler. That the package answers in every browser is in
// environments/.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { launchOptions } from "../../scripts/browsers.mjs";
import { casesModule, project } from "./project.mjs";
import { page, site } from "./site.mjs";

const browser = await chromium.launch(await launchOptions());
after(() => browser.close());

/** @param {string} from @param {string} [before] */
const script = (from, before = "") => `import * as keyward from "${from}";
import { runAll, parseVectors, issueVectors } from "./cases.mjs";
${before}
document.title = JSON.stringify(runAll(keyward, parseVectors, issueVectors));`;

/** Opens a folder's page and answers its title and the requests it took. @param {string} folder @param {string} [name] */
async function open(folder, name = "index.html") {
  const { address, requests, close } = await site(folder);
  const tab = await browser.newPage();
  /** @type {string[]} */
  const errors = [];
  tab.on("pageerror", (error) => errors.push(error.message));
  tab.on(
    "console",
    (message) => message.type() === "error" && !message.text().includes("404") && errors.push(message.text()),
  );
  await tab.goto(`${address}/${name}`);
  // Asked from outside: code that is brought into the page would be against the policy.
  let title = "user";
  for (const end = Date.now() + 20_000; title === "user" && errors.length === 0 && Date.now() < end; ) {
    title = await tab.title();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await tab.close();
  await close();
  return { title, errors, requests };
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
  assert.ok(!requests.some((request) => request.includes("plain")));
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
    const failed = `let failed; await keyward.init("/missing.wasm").catch((error) => { failed = error.message });
      if (!failed.includes("404")) throw new Error(failed);`;
    const other = `await keyward.init(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).catch((error) => { failed = error.message });
      if (!failed.includes("not that of this version")) throw new Error(failed);`;
    const before = `${failed} ${other} await keyward.init(${source});`;
    const { folder } = await project({
      "index.html": page("/main.mjs"),
      "main.mjs": script("/node_modules/keyward/dist/init.mjs", before),
      "cases.mjs": casesModule(),
    });
    const { title, errors } = await open(folder);
    assert.deepEqual({ title, errors }, { title: ALL, errors: [] }, source);
  }
});

test("no bundler: a classic script makes the variable `keyward`, before the next script runs", async () => {
  const { folder } = await project({
    "index.html": page("/node_modules/keyward/dist/keyward.global.js", "/cases.js", "/main.js"),
    "cases.js": casesModule().replace(/^export /gm, ""),
    "main.js": "document.title = JSON.stringify(runAll(keyward, parseVectors, issueVectors));",
  });
  const { title, errors, requests } = await open(folder);
  assert.deepEqual({ title, errors }, { title: ALL, errors: [] });
  assert.equal(requests.length, 4);
});

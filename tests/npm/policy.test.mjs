// @ts-check
// Where a page's policy forbids WebAssembly the package answers all the same, in each browser: from JavaScript.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { build } from "vite";
import { BROWSER_NAMES } from "../../scripts/browsers.mjs";
import { launch, skipped } from "../www/browsers/launch.mjs";
import { casesModule, project } from "./project.mjs";
import { FORBIDDEN, page, site } from "./site.mjs";

const ALL = JSON.stringify({ cases: 120, failures: [] });
const RUN = "document.title = JSON.stringify(runAll(keyward, parseVectors, issueVectors));";
const CASES = 'import { runAll, parseVectors, issueVectors } from "./cases.mjs";';
const DIST = "/node_modules/keyward/dist";
// A promise of a request that fails is nobody's to handle, where the answer is of no use.
const INIT = `import { init } from "${DIST}/init.mjs"; await init(fetch("/missing.wasm").then(() => Promise.reject(new Error("missing"))));`;

const { folder, path } = await project({
  "index.html": page("/bundled.mjs"),
  "bundled.mjs": `import * as keyward from "keyward"; ${CASES} ${RUN}`,
  "cases.mjs": casesModule(),
  "module.html": page("/module.mjs"),
  "module.mjs": `import * as keyward from "${DIST}/keyward.mjs"; ${CASES} ${RUN}`,
  "init.html": page("/init.mjs"),
  "init.mjs": `${INIT} import * as keyward from "${DIST}/init.mjs"; ${CASES} ${RUN}`,
  "classic.html": page(`${DIST}/keyward.global.js`, "/cases.js", "/classic.js"),
  "cases.js": casesModule().replace(/^export /gm, ""),
  "classic.js": RUN,
  "without.html": page("/without.mjs"),
  "without.mjs": `import { init, isWellFormed, scan } from "/without/init.mjs";
    const said = [];
    for (const call of [() => init(), async () => isWellFormed("kw"), async () => scan("")])
      await call().then(() => said.push("nothing"), ({ message }) => said.push(message));
    document.title = JSON.stringify(said);`,
});

/** What the page has as its title in the end, and what it asked for. @param {import("playwright-core").Browser} browser @param {string} name @param {string} [root] */
async function open(browser, name, root = folder) {
  const { address, requests, close } = await site(root, FORBIDDEN);
  const context = await browser.newContext({ baseURL: address });
  let title = "user";
  try {
    const tab = /** @type {any} */ (await context.newPage());
    await tab.goto(`/${name}`);
    for (const end = Date.now() + 60_000; title === "user" && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      title = await (tab.driver ? tab.driver.getTitle() : tab.title());
    }
  } finally {
    await context.close();
    await close();
  }
  return { title, asked: (/** @type {string} */ end) => requests.some((request) => request.endsWith(end)) };
}

before(async () => {
  const options = { outDir: path("out") };
  await build({ root: folder, configFile: false, logLevel: "error", build: options });
  const { cpSync } = await import("node:fs");
  cpSync(path(`.${DIST}/`), path("without"), { recursive: true });
  rmSync(path("without/plain.mjs"));
});

for (const name of BROWSER_NAMES) {
  const options = { skip: skipped(name) };
  /** @type {import("playwright-core").Browser | undefined} */
  let browser;
  const started = async () => (browser ??= await launch(name));
  after(() => browser?.close());

  for (const [kind, file] of [
    ["a module script", "module.html"],
    ["a classic script", "classic.html"],
  ]) {
    test(`${name}: ${kind} needs no WebAssembly`, options, async () => {
      assert.equal((await open(await started(), file)).title, ALL);
    });
  }

  test(`${name}: what a bundler makes needs no WebAssembly`, options, async () => {
    assert.equal((await open(await started(), "index.html", path("out"))).title, ALL);
  });

  test(`${name}: init loads the JavaScript, and no WebAssembly in vain`, options, async () => {
    const { title, asked } = await open(await started(), "init.html");
    assert.equal(title, ALL);
    assert.ok(asked("/plain.mjs") && !asked("/keyward.wasm"));
  });

  test(`${name}: where that cannot be loaded, init and every call say so`, options, async () => {
    const { title } = await open(await started(), "without.html");
    const sentence =
      "keyward: WebAssembly does not run here, and the JavaScript for such places, plain.mjs, could not be loaded";
    assert.deepEqual(JSON.parse(title), [sentence, sentence, sentence]);
  });
}

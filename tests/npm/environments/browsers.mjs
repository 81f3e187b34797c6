// @ts-check
// Browsers: without a bundler, under a strict policy, and a bundle.
import assert from "node:assert/strict";
import { copyFileSync, cpSync } from "node:fs";
import { join } from "node:path";
import { launch, skipped } from "../../www/browsers/launch.mjs";
import { open } from "../pages.mjs";
import { ALL, installed, lay } from "./place.mjs";

/** @param {import("../../../scripts/browsers.mjs").BrowserName} name */
const everything = (name) => async () => {
  const plain = await lay("browsers", "./page.mjs");
  cpSync(join(await installed(), "dist"), join(plain.folder, "keyward"), { recursive: true });
  const bundled = await lay("bundlers");
  const bundle = ["import.mjs", "--bundle", "--format=iife", "--log-level=warning", "--outfile=out/page.mjs"];
  await bundled.node("esbuild/bin/esbuild", ...bundle);
  copyFileSync(join(plain.folder, "index.html"), join(bundled.folder, "out/index.html"));

  const browser = await launch(name);
  try {
    const { answers, requests } = await open(browser, plain.folder);
    assert.deepEqual(answers, { import: ALL, init: ALL, worker: ALL });
    assert.equal(requests.filter((request) => request.endsWith(".wasm")).length, 1);
    assert.deepEqual((await open(browser, join(bundled.folder, "out"))).answers, ALL, "a bundle");
  } finally {
    await browser.close();
  }
};

const HOW = "module scripts, module workers, `init()`, bundles; all under a strict policy";

/** @type {(import("./place.mjs").Environment & { skip: string | false })[]} */
export const browsers = [
  { name: "Chromium", how: HOW, skip: skipped("chromium"), prove: everything("chromium") },
  { name: "Firefox", how: HOW, skip: skipped("firefox"), prove: everything("firefox") },
  { name: "WebKit", how: HOW, skip: skipped("webkit"), prove: everything("webkit") },
];

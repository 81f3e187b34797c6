// @ts-check
// Puts into www/vendor what the dashboard takes from packages: the template library, and the npm package with its core.
import { copyFileSync } from "node:fs";
import { path } from "./run.mjs";

/** From the project's root, to www/vendor. */
const COPIES = {
  "node_modules/lit-html/lit-html.js": "lit-html.js",
  "pkg/dist/init.mjs": "keyward.js",
  "pkg/dist/keyward.wasm": "keyward.wasm",
};

/** Copies what the dashboard needs; the npm package has been built before. */
export function buildWww() {
  for (const [from, to] of Object.entries(COPIES)) copyFileSync(path(from), path("www/vendor", to));
}

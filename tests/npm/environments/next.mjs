// @ts-check
// Next: a component on the server, and one in the page.
import assert from "node:assert/strict";
import { join } from "node:path";
import { open } from "../pages.mjs";
import { chromium, INLINE } from "./bundlers.mjs";
import { ALL, lay, version } from "./place.mjs";

/** @type {import("./place.mjs").Environment[]} */
export const next = [
  {
    name: "Next",
    version: version("next"),
    how: "`import` on the server and in pages, `init()` in pages",
    prove: async () => {
      const { node, folder } = await lay("next");
      await node("next/dist/bin/next", "build");
      const { answers, requests } = await open(await chromium(), join(folder, "out"), { policy: INLINE });
      assert.deepEqual(answers, ALL);
      assert.equal(requests.filter((name) => name.endsWith(".wasm")).length, 1);
    },
  },
];

// @ts-check
// Makes the two pictures of the README anew, with README_PICTURES=1. They stay small.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { showcase } from "./showcase.mjs";
import { world } from "./support.mjs";

const KEYS = "/organizations/acme/keys";
const LIST = path("docs/images/dashboard-list.png");
const KEY = path("docs/images/dashboard-key.png");
const LIMIT = 64_000;

/** @type {Record<string, string>} */
const ids = {};
const make = Boolean(process.env.README_PICTURES);
const { open, personal, signIn } = world({
  furnish: (root) => (make ? showcase(root, ids) : Promise.resolve()),
});

test("the pictures of the README are made", { skip: !make }, async (t) => {
  const { token } = await personal("ada");
  /** @param {string} file @param {string} address @param {"light" | "dark"} colorScheme */
  const picture = async (file, address, colorScheme) => {
    const page = await open(t, {
      colorScheme,
      viewport: { width: 1200, height: 700 },
      deviceScaleFactor: 0.65,
    });
    await signIn(page, token, address);
    await page.getByText("kw_sk_test_").first().waitFor();
    await page.waitForFunction(() => !document.querySelector(".bone, [aria-busy=true]"));
    await page.mouse.move(0, 0);
    await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  };
  await picture(LIST, KEYS, "light");
  await picture(KEY, `${KEYS}/${ids["Warehouse sync"]}`, "dark");
});

test("the pictures of the README are small", () => {
  for (const file of [LIST, KEY]) assert.ok(statSync(file).size < LIMIT, file);
});

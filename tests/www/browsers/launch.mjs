// @ts-check
// Starts the browsers that the tests run in. All of them are used through Playwright's interface; of that, WebKit has what
// `webkit_page.mjs` offers.
import { chromium, firefox } from "playwright-core";
import { BROWSER_NAMES, installed, launchOptions, missing } from "../../../scripts/browsers.mjs";
import { path } from "../../../scripts/run.mjs";

/** @typedef {import("playwright-core").Browser} Browser */
/** @typedef {import("../../../scripts/browsers.mjs").BrowserName} BrowserName */

/** The browser that the variable BROWSER names; Chromium, unless it does. */
export const CHOSEN = /** @type {BrowserName} */ (process.env.BROWSER ?? "chromium");
if (!BROWSER_NAMES.includes(CHOSEN)) throw new Error(`BROWSER is one of ${BROWSER_NAMES.join(", ")}.`);

/** Why tests in a browser are skipped, if it is not there. On CI it has to be. @param {BrowserName} name */
export const skipped = (name) =>
  !process.env.CI && name !== "chromium" && !installed(name) ? missing(name) : false;

/** @param {BrowserName} name @returns {Promise<Browser>} */
export async function launch(name) {
  if (name === "chromium") return chromium.launch(await launchOptions());
  const programs = installed(name);
  if (!programs) throw new Error(missing(name));
  if (name === "webkit") return (await import("./webkit.mjs")).launch(programs);
  return firefox.launch({
    channel: "moz-firefox",
    executablePath: path("tests/www/browsers/firefox.mjs"),
    env: { ...process.env, ...programs },
  });
}

// @ts-check
// Finds the browsers that the tests run in: those that are installed, else Playwright's own Chromium, else Debian's packages.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { firstOf, installDebians } from "./programs.mjs";
import { path, run, Stop } from "./run.mjs";

/** @typedef {"chromium" | "firefox" | "webkit"} BrowserName */

/**
 * How each is found: by a variable, by its names in PATH, by its place on a Mac; all of these programs are needed. WebKit is
 * WebKitGTK, which has a driver beside it and needs a display.
 * @type {Record<BrowserName, { title: string, programs: { variable: string, names: string[], mac?: string }[], packages: string[] }>}
 */
const BROWSERS = {
  chromium: {
    title: "Chromium",
    programs: [
      {
        variable: "CHROMIUM_BIN",
        names: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
        mac: "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      },
    ],
    packages: ["chromium"],
  },
  firefox: {
    title: "Firefox",
    programs: [
      {
        variable: "FIREFOX_BIN",
        names: ["firefox-esr", "firefox"],
        mac: "/Applications/Firefox.app/Contents/MacOS/firefox",
      },
    ],
    packages: ["firefox-esr"],
  },
  webkit: {
    title: "WebKit",
    programs: [
      { variable: "WEBKIT_DRIVER_BIN", names: ["WebKitWebDriver"] },
      { variable: "XVFB_BIN", names: ["Xvfb"] },
    ],
    packages: ["webkit2gtk-driver", "xvfb"],
  },
};

export const BROWSER_NAMES = /** @type {BrowserName[]} */ (Object.keys(BROWSERS));

/** The paths of an installed browser's programs, by their variables; or nothing, if one of them is missing. @param {BrowserName} name */
export function installed(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  /** @type {Record<string, string>} */
  const found = {};
  for (const { variable, names, mac = "" } of BROWSERS[name].programs) {
    const places = names.flatMap((program) => folders.map((folder) => join(folder, program)));
    const file = firstOf([process.env[variable] ?? "", ...places, mac]);
    if (!file) return undefined;
    found[variable] = file;
  }
  return found;
}

/** Playwright's own Chromium, if it has been downloaded. */
async function playwrights() {
  const { chromium } = await import("playwright-core");
  const file = chromium.executablePath();
  return existsSync(file) ? { CHROMIUM_BIN: file } : undefined;
}

/** @param {BrowserName} name @returns {Promise<Record<string, string> | undefined>} */
const find = async (name) => installed(name) ?? (name === "chromium" ? await playwrights() : undefined);

/** What to do about a browser that is not there. @param {BrowserName} name */
export function missing(name) {
  const { title, programs, packages } = BROWSERS[name];
  const variables = programs.map(({ variable }) => variable).join(" and ");
  return `The tests in ${title} need it: on Debian or Ubuntu \`apt-get install ${packages.join(" ")}\`, elsewhere install it, or set ${variables}.`;
}

/**
 * Makes sure that browsers are there, and returns the paths of their programs, by their variables. One that cannot be had is
 * an error on CI, and Chromium is one everywhere; otherwise it is left out, which is said.
 * @param {BrowserName[]} names
 */
export async function browsers(...names) {
  /** @param {BrowserName[]} from */
  const absent = async (from) => {
    const found = await Promise.all(from.map(find));
    return from.filter((_, index) => !found[index]);
  };
  let wanted = await absent(names);
  if (wanted.length > 0) {
    const titles = wanted.map((name) => BROWSERS[name].title).join(", ");
    console.log(`Installing ${titles} for the tests (a minute, once per machine)…`);
    const download = [path("node_modules/playwright-core/cli.js"), "install", "chromium"];
    if (wanted.includes("chromium")) await run(process.execPath, download);
    wanted = await absent(wanted);
    if (wanted.length > 0) await installDebians(...wanted.flatMap((name) => BROWSERS[name].packages));
    wanted = await absent(wanted);
  }
  for (const name of wanted) {
    if (process.env.CI || name === "chromium") throw new Stop(missing(name));
    console.log(`${BROWSERS[name].title} is left out. ${missing(name)}`);
  }
  /** @type {Record<string, string>} */
  const programs = {};
  return Object.assign(programs, ...(await Promise.all(names.map(find))));
}

/** Launch options for Playwright that keep Chromium offline. As root it cannot use its own sandbox. */
export const launchOptions = async () => ({
  executablePath: (await browsers("chromium")).CHROMIUM_BIN,
  args: [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
});

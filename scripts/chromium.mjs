// @ts-check
// Finds a Chromium for the browser tests: one that is installed, else Playwright's own, else Debian's package.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { attempt, path, run, Stop } from "./run.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of an installed Chromium, if there is one. */
function installed() {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [process.env.CHROMIUM_BIN ?? "", ...places, MAC].find((file) => file && isProgram(file));
}

/** The path of Playwright's own Chromium, if it has been downloaded. */
async function playwrights() {
  const { chromium } = await import("playwright-core");
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

/**
 * Installs Debian packages, if there is apt-get and the right to use it.
 * @param {string[]} packages
 */
export async function installDebians(...packages) {
  if ((await run("apt-get", ["--version"])).code !== 0) return;
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (/** @type {string[]} */ ...args) => {
    const [command, ...rest] = [...sudo, "apt-get", "-qq", ...args];
    return attempt(command, rest, { env });
  };
  if (await apt("update")) await apt("install", "--yes", "--no-install-recommends", ...packages);
}

/** Makes sure that there is a Chromium, and returns its path. */
export async function chromium() {
  const found = installed() ?? (await playwrights());
  if (found) return found;
  console.log("Installing Chromium for the browser tests (a minute, once per machine)…");
  const download = [path("node_modules/playwright-core/cli.js"), "install", "chromium"];
  if ((await run(process.execPath, download)).code !== 0) await installDebians("chromium");
  const now = installed() ?? (await playwrights());
  if (now) return now;
  throw new Stop("The browser tests need Chromium: install it, or set CHROMIUM_BIN to its path.");
}

/** Launch options for Playwright that keep Chromium offline. As root it cannot use its own sandbox. */
export const launchOptions = async () => ({
  executablePath: await chromium(),
  args: [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
});

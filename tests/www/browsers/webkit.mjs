// @ts-check
// WebKit, as WebKitGTK has it, on a display that nobody sees.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Builder } from "selenium-webdriver";
import { WebKitPage } from "./webkit_page.mjs";

// A folder, which `import` doesn't take.
const { DriverService } = /** @type {typeof import("selenium-webdriver/remote.js")} */ (
  createRequire(import.meta.url)("selenium-webdriver/remote")
);

/** The toolbar of the window gives way, so that the page can be as narrow as a phone. */
const NARROW = "toolbar *, entry, button { min-width: 0; margin: 0; padding: 0 }\n";
const STILL = "[Settings]\ngtk-enable-animations=0\n";
/** How long the driver may take for a session, a page or a script, in milliseconds. It hangs now and then. */
const PATIENCE = 20_000;
/** How often a session is begun before that counts as a failure. */
const TRIES = 3;

/** Settings of GTK in a folder of their own. @param {boolean} isStill whether less motion is asked for */
function settings(isStill) {
  const folder = mkdtempSync(join(tmpdir(), "keyward-webkit-"));
  const gtk = join(folder, "gtk-3.0");
  mkdirSync(gtk);
  writeFileSync(join(gtk, "gtk.css"), NARROW);
  if (isStill) writeFileSync(join(gtk, "settings.ini"), STILL);
  return folder;
}

/** A display of its own. @param {string} program Xvfb */
async function display(program) {
  const args = ["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const name = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error("Xvfb ended before it was ready.")));
    child.stdout.once("data", (number) => resolve(`:${String(number).trim()}`));
  });
  return { name, stop: () => child.kill() };
}

/**
 * A session with a driver of its own. One that does not begin in time is given up, and another is tried.
 * @param {string} program the driver @param {NodeJS.ProcessEnv} env
 */
async function begin(program, env, tries = TRIES) {
  const service = new DriverService.Builder(program)
    .setEnvironment(/** @type {any} */ (env))
    .setLoopback(true)
    .build();
  const going = new AbortController();
  const late = pause(PATIENCE, null, { signal: going.signal }).catch(() => null);
  const started = async () => {
    const builder = new Builder().disableEnvironmentOverrides().usingServer(await service.start());
    const driver = await builder.withCapabilities({ browserName: "MiniBrowser" }).build();
    await driver.manage().setTimeouts({ pageLoad: PATIENCE, script: PATIENCE });
    return driver;
  };
  /** @type {unknown} */
  let cause = "no answer in time";
  const failed = (/** @type {unknown} */ thrown) => {
    cause = thrown;
    return null;
  };
  const driver = await Promise.race([started().catch(failed), late]);
  going.abort();
  if (driver) return { driver, end: () => driver.quit().finally(() => service.kill()) };
  await service.kill();
  if (tries > 1) return begin(program, env, tries - 1);
  throw new Error(`WebKit’s driver began no session, ${TRIES} times.`, { cause });
}

/**
 * A browser whose contexts have one page each.
 * @param {Record<string, string>} programs
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function launch({ WEBKIT_DRIVER_BIN, XVFB_BIN }) {
  const screen = await display(XVFB_BIN);
  /** What ends each context. @type {Set<() => Promise<void>>} */
  const open = new Set();

  /** @param {import("playwright-core").BrowserContextOptions} how */
  async function newContext({ baseURL = "", colorScheme, reducedMotion, viewport }) {
    const folder = settings(reducedMotion === "reduce");
    const env = {
      ...process.env,
      DISPLAY: screen.name,
      GTK_THEME: colorScheme === "dark" ? "Adwaita:dark" : "Adwaita",
      LIBGL_ALWAYS_SOFTWARE: "1",
      NO_AT_BRIDGE: "1",
      XDG_CONFIG_HOME: folder,
    };
    /** @type {Awaited<ReturnType<typeof begin>> | undefined} */
    let session;
    const close = async () => {
      open.delete(close);
      await session?.end();
      rmSync(folder, { recursive: true });
    };
    open.add(close);
    session = await begin(WEBKIT_DRIVER_BIN, env);
    const { driver } = session;
    const page = new WebKitPage(driver, baseURL);
    await page.setViewportSize(viewport ?? { width: 1280, height: 720 });
    return { newPage: async () => page, close };
  }

  const browser = {
    newContext,
    async close() {
      await Promise.all([...open].map((close) => close()));
      screen.stop();
    },
  };
  return /** @type {any} */ (browser);
}

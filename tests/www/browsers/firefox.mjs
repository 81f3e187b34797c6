#!/usr/bin/env node
// @ts-check
// Firefox, as Playwright starts it: it speaks WebDriver BiDi, all but one command that Playwright sends for every page. The
// colour scheme is set here by the preference that is behind it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { WebSocket, WebSocketServer } from "ws";

/** The values of the preference. */
const SCHEMES = { dark: 0, light: 1 };

/** Past those that Playwright gives. */
let nextId = 1_000_000_000;

/**
 * Stands between Playwright and Firefox.
 * @param {WebSocket} playwright @param {string} address Firefox’s
 */
function mediate(playwright, address) {
  const firefox = new WebSocket(address);
  const open = new Promise((resolve) => firefox.once("open", resolve));
  /** What was asked from here. @type {Map<number, (answer: any) => void>} */
  const asked = new Map();

  /** @param {string} method @param {object} params @returns {Promise<any>} */
  const ask = (method, params) =>
    new Promise((resolve) => {
      const id = nextId++;
      asked.set(id, resolve);
      firefox.send(JSON.stringify({ id, method, params }));
    });

  /** @param {"dark" | "light" | null | undefined} scheme */
  async function setScheme(scheme) {
    const { result } = await ask("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
    const value = scheme ? SCHEMES[scheme] : 2;
    await ask("script.evaluate", {
      expression: `Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", ${value})`,
      target: { context: result.contexts[0].context },
      awaitPromise: false,
    });
  }

  playwright.on("message", async (data) => {
    await open;
    const { id, method, params } = JSON.parse(String(data));
    if (method !== "emulation.setMediaFeaturesOverride") return firefox.send(String(data));
    await setScheme(params.features["prefers-color-scheme"]);
    playwright.send(JSON.stringify({ type: "success", id, result: {} }));
  });
  firefox.on("message", (data) => {
    const message = JSON.parse(String(data));
    const resolve = asked.get(message.id);
    if (!resolve) return playwright.send(String(data));
    asked.delete(message.id);
    resolve(message);
  });
  firefox.on("close", () => playwright.close());
  playwright.on("close", () => firefox.close());
}

const program = process.env.FIREFOX_BIN ?? "firefox";
const args = ["--remote-allow-system-access", ...process.argv.slice(2)];
const child = spawn(program, args, { stdio: ["ignore", "inherit", "pipe"] });
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("close", (code) => process.exit(code ?? 1));
for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"]))
  process.on(signal, () => child.kill(signal));

createInterface({ input: child.stderr }).on("line", (line) => {
  const said = "WebDriver BiDi listening on ";
  if (!line.startsWith(said)) return console.error(line);
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.error(`${said}ws://127.0.0.1:${port}`);
  });
  server.on("connection", (socket, { url }) => mediate(socket, line.slice(said.length) + url));
});

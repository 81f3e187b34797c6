// @ts-check
// A real worker, a real browser, and what a person does with them.

import { mkdirSync } from "node:fs";
import { after, before } from "node:test";
import { path } from "../../scripts/run.mjs";
import { start } from "../http/harness.mjs";
import { CHOSEN, launch } from "./browsers/launch.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContextOptions} ContextOptions */

export const ARTEFACTS = path("tests/artefacts");

/**
 * Starts a worker and a browser for the tests of one file, with the organizations acme and globex. Ada owns acme and
 * is a member of globex, Grace is an admin of acme, Linus a member.
 * @param {{ furnish?: (root: (method: string, where: string, body?: object) => Promise<any>) => Promise<void>, options?: Parameters<typeof start>[0] | Promise<Parameters<typeof start>[0]>, on?: import("./browsers/launch.mjs").BrowserName }} [more] what else there is, and the browser
 */
export function world({ furnish, options, on = CHOSEN } = {}) {
  /** @type {Awaited<ReturnType<typeof start>>} */
  let server;
  /** @type {import("playwright-core").Browser} */
  let browser;

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    [server, browser] = await Promise.all([start(await options), launch(on)]);
    await root("POST", "/v1/organizations", { id: "acme", name: "Acme Robotics", owner: "ada" });
    await root("POST", "/v1/organizations", { id: "globex", name: "Globex" });
    await root("PUT", "/v1/organizations/acme/members/grace", { role: "admin" });
    await root("PUT", "/v1/organizations/acme/members/linus", { role: "member" });
    await root("PUT", "/v1/organizations/globex/members/ada", { role: "member" });
    await furnish?.(root);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * Asks the API as the operator. @param {string} method @param {string} where @param {object} [body]
   * @returns {Promise<any>}
   */
  async function root(method, where, body) {
    const headers = { Authorization: `Bearer ${server.rootKey}`, "Content-Type": "application/json" };
    const answer = await server.fetch(where, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** A new key of acme. @param {object} [fields] */
  const key = (fields = {}) =>
    root("POST", "/v1/organizations/acme/keys", { type: "secret", title: "A key", ...fields });

  /** A new personal key that may do all that its user may. @param {string} user @param {object} [fields] */
  const personal = (user, fields = {}) =>
    root("POST", `/v1/users/${user}/keys`, {
      type: "secret",
      title: `${user}’s laptop`,
      scopes: ["*"],
      ...fields,
    });

  /**
   * A page in a browser of its own. Whatever goes wrong in it, a breach of the content security policy included, is
   * thrown at the end of the test.
   * @param {import("node:test").TestContext} test
   * @param {ContextOptions} [how]
   * @param {RegExp} [noise] what the test itself makes the browser complain about
   */
  async function open(test, how, noise) {
    const context = await browser.newContext({ baseURL: server.url, ...how });
    test.after(() => context.close());
    return tab(test, context, noise);
  }

  /**
   * Another page of the same browser.
   * @param {import("node:test").TestContext} test
   * @param {import("playwright-core").BrowserContext} context
   * @param {RegExp} [noise]
   */
  async function tab(test, context, noise = /^$/) {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    /** @type {string[]} */
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(String(error.stack)));
    page.on("console", (message) => {
      // An answer that is not a success, or none, is a matter of the test; and so is a clipboard that is refused.
      const expected = /^(Failed to load resource|Permissions policy violation: The Clipboard API)/;
      const text = message.text();
      if (message.type() === "error" && !expected.test(text) && !noise.test(text)) wrong.push(text);
    });
    test.after(() => {
      if (wrong.length > 0) throw new Error(`In the page:\n${wrong.join("\n")}`);
    });
    return page;
  }

  /** Signs in by pasting a credential, at an address. @param {Page} page @param {string} credential @param {string} [address] */
  async function signIn(page, credential, address = "/") {
    await page.goto(address);
    await page.getByLabel("Key", { exact: true }).fill(credential);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Sections" }).waitFor();
  }

  /** A page on which Ada is signed in with a personal key. @param {import("node:test").TestContext} test @param {string} [address] @param {ContextOptions} [how] */
  async function asAda(test, address, how) {
    const page = await open(test, how);
    await signIn(page, (await personal("ada")).token, address);
    return page;
  }

  /** A page on which the operator is signed in. @param {import("node:test").TestContext} test @param {string} [address] @param {ContextOptions} [how] */
  async function asRoot(test, address, how) {
    const page = await open(test, how);
    await signIn(page, server.rootKey, address);
    return page;
  }

  return { root, key, personal, open, tab, signIn, asAda, asRoot, server: () => server };
}

/** Presses a key until something has the focus. @param {Page} page @param {import("playwright-core").Locator} target @param {string} [key] */
export async function pressUntil(page, target, key = "Tab") {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is not reached by ${key}.`);
}

// @ts-check
// A page in WebKit: as much of Playwright's interface as the tests use, over WebDriver.
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { error, Key } from "selenium-webdriver";
import { path } from "../../../scripts/run.mjs";
import { query } from "./query.mjs";

/** @typedef {import("./query.mjs").Step} Step */
/** @typedef {import("./query.mjs").Pattern} Pattern */
/** @typedef {import("selenium-webdriver").WebElement} WebElement */
/** @typedef {{ name?: string | RegExp, exact?: boolean, hasText?: string | RegExp }} Options */

const AXE = readFileSync(path("node_modules/axe-core/axe.min.js"), "utf8");
/** How long something is waited for; longer means that something is wrong. */
const PATIENCE = 10_000;
/** What may pass: the page is just being changed. */
const PASSING = [
  error.ElementClickInterceptedError,
  error.ElementNotInteractableError,
  error.JavascriptError,
  error.NoSuchElementError,
  error.StaleElementReferenceError,
];
/** Names of keys where WebDriver has others. @type {Record<string, string>} */
const KEYS = {
  ...{ Enter: Key.ENTER, Escape: Key.ESCAPE, Tab: Key.TAB, Backspace: Key.BACK_SPACE },
  ...{ Control: Key.CONTROL, Shift: Key.SHIFT, Home: Key.HOME, End: Key.END },
  ...{
    ArrowDown: Key.ARROW_DOWN,
    ArrowUp: Key.ARROW_UP,
    ArrowLeft: Key.ARROW_LEFT,
    ArrowRight: Key.ARROW_RIGHT,
  },
};

/** @param {string | RegExp | undefined} wanted @param {boolean} [exact] @returns {Pattern | undefined} */
function pattern(wanted, exact = false) {
  if (wanted instanceof RegExp) return { source: wanted.source, flags: wanted.flags };
  return wanted === undefined ? undefined : { text: wanted, exact };
}

/**
 * Repeats something until it returns a value.
 * @template T
 * @param {string} what @param {() => Promise<T | undefined>} attempt
 * @returns {Promise<T>}
 */
async function until(what, attempt) {
  const end = Date.now() + PATIENCE;
  let last = "";
  do {
    try {
      const value = await attempt();
      if (value !== undefined) return value;
      last = "";
    } catch (thrown) {
      if (!PASSING.some((kind) => thrown instanceof kind)) throw thrown;
      last = String(thrown);
    }
    await pause(20);
  } while (Date.now() < end);
  throw new Error(`${what}: not within ${PATIENCE} ms. ${last}`);
}

/** Where elements are looked for. */
class Place {
  /** @param {WebKitPage | null} page @param {Step[]} steps */
  constructor(page, steps) {
    this.page = /** @type {WebKitPage} */ (page ?? this);
    this.steps = steps;
  }
  /** @param {Step} step */
  #step(step) {
    return new WebKitLocator(this.page, [...this.steps, step]);
  }
  /** @param {string} role @param {Options} [options] */
  getByRole(role, { name, exact } = {}) {
    return this.#step({ by: "role", value: role, name: pattern(name, exact) });
  }
  /** @param {string | RegExp} label @param {Options} [options] */
  getByLabel(label, { exact } = {}) {
    return this.#step({ by: "label", name: pattern(label, exact) });
  }
  /** @param {string | RegExp} text @param {Options} [options] */
  getByText(text, { exact } = {}) {
    return this.#step({ by: "text", name: pattern(text, exact) });
  }
  /** @param {string} selector @param {Options} [options] */
  locator(selector, { hasText } = {}) {
    const found = this.#step({ by: "css", value: selector });
    return hasText ? found.filter({ hasText }) : found;
  }
  /** @param {Options} options */
  filter({ hasText }) {
    return this.#step({ by: "filter", name: pattern(hasText) });
  }
  /** @param {number} index */
  nth(index) {
    return this.#step({ by: "nth", index });
  }
  first() {
    return this.nth(0);
  }
  last() {
    return this.nth(-1);
  }
}

class WebKitLocator extends Place {
  toString() {
    return JSON.stringify(this.steps);
  }
  /** @returns {Promise<WebElement[]>} */
  async #all() {
    await this.page.prepare();
    return this.page.driver.executeScript(query, this.steps);
  }
  /** The one element, if there is one. */
  async #one() {
    const [element, ...more] = await this.#all();
    if (more.length > 0) throw new Error(`${this}: there are ${more.length + 1}.`);
    return element;
  }
  /** Does something with the one element, as soon as that is possible. @template T @param {(element: WebElement) => Promise<T>} act */
  #act(act) {
    return until(String(this), async () => {
      const element = await this.#one();
      return element && { value: await act(element) };
    }).then(({ value }) => value);
  }

  /** @param {{ state?: "visible" | "hidden" | "attached" | "detached" }} [options] */
  waitFor({ state = "visible" } = {}) {
    return until(`${this} ${state}`, async () => {
      const element = await this.#one();
      const is = state.endsWith("tached") ? Boolean(element) : Boolean(await element?.isDisplayed());
      return is === (state === "visible" || state === "attached") || undefined;
    });
  }
  count() {
    return this.#all().then(({ length }) => length);
  }
  /** @template T @param {(element: any, arg: any) => T} look @param {any} [arg] @returns {Promise<T>} */
  evaluate(look, arg) {
    return this.#act((element) => this.page.driver.executeScript(look, element, arg));
  }
  /** @template T @param {(elements: any, arg: any) => T} look @param {any} [arg] @returns {Promise<T>} */
  async evaluateAll(look, arg) {
    await this.page.prepare();
    // In one go, since WebKit takes no elements inside of an array.
    const script = `return (${look})((${query})(arguments[0]), arguments[1])`;
    return this.page.driver.executeScript(script, this.steps, arg);
  }
  allTextContents() {
    return this.evaluateAll((all) => all.map((/** @type {Element} */ { textContent }) => textContent ?? ""));
  }
  textContent() {
    return this.evaluate(({ textContent }) => textContent);
  }
  inputValue() {
    return this.evaluate(({ value }) => value);
  }
  /** @param {string} name */
  getAttribute(name) {
    return this.evaluate((element, attribute) => element.getAttribute(attribute), name);
  }
  focus() {
    return this.evaluate((element) => element.focus());
  }
  /** A real click: it fails if something else lies over the element. */
  click() {
    return this.#act((element) => element.click());
  }
  /** @param {string} text */
  fill(text) {
    return this.#act(async (element) => {
      const isTyped = await this.page.driver.executeScript(
        (/** @type {any} */ field, /** @type {string} */ value) => {
          field.focus();
          field.select?.();
          if (/^(?:|text|search|password|email|url)$/.test(field.getAttribute("type") ?? "")) return true;
          field.value = value;
          for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
          return false;
        },
        element,
        text,
      );
      if (isTyped) await element.sendKeys(text || Key.BACK_SPACE);
    });
  }
  /** @param {string} value the option's value or label */
  selectOption(value) {
    return this.evaluate((select, wanted) => {
      const options = [...select.options];
      const option =
        options.find((one) => one.value === wanted) ?? options.find((one) => one.label === wanted);
      if (!option) throw new Error(`There is no option ${wanted}.`);
      select.value = option.value;
      for (const type of ["input", "change"]) select.dispatchEvent(new Event(type, { bubbles: true }));
    }, value);
  }
  check() {
    return this.#act(async (element) => {
      if (!(await element.isSelected())) await element.click();
    });
  }
}

export class WebKitPage extends Place {
  /** @param {import("selenium-webdriver").WebDriver} driver @param {string} base */
  constructor(driver, base) {
    super(null, []);
    this.driver = driver;
    this.base = base;
    this.keyboard = { press: (/** @type {string} */ keys) => this.#press(keys.split("+")) };
  }
  /** Nothing is heard of events and errors in this browser. */
  on() {}
  /** The one script that the tests add is here already. */
  addInitScript() {}
  setDefaultTimeout() {}
  /** Makes sure that the page has what finds elements. */
  async prepare() {
    if (!(await this.driver.executeScript("return 'axe' in globalThis")))
      await this.driver.executeScript(AXE);
  }
  /** @param {string} address */
  async goto(address) {
    const { href } = new URL(address, this.base);
    // The driver now and then does not notice that a page has been loaded: then it is loaded once more.
    await this.driver.get(href).catch((thrown) => {
      if (!(thrown instanceof error.TimeoutError)) throw thrown;
      return this.driver.get(href);
    });
  }
  reload() {
    return this.driver.navigate().refresh();
  }
  goBack() {
    return this.driver.navigate().back();
  }
  goForward() {
    return this.driver.navigate().forward();
  }
  /** @template T @param {(arg: any) => T | Promise<T>} look @param {any} [arg] @returns {Promise<T>} */
  async evaluate(look, arg) {
    await this.prepare();
    return this.driver.executeScript(look, arg);
  }
  /** @param {(arg: any) => unknown} holds @param {any} [arg] */
  waitForFunction(holds, arg) {
    return until(String(holds), async () => (await this.driver.executeScript(holds, arg)) || undefined);
  }
  /** The size is the page's, inside of the window. @param {{ width: number, height: number }} size */
  async setViewportSize({ width, height }) {
    const bar = await this.driver.executeScript("return outerHeight - innerHeight");
    await this.driver
      .manage()
      .window()
      .setRect({ x: 0, y: 0, width, height: height + Number(bar) });
    await this.waitForFunction(([w, h]) => innerWidth === w && innerHeight === h, [width, height]);
  }
  /** @param {{ path: string }} to */
  async screenshot({ path: file }) {
    writeFileSync(file, await this.driver.takeScreenshot(), "base64");
  }
  /** @param {string[]} keys the last one while the others are held down */
  async #press(keys) {
    const actions = this.driver.actions();
    for (const key of keys) actions.keyDown(KEYS[key] ?? key);
    for (const key of keys.reverse()) actions.keyUp(KEYS[key] ?? key);
    await actions.perform();
  }
}

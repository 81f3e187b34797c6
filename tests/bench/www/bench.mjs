// @ts-check
// The dashboard in Chromium: how soon it can be used, and what it adds to the API's own time when there are many keys.
import { chromium } from "playwright-core";
import { launchOptions } from "../../../scripts/browsers.mjs";
import { acts, caller, ok } from "../../http/client.mjs";
import { start } from "../../http/harness.mjs";
import { median, print } from "../print.mjs";

const KEYS = 10_000;
const ROUNDS = 15;

export async function bench() {
  const server = await start();
  const browser = await chromium.launch(await launchOptions());
  try {
    const root = caller(server.fetch, server.rootKey);
    const { organization, key } = acts(root);
    const org = await organization();
    await ok(root.put(`/v1/organizations/${org}/members/ada`, { role: "owner" }), 201);
    let made = 0;
    const maker = async () => {
      while (made++ < KEYS) await key(`organizations/${org}`, { title: `Number ${made}` });
    };
    await Promise.all(Array.from({ length: 16 }, maker));
    const { token } = await key("users/ada", { scopes: ["*"] });
    print("Dashboard", [
      ...(await firstVisits(browser, server.url)),
      ...(await longList(browser, server.url, org, token)),
    ]);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @param {string} what @param {number} time in milliseconds @param {string} against @param {number} rival @param {string} [target] */
const rows = (what, time, against, rival, target) => [
  { what, value: `${time.toFixed(0)} ms`, target },
  { what: `… against ${against}`, value: `${rival.toFixed(0)} ms`, ratio: rival / time },
];

/** The median of some times. @param {() => Promise<number>} measure */
async function often(measure) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await measure());
  return median(times);
}

/** As the dashboard writes numbers. @param {number} value */
const number = (value) => new Intl.NumberFormat("en").format(value);

/** How long something takes. @param {() => Promise<unknown>} act */
async function taken(act) {
  const started = performance.now();
  await act();
  return performance.now() - started;
}

/** First visits, each in a new browser profile. @param {import("playwright-core").Browser} browser @param {string} baseURL */
async function firstVisits(browser, baseURL) {
  /** @param {string} path @param {string} what has to be there */
  const visit = (path, what) =>
    often(async () => {
      const context = await browser.newContext({ baseURL });
      const page = await context.newPage();
      const time = await taken(async () => {
        await page.goto(path);
        await page.locator(what).first().waitFor();
      });
      await context.close();
      return time;
    });
  const dashboard = await visit("/", "button:has-text('Sign in')");
  const plain = await visit("/health", "pre");
  return rows("first visit until it can be used", dashboard, "a page of one line", plain, "under 1000 ms");
}

/**
 * What people do in a long list, against the API call that it needs.
 * @param {import("playwright-core").Browser} browser @param {string} baseURL @param {string} org @param {string} token
 */
async function longList(browser, baseURL, org, token) {
  const page = await browser.newPage({ baseURL });
  const keys = `/organizations/${org}/keys`;
  await page.goto(keys);
  await page.getByLabel("Key", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  const all = `of ${number(KEYS)}`;
  /** A view's time from its address until it is there. @param {string} query @param {string} says */
  const view = (query, says) =>
    often(() =>
      taken(async () => {
        await page.goto(keys + query);
        await page.getByText(says).waitFor();
      }),
    );
  /** The API's time, from the same page. @param {string} query */
  const api = (query) =>
    often(() =>
      taken(() =>
        page.evaluate((address) => fetch(address).then((answer) => answer.text()), `/v1${keys}${query}`),
      ),
    );
  const found = [];
  for (const [what, address, query, says] of [
    ["first page", "", "?limit=20", `1–20 ${all}`],
    ["last page", `?page=${KEYS / 20}`, `?limit=20&offset=${KEYS - 20}`, `–${number(KEYS)} ${all}`],
    ["search", `?q=Number+${KEYS - 1}`, `?limit=20&q=Number+${KEYS - 1}`, "1–1 of 1"],
    ["by title", "?order=title", "?limit=20&order=title", `1–20 ${all}`],
  ]) {
    found.push(
      ...rows(`${number(KEYS)} keys, ${what}`, await view(address, says), "the API alone", await api(query)),
    );
  }
  return found;
}

// @ts-check
// The table of keys: search, filters, order; and that the address holds them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

/** Before any key was made: the days of the two differ when a midnight lies between them. */
const STARTED = Date.now();
const LIST = "/organizations/globex/keys";

const { root, asAda, asRoot } = world({
  async furnish(root) {
    /** @param {object} fields */
    const make = (fields) => root("POST", `/v1${LIST}`, { type: "secret", ...fields });
    for (let n = 1; n <= 41; n++) await make({ title: `Worker ${String(n).padStart(2, "0")}` });
    await make({ title: "Storefront", type: "publishable", scopes: ["catalog:read"] });
    const retiring = await make({ title: "Old job", scopes: ["a:1", "a:2", "a:3", "a:4"] });
    await root("POST", `/v1${LIST}/${retiring.id}/revoke`, { revoke_in: 86_000 });
    const revoked = await make({ title: "Dead job" });
    await root("POST", `/v1${LIST}/${revoked.id}/revoke`, {});
  },
});

/** @param {number} days */
const inDays = (days) => new Date(STARTED + days * 86_400_000).toISOString();
/** @param {import("./support.mjs").Page} page */
const titles = (page) => page.locator("tbody .title").allTextContents();
/** @param {import("./support.mjs").Page} page @param {string} says */
const total = (page, says) => page.locator(".pages").getByText(says).waitFor();

test("a row tells title, redacted key, type, status, scopes, last use, creation and creator", async (t) => {
  const page = await asAda(t, LIST);
  const row = page.getByRole("row", { name: "Old job" });
  const text = (await row.textContent()) ?? "";
  assert.match(text, /kw_sk_test_\*\*\*[0-9A-Za-z]{4}/);
  for (const word of ["Secret", "Retiring", "a:1", "a:2", "+2 more", "Never", "by Root key"]) {
    assert.ok(text.includes(word), `${word} is not in: ${text}`);
  }
  await page.getByRole("row", { name: "Storefront" }).getByText("Publishable").waitFor();
  await page.getByRole("row", { name: "Dead job" }).getByText("Revoked").waitFor();
});

test("a click anywhere in a row opens its key, and one outside of the rows leads where it says", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 1280, height: 860 } });
  const row = page.getByRole("row", { name: "Storefront" });
  await row.getByText("catalog:read").click();
  await page.getByRole("heading", { name: "Storefront" }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("summary", { hasText: "Globex" }).click();
  await page.locator(".panel").getByRole("link", { name: "Acme Robotics" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Check a key" }).click();
  await page.getByRole("heading", { name: "Check a key" }).waitFor();
  // What a pointer meets in the middle of each control is the control itself, whatever the browser makes of rows.
  await page.goBack();
  await row.waitFor();
  const covered = await page.evaluate(() =>
    [
      ...document.querySelectorAll(
        "header a, header summary, .head button, .filters select, thead a, .pages a",
      ),
    ]
      .filter((control) => control.checkVisibility())
      .filter((control) => {
        const { x, y, width, height } = control.getBoundingClientRect();
        if (y + height > innerHeight) return false;
        return !control.contains(document.elementFromPoint(x + width / 2, y + height / 2));
      })
      .map((control) => control.textContent),
  );
  assert.deepEqual(covered, []);
});

test("a row opens in another tab as links do, and selecting its text opens nothing", async (t) => {
  const page = await asAda(t, LIST);
  const scopes = page.getByRole("row", { name: "Storefront" }).getByText("catalog:read");
  for (const click of [
    () => scopes.click({ modifiers: ["ControlOrMeta"] }),
    () => scopes.click({ button: "middle" }),
  ]) {
    const opened = page.context().waitForEvent("page");
    await click();
    const other = await opened;
    await other.waitForURL("**/keys/apk_*");
    await other.close();
  }
  await scopes.evaluate((element) => getSelection()?.selectAllChildren(element));
  await scopes.evaluate((element) => /** @type {HTMLElement} */ (element).click());
  assert.equal(new URL(page.url()).pathname, LIST);
});

test("search waits until the typing pauses, and asks once", async (t) => {
  const page = await asAda(t, LIST);
  await total(page, "of 44");
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().includes("/keys?q="))));
  // The page's time stands still while somebody types, however slow this machine is.
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByLabel("Search by title or key").pressSequentially("worker 3");
  assert.equal(asked, 0);
  await page.clock.resume();
  await total(page, "1–10 of 10");
  assert.equal(asked, 1);
  assert.equal(new URL(page.url()).searchParams.get("q"), "worker 3");
  await page.reload();
  await total(page, "1–10 of 10");
  assert.equal(await page.getByLabel("Search by title or key").inputValue(), "worker 3");
});

test("what is typed while an answer is on its way is kept", async (t) => {
  const page = await asAda(t, LIST);
  await total(page, "of 44");
  await page.route("**/keys?*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue().catch(() => {});
  });
  const search = page.getByLabel("Search by title or key");
  await search.fill("work");
  await page.waitForTimeout(350);
  await search.pressSequentially("er 07");
  await total(page, "1–1 of 1");
  assert.equal(await search.inputValue(), "worker 07");
  assert.deepEqual(await titles(page), ["Worker 07"]);
});

test("% and _ are ordinary characters", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByLabel("Search by title or key").fill("%");
  await page.getByRole("heading", { name: "No matching keys" }).waitFor();
  await page.getByRole("link", { name: "Clear search and filters" }).click();
  await total(page, "of 44");
  assert.equal(await page.getByLabel("Search by title or key").inputValue(), "");
});

test("filters for type, status and date narrow the list and stand in the address", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByLabel("Type", { exact: true }).selectOption("publishable");
  await total(page, "1–1 of 1");
  assert.deepEqual(await titles(page), ["Storefront"]);
  await page.getByLabel("Type", { exact: true }).selectOption("");
  await total(page, "of 44");
  await page.getByLabel("Status", { exact: true }).selectOption("retiring");
  await total(page, "1–1 of 1");
  assert.deepEqual(await titles(page), ["Old job"]);
  await page.getByLabel("Status", { exact: true }).selectOption("active,retiring");
  await total(page, "1–20 of 43");
  // Any others together.
  await page.getByLabel("Status", { exact: true }).selectOption("retiring");
  await total(page, "1–1 of 1");
  await page.getByLabel("Status", { exact: true }).selectOption({ label: "Several…" });
  await page.getByLabel("Revoked").check();
  await total(page, "1–2 of 2");
  assert.deepEqual(await titles(page), ["Dead job", "Old job"]);
  assert.equal(new URL(page.url()).searchParams.get("status"), "retiring,revoked");
  await page.getByLabel("Retiring").uncheck();
  await page.getByLabel("Revoked").uncheck();
  await page.getByLabel("Status", { exact: true }).selectOption("");
  await page.getByLabel("Created", { exact: true }).selectOption("1");
  await total(page, "of 44");
  await page.getByLabel("Created", { exact: true }).selectOption("custom");
  /** The day of an instant where the page is. @param {number} instant */
  const day = (instant) =>
    page.evaluate(
      (at) => new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10),
      instant,
    );
  await page.getByLabel("From").fill(await day(STARTED));
  await page.getByLabel("To", { exact: true }).fill(await day(Date.now()));
  await total(page, "of 44");
  await page.getByLabel("To", { exact: true }).fill("2020-01-01");
  await page.getByRole("heading", { name: "No matching keys" }).waitFor();
  assert.match(page.url(), /created=custom&from=\d{4}-\d\d-\d\d&to=2020-01-01/);
});

test("filters for expiry, use and scope show keys that still work, and what they leave out", async (t) => {
  const furnished = { type: "secret", title: "Soon over", expires_at: inDays(10), scopes: ["*"] };
  await root("POST", "/v1/organizations", { id: "kinds", name: "Kinds" });
  for (const fields of [
    furnished,
    { type: "secret", title: "Later", expires_at: inDays(40), scopes: ["orders:read"] },
    { type: "secret", title: "Endless", scopes: ["orders:read", "stock:read"] },
    { type: "secret", title: "Third" },
  ])
    await root("POST", "/v1/organizations/kinds/keys", fields);
  const page = await asRoot(t, "/organizations/kinds/keys?order=title");
  /** @param {string[]} expected */
  const shows = async (expected) => {
    await page.waitForFunction(
      (titles) =>
        titles ===
        [...document.querySelectorAll("table[aria-busy=false] .title")].map((one) => one.textContent).join(),
      expected.join(),
    );
  };
  await shows(["Endless", "Later", "Soon over", "Third"]);
  await page.getByLabel("Expiry").selectOption("14");
  await shows(["Soon over"]);
  assert.equal(new URL(page.url()).searchParams.get("status"), "active,retiring");
  await page.getByLabel("Expiry").selectOption("never");
  await shows(["Endless", "Third"]);
  await page.getByLabel("Expiry").selectOption("");
  await page.getByLabel("Scope", { exact: true }).selectOption("*");
  await shows(["Soon over"]);
  await page.getByLabel("Scope", { exact: true }).selectOption("own");
  await page.locator(".ranges").getByLabel("Scope").fill("orders:read");
  await page.keyboard.press("Enter");
  await shows(["Endless", "Later"]);
  await page.reload();
  await shows(["Endless", "Later"]);
  assert.equal(await page.locator(".ranges").getByLabel("Scope").inputValue(), "orders:read");
  await page.getByLabel("Use", { exact: true }).selectOption("90");
  await page.getByRole("heading", { name: "No matching keys" }).waitFor();
});

test("what no key can have is found nowhere, and the way back is there", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByLabel("Scope", { exact: true }).selectOption("own");
  const scope = page.locator(".ranges").getByLabel("Scope");
  await scope.fill("Catalog:Read");
  await scope.press("Enter");
  await total(page, "1–1 of 1");
  assert.equal(new URL(page.url()).searchParams.get("scope"), "catalog:read");
  await scope.fill("catalog read");
  await scope.press("Enter");
  await page.getByRole("heading", { name: "No matching keys" }).waitFor();
  for (const query of ["?scope=%C3%A9", "?created_by=nobody", `?q=${"long%20".repeat(40)}`, "?q=%00"]) {
    await page.goto(LIST + query);
    await page.getByRole("heading", { name: "No matching keys" }).waitFor();
    await page.getByRole("link", { name: "Clear search and filters" }).click();
    await total(page, "1–20 of 44");
  }
  await page.goto(`${LIST}?page=1e12`);
  await total(page, "41–44 of 44");
});

test("Enter searches at once", async (t) => {
  const page = await asAda(t, LIST);
  await total(page, "of 44");
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.getByLabel("Search by title or key").fill("storefront");
  await page.keyboard.press("Enter");
  await total(page, "1–1 of 1");
});

test("column headers sort, in both directions", async (t) => {
  const page = await asAda(t, LIST);
  const header = page.getByRole("columnheader", { name: "Key" });
  await header.getByRole("link").click();
  await page.locator("th[aria-sort=ascending]", { hasText: "Key" }).waitFor();
  await page.locator("table[aria-busy=false]").waitFor();
  assert.deepEqual((await titles(page)).slice(0, 3), ["Dead job", "Old job", "Storefront"]);
  await header.getByRole("link").click();
  await page.locator("th[aria-sort=descending]", { hasText: "Key" }).waitFor();
  await page.locator("table[aria-busy=false]").waitFor();
  assert.deepEqual((await titles(page)).slice(0, 2), ["Worker 41", "Worker 40"]);
});

test("an organization's address alone leads to its keys", async (t) => {
  const page = await asAda(t, "/organizations/acme");
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
});

test("no keys at all is a place to begin", async (t) => {
  await root("POST", "/v1/organizations", { id: "empty", name: "Empty" });
  const page = await asRoot(t, "/organizations/empty/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
});

test("what is not there is said, with a way on", async (t) => {
  const page = await asRoot(t, "/no/such/page/at/all");
  await page.getByRole("heading", { name: "Page not found" }).last().waitFor();
  await page.goto("/organizations/acme/keys/apk_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  await page.getByRole("heading", { name: "Key not found" }).waitFor();
});

// @ts-check
// The pages of the table of keys, their size and shape on every screen, and the way back to them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const LIST = "/organizations/globex/keys";

const { root, key, asAda } = world({
  async furnish(root) {
    /** @param {object} fields */
    const make = (fields) => root("POST", `/v1${LIST}`, { type: "secret", ...fields });
    for (let n = 1; n <= 41; n++) await make({ title: `Worker ${String(n).padStart(2, "0")}` });
    for (const title of ["Storefront", "Old job"]) await make({ title, type: "publishable" });
    const revoked = await make({ title: "Dead job" });
    await root("POST", `/v1${LIST}/${revoked.id}/revoke`, {});
  },
});

/** @param {import("./support.mjs").Page} page @param {string} says */
const total = (page, says) => page.locator(".pages").getByText(says).waitFor();

test("pages say where they are, and Back returns", async (t) => {
  const page = await asAda(t, LIST);
  await total(page, "1–20 of 44");
  await page.getByRole("link", { name: "Next" }).click();
  await total(page, "21–40 of 44");
  assert.equal(new URL(page.url()).search, "?page=2");
  await page.getByRole("link", { name: "Next" }).click();
  await total(page, "41–44 of 44");
  assert.equal(await page.getByRole("link", { name: "Next" }).count(), 0);
  await page.goBack();
  await total(page, "21–40 of 44");
  await page.goBack();
  await total(page, "1–20 of 44");
});

test("a page past the end goes to the last one", async (t) => {
  const page = await asAda(t, `${LIST}?page=9`);
  await total(page, "41–44 of 44");
});

test("turning a page shows its beginning, and the focus with it", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 1280, height: 700 } });
  await total(page, "1–20 of 44");
  for (const [link, range] of [
    ["Next", "21–40 of 44"],
    ["Next", "41–44 of 44"],
    ["Previous", "21–40 of 44"],
  ]) {
    await page.getByRole("link", { name: link }).click();
    await total(page, /** @type {string} */ (range));
    await page.waitForFunction(() => document.activeElement?.id === "list");
    const top = await page.locator("#list").evaluate((element) => element.getBoundingClientRect().top);
    // A short last page can’t be scrolled any further.
    assert.ok(top >= 0 && top < 350, `${link}: the list begins at ${top}`);
  }
});

test("a page holds 20, 50 or 100 keys: the address says it, and this browser keeps it", async (t) => {
  const page = await asAda(t, LIST);
  await total(page, "1–20 of 44");
  await page.getByLabel("Keys per page").selectOption("50");
  await total(page, "1–44 of 44");
  assert.equal(new URL(page.url()).search, "?size=50");
  await page.goto(LIST);
  await total(page, "1–44 of 44");
  await page.getByLabel("Keys per page").selectOption("20");
  await total(page, "1–20 of 44");
  await page.goto(`${LIST}?size=100`);
  await total(page, "1–44 of 44");
});

test("from a key one returns to the page, the filters, the row and the place where one was", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 1280, height: 700 } });
  await page.getByRole("link", { name: "Next" }).click();
  await total(page, "21–40 of 44");
  const link = page.getByRole("link", { name: "Worker 10" });
  for (const back of [() => page.locator(".back").click(), () => page.goBack()]) {
    await link.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 0);
    await link.click();
    await page.getByRole("heading", { name: "Worker 10" }).waitFor();
    await back();
    await total(page, "21–40 of 44");
    await page.waitForFunction(() => document.activeElement?.textContent === "Worker 10");
    assert.equal(new URL(page.url()).search, "?page=2");
    await page.waitForFunction((at) => scrollY === at, before);
  }
});

test("columns keep their widths from page to page, and a skeleton has them already", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 1280, height: 860 } });
  const columns = () =>
    page
      .locator("thead tr > *")
      .evaluateAll((cells) => cells.map((cell) => Math.round(cell.getBoundingClientRect().left)));
  await total(page, "1–20 of 44");
  const first = await columns();
  await page.getByRole("link", { name: "Next" }).click();
  await total(page, "21–40 of 44");
  assert.deepEqual(await columns(), first);
  /** Where the first row is on the page, and how tall. */
  const row = () =>
    page
      .locator("tbody tr")
      .first()
      .evaluate((element) => {
        const { top, height } = element.getBoundingClientRect();
        return [Math.round(top + scrollY), Math.round(height)];
      });
  const [top = 0, height] = await row();
  await page.route("**/v1/**", (route) =>
    route.request().url().includes("/keys?") ? undefined : route.continue(),
  );
  await page.reload();
  await page.locator(".bone").first().waitFor();
  assert.deepEqual(await columns(), first);
  const [before = 0, bone] = await row();
  assert.ok(Math.abs(before - top) <= 1, `the rows move from ${before} to ${top}`);
  assert.equal(bone, height);
});

test("columns stay where they are when none of the keys can be chosen", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 1280, height: 860 } });
  const left = () =>
    page
      .getByRole("columnheader", { name: "Key", exact: true })
      .evaluate((cell) => cell.getBoundingClientRect().left);
  await total(page, "1–20 of 44");
  const before = await left();
  await page.getByLabel("Status", { exact: true }).selectOption("revoked");
  await total(page, "1–1 of 1");
  assert.equal(await page.getByRole("checkbox").count(), 0);
  assert.equal(await left(), before);
});

test("at no width is the page too wide, or a short title or the end of a redacted key cut off", async (t) => {
  const { id } = await key({ title: "Warehouse sync", scopes: ["orders:read"] });
  await root("POST", `/v1/organizations/acme/keys/${id}/revoke`, { revoke_in: 86_000 });
  const page = await asAda(t, "/organizations/acme/keys");
  await page.getByLabel("Created", { exact: true }).waitFor();
  for (const width of [320, 360, 640, 641, 767, 768, 832, 900, 960, 961, 1024, 1088, 1120, 1152, 1153]) {
    await page.setViewportSize({ width, height: 700 });
    await page.locator(width > 640 ? "thead:not(.sr-only)" : "thead.sr-only").waitFor({ state: "attached" });
    const row = page.getByRole("row", { name: "Warehouse sync" });
    const cut = await row
      .locator(".title, .mono")
      .evaluateAll((texts) =>
        texts
          .filter((text) => text.scrollWidth > text.clientWidth || text.scrollHeight > text.clientHeight + 1)
          .map(({ textContent }) => textContent),
      );
    assert.deepEqual(cut, [], `${width} px`);
    const excess = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    assert.equal(excess, 0, `${width} px`);
  }
  // A card has three lines.
  await page.setViewportSize({ width: 360, height: 700 });
  const card = await page
    .getByRole("row", { name: "Warehouse sync" })
    .locator("td.brief")
    .evaluate((cell) => cell.clientHeight / Number.parseFloat(getComputedStyle(cell).lineHeight));
  assert.ok(card < 2.5, `there are ${card} lines below the title`);
});

test("at 768 px it is a table; below 640 px it is cards with their own order", async (t) => {
  const page = await asAda(t, LIST, { viewport: { width: 768, height: 700 } });
  await page.getByRole("columnheader", { name: "Last used" }).waitFor();
  assert.equal(await page.getByLabel("Sort by").count(), 0);
  await page.setViewportSize({ width: 400, height: 700 });
  await page.getByLabel("Sort by").selectOption({ label: "Title, A to Z" });
  await page.getByRole("row", { name: "Dead job" }).waitFor();
  assert.equal(new URL(page.url()).search, "?order=title");
  const [box] = await page.locator("tbody tr").all();
  const text = (await box?.textContent()) ?? "";
  assert.match(text, /Dead job.*kw_sk_test_.*Revoked.*Never used · created/s);
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByLabel("Type", { exact: true }).selectOption("publishable");
  await page.getByRole("button", { name: "Filters (1)" }).waitFor();
  for (const width of [320, 400, 640]) {
    await page.setViewportSize({ width, height: 700 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});

test("titles with HTML and of 200 emoji are text, and break no layout", async (t) => {
  const markup = '<img src=x onerror="document.title=`owned`"><b>bold</b>';
  await key({ title: markup });
  await key({ title: "🦀".repeat(200) });
  const page = await asAda(t, "/organizations/acme/keys", { viewport: { width: 320, height: 700 } });
  await page.getByRole("link", { name: markup }).waitFor();
  assert.equal(await page.locator("tbody img, tbody b").count(), 0);
  await page.getByRole("link", { name: "🦀🦀" }).click();
  await page.getByRole("heading", { name: "🦀".repeat(200) }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  await page.goBack();
  await page.getByRole("link", { name: markup }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  assert.notEqual(await page.title(), "owned");
});

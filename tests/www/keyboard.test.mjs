// @ts-check
// Everything by keyboard alone, with the focus where one expects it and always visible.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pressUntil, world } from "./support.mjs";

const { personal, key, open } = world();

/** What has the focus. @param {import("./support.mjs").Page} page */
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    return (
      element?.getAttribute("aria-label") ||
      element?.textContent ||
      element?.id ||
      element?.tagName ||
      ""
    ).trim();
  });

test("sign in, create, copy, find, rename and revoke a key, without a mouse", async (t) => {
  const page = await open(t, { permissions: ["clipboard-write"] });
  const { keyboard } = page;
  await page.goto("/organizations/acme/keys");
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "credential");
  await keyboard.insertText((await personal("ada")).token);
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  assert.equal(await focused(page), "Keys");

  await pressUntil(page, page.getByRole("button", { name: "Create key" }));
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "title");
  await keyboard.insertText("By keyboard");
  await pressUntil(page, page.getByLabel("keys:read"));
  await keyboard.press("Space");
  await pressUntil(page, page.getByRole("button", { name: "Create key" }).last());
  await keyboard.press("Enter");

  await page.getByRole("dialog", { name: "Save your key" }).waitFor();
  assert.match(await focused(page), /^Save your key/);
  await pressUntil(page, page.getByRole("button", { name: "Copy key" }));
  await keyboard.press("Enter");
  await page.getByText("Copied.").waitFor();
  await keyboard.press("Escape");
  await page.getByRole("heading", { name: "By keyboard" }).waitFor();
  assert.equal(await focused(page), "By keyboard");

  await pressUntil(page, page.getByRole("link", { name: "Keys", exact: true }).first(), "Shift+Tab");
  await keyboard.press("Enter");
  await page.getByRole("table", { name: "Keys" }).waitFor();
  await pressUntil(page, page.getByLabel("Search by title or key"));
  await keyboard.insertText("keyboard");
  await page.waitForURL("**?q=keyboard");
  await page.locator("table[aria-busy=false]").waitFor();
  await pressUntil(page, page.getByRole("link", { name: "By keyboard" }));
  await keyboard.press("Enter");

  await page.getByRole("heading", { name: "By keyboard" }).waitFor();
  await pressUntil(page, page.getByRole("button", { name: "Edit" }));
  await keyboard.press("Enter");
  await keyboard.press("ControlOrMeta+A");
  await keyboard.insertText("Renamed");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "Renamed" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await focused(page), "Edit");

  await pressUntil(page, page.getByRole("button", { name: "Revoke", exact: true }));
  await keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Revoke “Renamed”?" }).waitFor();
  await pressUntil(page, page.getByRole("button", { name: "Revoke now" }));
  await keyboard.press("Space");
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
});

test("menus open and close by keyboard, and give the focus back", async (t) => {
  const page = await open(t);
  await page.goto("/");
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  await page.keyboard.insertText((await personal("ada")).token);
  await page.keyboard.press("Enter");
  const menu = page.locator("summary", { hasText: "Acme Robotics" });
  await menu.waitFor();
  await pressUntil(page, menu, "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Acme Robotics");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("details[open]").count(), 0);
  assert.ok(await menu.evaluate((element) => element === document.activeElement));
  await page.keyboard.press("Enter");
  for (let n = 0; n < 5; n++) await page.keyboard.press("Tab");
  assert.equal(await page.locator("details[open]").count(), 0, "leaving a menu closes it");
});

test("the skip link leads past the bar", async (t) => {
  const page = await open(t);
  await page.goto("/check");
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  await page.keyboard.insertText((await personal("ada")).token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Check a key" }).waitFor();
  await pressUntil(page, page.getByRole("link", { name: "Skip to content" }), "Shift+Tab");
  const box = await page.getByRole("link", { name: "Skip to content" }).boundingBox();
  assert.ok(box && box.y >= 0);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.ok(
    await page.getByLabel("Key", { exact: true }).evaluate((element) => element === document.activeElement),
  );
  assert.equal(new URL(page.url()).pathname, "/check");
});

test("whatever takes the focus shows it", async (t) => {
  await key({ title: "A row" });
  const page = await open(t);
  await page.goto("/organizations/acme/keys");
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  await page.keyboard.insertText((await personal("ada")).token);
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "Keys" }).waitFor();
  /** @type {string[]} */
  const hidden = [];
  for (let n = 0; n < 25; n++) {
    await page.keyboard.press("Tab");
    const invisible = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const row = element.closest("tr");
      const shown = [element, ...(row ? [row] : [])].some(
        (one) => getComputedStyle(one).outlineStyle !== "none",
      );
      return shown ? null : element.outerHTML.slice(0, 100);
    });
    if (invisible) hidden.push(invisible);
  }
  assert.deepEqual(hidden, []);
});

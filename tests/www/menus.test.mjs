// @ts-check
// The frame's menus stay open while the page beneath them changes by itself, and close when somebody goes elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { key, asAda } = world();
const LIST = "/organizations/acme/keys";

test("a menu opened while a page is on its way stays open when the page comes, and closes on Back", async (t) => {
  const page = await asAda(t, LIST);
  const { promise: released, resolve: release } = Promise.withResolvers();
  await page.route("**/views/members.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.getByRole("link", { name: "Members" }).click();
  const menu = page.locator(".account");
  await menu.locator("summary").click();
  release(undefined);
  await page.getByRole("row", { name: "grace" }).waitFor();
  await menu.getByRole("button", { name: "Sign out" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  assert.equal(await page.locator("details.menu[open]").count(), 0);
});

test("a menu opened before a search is asked stays open when it is", async (t) => {
  await key({ title: "Searched for" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Searched for", exact: true }).waitFor();
  await page.clock.install();
  await page.getByRole("searchbox").fill("anything");
  await page.locator(".account summary").click();
  await page.clock.runFor(1000);
  await page.waitForURL("**?q=anything");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
});

test("the menu of a key is never that of another one, whatever the list is read again with", async (t) => {
  await key({ title: "Opened" });
  const page = await asAda(t, LIST);
  await page.getByRole("row", { name: "Opened" }).locator("summary").click();
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await page.locator("table[aria-busy=false]").waitFor();
  assert.equal(await page.locator("details.row[open]").count(), 1, "a list that is the same leaves it open");
  await key({ title: "Above it" });
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await page.getByRole("link", { name: "Above it" }).waitFor();
  assert.equal(await page.locator("details.row[open]").count(), 0);
});

test("Back closes the palette and dialogs about the page that is left", async (t) => {
  const { id } = await key({ title: "Left behind" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Left behind" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByRole("dialog").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  await page.goForward();
  await page.getByRole("button", { name: "Edit" }).waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("dialog").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(!page.url().includes(id));
});

test("a shortcut that goes elsewhere closes the menu that is open", async (t) => {
  const page = await asAda(t, LIST);
  await page.locator(".account summary").click();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByRole("row", { name: "grace" }).waitFor();
  assert.equal(await page.locator("details.menu[open]").count(), 0);
});

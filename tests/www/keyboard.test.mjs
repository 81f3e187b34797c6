// @ts-check
// Everything by keyboard alone, with the focus where one expects it and always visible.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pressUntil, world } from "./support.mjs";

const { personal, key, open, asAda, asRoot } = world();
const LIST = "/organizations/acme/keys";

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

  await pressUntil(page, page.getByRole("button", { name: "Revoke key" }));
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
  const choice = page.getByRole("link", { name: "Acme Robotics" });
  await choice.waitFor();
  await page.keyboard.press("Tab");
  assert.ok(await choice.evaluate((element) => element === document.activeElement));
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

/** Ends a shortcut that leads nowhere: whatever it would do is done by the time its successor has worked. @param {import("./support.mjs").Page} page */
async function nothingOpens(page) {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))));
  assert.equal(await page.getByRole("dialog").count(), 0);
}

test("“/” searches, “c” creates, “?” lists the shortcuts, and “g” with a letter goes elsewhere", async (t) => {
  await key({ title: "Any" });
  const page = await asAda(t, LIST);
  const search = page.getByRole("searchbox");
  await page.getByRole("link", { name: "Any", exact: true }).first().waitFor();
  await page.keyboard.press("/");
  assert.ok(await search.evaluate((element) => element === document.activeElement));
  assert.equal(await search.inputValue(), "");
  await page.getByRole("heading", { name: "Keys", exact: true }).focus();
  await page.keyboard.press("c");
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByRole("heading", { name: "Members" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
});

test("letters are letters where somebody types, with other keys held, in dialogs, and once they are turned off", async (t) => {
  await key({ title: "Any" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Any", exact: true }).first().waitFor();
  const search = page.getByRole("searchbox");
  await search.focus();
  await page.keyboard.type("c?/");
  assert.equal(await search.inputValue(), "c?/");
  await nothingOpens(page);
  await search.fill("");
  await page.getByRole("heading", { name: "Keys", exact: true }).focus();
  for (const press of ["Alt+c", "Control+/", "Shift+G"]) await page.keyboard.press(press);
  await nothingOpens(page);
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("c");
  await page.getByLabel("Use single-key shortcuts").uncheck();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("link", { name: "Any", exact: true }).first().waitFor();
  for (const press of ["c", "?", "/"]) await page.keyboard.press(press);
  await nothingOpens(page);
  assert.ok(!(await search.evaluate((element) => element === document.activeElement)));
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Search organizations, keys, and actions" }).waitFor();
});

/** Opens the palette. @param {import("./support.mjs").Page} page */
async function palette(page) {
  await page.keyboard.press("ControlOrMeta+k");
  const field = page.getByRole("combobox", { name: "Search organizations, keys, and actions" });
  await field.waitFor();
  return field;
}

test("the palette goes to organizations, keys and pages by a few letters, and does things", async (t) => {
  await key({ title: "Nightly export" });
  const page = await asAda(t, LIST);
  const selected = page.locator("[role=option][aria-selected=true]");
  let field = await palette(page);
  assert.equal(await selected.count(), 1);
  const first = await selected.textContent();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await selected.textContent(), first);
  assert.equal(await field.getAttribute("aria-activedescendant"), await selected.getAttribute("id"));
  await page.keyboard.press("ArrowUp");
  assert.equal(await selected.textContent(), first);
  await field.fill("glob");
  await page.getByRole("option", { name: "Globex" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/organizations/globex/keys");
  assert.equal(await page.getByRole("dialog").count(), 0);

  await page.goto(LIST);
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
  field = await palette(page);
  await field.fill("nightly");
  await page.getByRole("option", { name: "Nightly export" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Nightly export" }).waitFor();

  field = await palette(page);
  await field.fill("memb");
  await page.getByRole("option", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Members" }).waitFor();

  field = await palette(page);
  await field.fill("create key");
  await page.getByRole("option", { name: "Create key" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Create a key" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  field = await palette(page);
  await field.fill("nothing like this");
  await page.getByText("No results for “nothing like this”.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("a key pasted into the palette opens its page, and gets into no address", async (t) => {
  const { token, id } = await key({ title: "Pasted" });
  const page = await asAda(t, "/check");
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const field = await palette(page);
  await field.fill(`  ${token}`);
  await page.waitForURL(`**${LIST}/${id}`);
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.deepEqual(
    asked.filter((url) => url.includes(token.slice(-20))),
    [],
  );
});

test("the operator’s palette finds every organization", async (t) => {
  const page = await asRoot(t, "/check");
  const field = await palette(page);
  await field.fill("globex");
  await page.getByRole("option", { name: "Globex" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/organizations/globex/keys");
});

test("a dialog gives the focus back to what has opened it, even where that never had it", async (t) => {
  const made = await key({ title: "Opened without focus" });
  const page = await asAda(t, `${LIST}/${made.id}`);
  const edit = page.getByRole("button", { name: "Edit" });
  await edit.waitFor();
  // As in WebKit, where a click focuses no button.
  await edit.evaluate((/** @type {HTMLButtonElement} */ button) => {
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
    button.click();
  });
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "Edit");
  // From a menu that has closed meanwhile, however late the dialog is loaded, and whatever the page does until then.
  await page.route("**/views/shortcuts.js", async (route) => {
    await page.evaluate(async () => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      await frame();
      await frame();
      document.body.append(document.createElement("i"));
      await frame();
      await frame();
    });
    await route.continue();
  });
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await page.locator(".account summary").evaluate((element) => element === document.activeElement));
});

test("when what has the focus goes away, the heading nearest to it takes the focus", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  await page.evaluate(() => {
    const card = document.createElement("section");
    card.className = "card";
    const [heading, inner, button] = [
      document.createElement("h2"),
      document.createElement("div"),
      document.createElement("button"),
    ];
    heading.textContent = "A card";
    button.textContent = "Leaves";
    inner.append(button);
    card.append(heading, inner);
    document.querySelector("main")?.append(card);
    button.focus();
    inner.remove();
  });
  await page.waitForFunction(() => document.activeElement?.textContent === "A card");
  await page.evaluate(() => document.activeElement?.closest("section")?.remove());
  await page.waitForFunction(() => document.activeElement?.localName === "h1");
  // Whoever clicks beside everything has put the focus away on purpose.
  await page.getByRole("searchbox").focus();
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  await page.evaluate(() => document.querySelector("main")?.append(document.createElement("p")));
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "body");
});

// @ts-check
// What can be done from the list of keys: menus of rows, several keys at once, and what needs care.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, open, signIn, personal, asAda, asRoot, server } = world();

/** @typedef {import("./support.mjs").Page} Page */

/** A new organization with keys, and the address of their list. @param {string} id @param {...object} keys */
async function holding(id, ...keys) {
  await root("POST", "/v1/organizations", { id, name: id, owner: "ada" });
  /** @type {any[]} */
  const made = [];
  for (const fields of keys)
    made.push(await root("POST", `/v1/organizations/${id}/keys`, { type: "secret", ...fields }));
  return { list: `/organizations/${id}/keys`, made };
}

/** @param {Page} page @param {string} title @param {string} choice */
async function choose(page, title, choice) {
  await page.locator("summary", { hasText: `Actions for ${title}` }).click();
  await page.getByRole("button", { name: choice }).click();
}

/** @param {Page} page @param {string} title @param {string} says */
const status = (page, title, says) => page.getByRole("row", { name: title }).getByText(says).waitFor();

/** What has the focus. @param {Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim());

test("a row’s menu copies the id, rolls and revokes, and has the focus again afterwards", async (t) => {
  const { list, made } = await holding("menus", { title: "Payroll" });
  const page = await asAda(t, list, { permissions: ["clipboard-write"] });
  await choose(page, "Payroll", "Copy key ID");
  await page.getByText("Copied the ID of “Payroll”.").waitFor();
  const search = page.getByLabel("Search by title or key");
  await search.focus();
  await page.keyboard.press("ControlOrMeta+V");
  assert.equal(await search.inputValue(), made[0].id);
  await page.getByRole("link", { name: "Clear search and filters" }).click();
  await choose(page, "Payroll", "Roll…");
  await page.getByRole("dialog", { name: "Roll “Payroll”" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await focused(page), "Actions for Payroll");
  await choose(page, "Payroll", "Revoke…");
  await page.getByRole("button", { name: "Revoke now" }).click();
  await status(page, "Payroll", "Revoked");
  await page.locator("summary", { hasText: "Actions for Payroll" }).click();
  const panel = page.locator(".menu.row[open] .panel");
  assert.deepEqual(await panel.getByRole("button").allTextContents(), ["Copy key ID"]);
});

test("Back leaves a dialog with the page that it is about, but not while it is being sent", async (t) => {
  const { list, made } = await holding("leaving", { title: "Payroll" }, { title: "Mailer" });
  const page = await asAda(t, "/organizations/leaving/members");
  const dialog = page.getByRole("dialog");
  const back = async () => {
    await page.goBack();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Members" }).waitFor();
    await page.getByRole("link", { name: "Keys", exact: true }).click();
    await page.getByRole("row", { name: "Payroll" }).waitFor();
  };
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await choose(page, "Payroll", "Roll…");
  await dialog.waitFor();
  await back();
  await page.getByLabel("Select Mailer").check();
  await page.getByRole("button", { name: "Revoke…" }).click();
  await dialog.waitFor();
  await back();
  await choose(page, "Payroll", "Roll…");
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(null);
  });
  await page.route("**/roll", async (route) => {
    await held;
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Roll key" }).click();
  await page.evaluate(() => history.back());
  release();
  await page.locator("#secret").waitFor();
  assert.equal(new URL(page.url()).pathname, list);
  const { keys } = await root("GET", `/v1${list}`);
  assert.equal(keys.length, made.length + 1);
});

test("only what is permitted is offered, for one key and for several", async (t) => {
  const { list } = await holding("readers", { title: "Read only" });
  const page = await open(t);
  await signIn(page, (await personal("ada", { scopes: ["keys:read"] })).token, list);
  await page.locator("summary", { hasText: "Actions for Read only" }).click();
  const panel = page.locator(".menu.row[open] .panel");
  assert.deepEqual(await panel.getByRole("button").allTextContents(), ["Copy key ID"]);
  assert.equal(await page.getByRole("checkbox", { name: /^Select/ }).count(), 0);
});

test("several keys are listed before they are revoked, and revoked one after the other", async (t) => {
  const { list } = await holding("several", { title: "Payroll" }, { title: "Mailer" }, { title: "Backup" });
  const page = await asAda(t, list);
  await page.getByLabel("Select Payroll").check();
  await page.getByText("1 selected").waitFor();
  const all = page.getByLabel("Select all keys on this page");
  assert.ok(await all.evaluate((/** @type {HTMLInputElement} */ box) => box.indeterminate));
  await all.check();
  await page.getByText("3 selected").waitFor();
  await page.getByLabel("Select Mailer").uncheck();
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke 2 keys?" });
  await dialog.waitFor();
  const listed = await dialog.locator(".chosen strong").allTextContents();
  assert.deepEqual(listed, ["Backup", "Payroll"]);
  await dialog.getByLabel("Reason").fill("Left behind");
  await dialog.getByRole("button", { name: "Revoke 2 keys" }).click();
  await page.getByText(/^Revoked 2 keys\. No later than \d\d:\d\d:\d\d, every caller that asks/).waitFor();
  for (const [title, says] of [
    ["Payroll", "Revoked"],
    ["Mailer", "Active"],
    ["Backup", "Revoked"],
  ])
    await status(page, /** @type {string} */ (title), /** @type {string} */ (says));
  assert.equal(await page.getByText("selected").count(), 0);
  const { keys } = await root("GET", "/v1/organizations/several/keys");
  assert.deepEqual(
    keys.map((/** @type {any} */ key) => key.revocation_reason),
    ["Left behind", null, "Left behind"],
  );
});

test("the reason for several keys is checked before anything is sent, and not discarded silently", async (t) => {
  await holding("reasons", { title: "Payroll" }, { title: "Mailer" });
  const page = await asAda(t, "/organizations/reasons/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  /** @type {string[]} */
  const sent = [];
  page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
  await page.getByLabel("Select all keys on this page").check();
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog", { name: "Revoke 2 keys?" });
  for (const [reason = "", says = ""] of [
    ["left\u202Ebehind", "Remove the characters that change the direction of text."],
    ["x ".repeat(300), "Use at most 500 characters. This has 599."],
  ]) {
    await dialog.getByLabel("Reason").fill(reason);
    await dialog.getByRole("button", { name: "Revoke 2 keys" }).click();
    await dialog.getByText(says).first().waitFor();
  }
  assert.deepEqual(sent, []);
  for (const leave of [
    () => page.keyboard.press("Escape"),
    () => dialog.getByRole("button", { name: "Cancel" }).click(),
    () => page.goBack(),
  ]) {
    await leave();
    await dialog.getByRole("button", { name: "Keep editing" }).click();
  }
  await dialog.getByLabel("Reason").fill("Left behind");
  await dialog.getByRole("button", { name: "Revoke 2 keys" }).click();
  await page.getByText("Revoked 2 keys.").waitFor();
  assert.equal(sent.length, 2);
});

test("of several keys it is said which could not be revoked, and why; the others are revoked", async (t) => {
  const { list, made } = await holding("partly", { title: "First" }, { title: "Second" }, { title: "Third" });
  const page = await asAda(t, list);
  const second = `**/keys/${made[1].id}/revoke`;
  await page.route(second, (route) => route.abort());
  await page.getByLabel("Select all keys on this page").check();
  await page.getByRole("button", { name: "Revoke…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Revoke 3 keys" }).click();
  await dialog.getByText("Revoked 2 of 3 keys. 1 key couldn’t be revoked.").waitFor();
  const entries = dialog.locator(".chosen li");
  await entries.filter({ hasText: "Second" }).getByText("Check your connection and try again.").waitFor();
  await entries.filter({ hasText: "First" }).getByText("Revoked", { exact: true }).waitFor();
  await page.unroute(second);
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await dialog.getByRole("button", { name: "Revoke the other 1" }).click();
  await page.getByText("Revoked 3 keys.").waitFor();
  assert.equal(asked.length, 1);
});

test("revoking several stops when asked to, and says how far it came", async (t) => {
  const { list } = await holding("stopped", { title: "Alpha" }, { title: "Beta" }, { title: "Gamma" });
  const page = await asAda(t, list);
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(null);
  });
  await page.route("**/revoke", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Select all keys on this page").check();
  await page.getByRole("button", { name: "Revoke…" }).click();
  await page.getByRole("button", { name: "Revoke 3 keys" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  release();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Revoked 1 of 3 keys.").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await status(page, "Gamma", "Revoked");
  await status(page, "Alpha", "Active");
});

test("what needs care is counted once the list is shown, and leads to those keys", async (t) => {
  const soon = new Date(Date.now() + 10 * 86_400_000).toISOString();
  const { list, made } = await holding(
    "careful",
    { title: "Soon over", expires_at: soon },
    { title: "Mighty", scopes: ["*"] },
    { title: "Endless" },
    { title: "Dead", scopes: ["*"] },
  );
  await root("POST", `/v1${list}/${made[3].id}/revoke`, {});
  const page = await asAda(t, list);
  const care = page.getByRole("navigation", { name: "Needs attention" });
  await care.getByRole("link", { name: "1 expires within 14 days" }).waitFor();
  assert.deepEqual(await care.getByRole("link").allTextContents(), [
    "1 expires within 14 days",
    "2 never expire",
    "1 with full access (*)",
  ]);
  let asked = 0;
  page.on(
    "request",
    (request) => (asked += Number(request.url().includes("limit=1&") || request.url().endsWith("limit=1"))),
  );
  await care.getByRole("link", { name: "full access" }).click();
  await page.getByText("1 key", { exact: true }).waitFor();
  await page.getByRole("row", { name: "Mighty" }).waitFor();
  assert.equal(new URL(page.url()).search, "?status=active&scope=*");
  assert.equal(await page.getByLabel("Scope", { exact: true }).inputValue(), "*");
  // The same link leads back.
  await care.getByRole("link", { name: "full access" }).click();
  await page.getByText("4 keys", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).search, "");
  assert.equal(asked, 0, "it is asked once for each visit");
});

test("what needs care cannot be counted: the list is shown all the same", async (t) => {
  const { list } = await holding("uncounted", { title: "Here" }, { title: "There" }, { title: "Everywhere" });
  const page = await asAda(t, "/check");
  const refused = page.waitForResponse((response) => response.status() === 500);
  await page.route(/limit=1(&|$)/, (route) => route.fulfill({ status: 500, body: "{}" }));
  await page.goto(list);
  await refused;
  await page.getByRole("row", { name: "Here", exact: false }).first().waitFor();
  assert.equal(await page.getByRole("navigation", { name: "Needs attention" }).count(), 0);
});

test("operator keys are listed, and revoked, like any others", async (t) => {
  for (const title of ["Nightly", "Hourly"])
    await root("POST", "/v1/deployment/keys", { title, scopes: ["keys:read"] });
  const page = await asRoot(t, "/deployment/keys");
  await page.getByRole("heading", { name: "Operator keys" }).waitFor();
  assert.equal(await page.getByRole("columnheader", { name: "Type" }).count(), 0);
  await choose(page, "Nightly", "Revoke…");
  await page.getByRole("button", { name: "Revoke now" }).click();
  await status(page, "Nightly", "Revoked");
  await page.getByRole("link", { name: "Hourly" }).click();
  await page.getByRole("heading", { name: "Hourly" }).waitFor();
  assert.match(page.url(), new RegExp(`^${server().url}/deployment/keys/apk_`));
});

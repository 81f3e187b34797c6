// @ts-check
// What people do every day, from end to end, the same in every browser. What only one view does is proven in its own
// test, in Chromium.
import assert from "node:assert/strict";
import { after, test as define } from "node:test";
import { newKey, startProvider, token } from "../../http/provider.mjs";
import { skipped } from "../browsers/launch.mjs";
import { world } from "../support.mjs";

/** @typedef {import("../support.mjs").Page} Page */
/** @typedef {import("node:test").TestContext} TestContext */

/** What things are called in the dashboard. */
const NAMED = {
  createKey: "Create key",
  search: "Search by title or key",
  filters: /^Filters/,
  next: "Next",
  previous: "Previous",
  signOut: "Sign out",
  changeRole: /^(?:Change role|Save)$/,
  stored: /^(?:I have stored it|Close without copying)$/,
};
const GLOBEX = "/organizations/globex";
const ACME = "/organizations/acme";
/** Where the table of keys is widest, where it begins to be a table, and where it is cards. */
const WIDTHS = [1280, 960, 768, 390];

/** @param {Page} page @param {string} name */
const button = (page, name) => page.getByRole("button", { name, exact: true });
/** @param {Page} page @param {string} name */
const link = (page, name) => page.getByRole("link", { name, exact: true });
/** @param {Page} page @param {string} name */
const tab = (page, name) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });
/** @param {Page} page @param {string} name */
const heading = (page, name) => page.getByRole("heading", { name, exact: true }).first().waitFor();
/** Waits for an address, without its origin. @param {Page} page @param {RegExp} wanted */
const address = (page, wanted) =>
  page.waitForFunction(
    (source) => new RegExp(source).test(location.pathname + location.search),
    wanted.source,
  );
/** Waits until a view that was opened has loaded and has the focus: until then it closes menus. @param {Page} page */
const arrived = (page) =>
  page.waitForFunction(
    () => document.activeElement?.localName === "h1" && !document.querySelector(".bone, [aria-busy=true]"),
  );
/** Waits for a finished list. @param {Page} page @param {string} says where in the list this is */
async function listed(page, says) {
  await page.locator(".pages").getByText(says).waitFor();
  await page.waitForFunction(() => !document.querySelector(".bone, [aria-busy=true]"));
}
/** @param {Page} page */
const titles = (page) => page.locator("tbody .title").allTextContents();

/** Opens a menu. @param {Page} page @param {string} name */
const menu = (page, name) => page.locator("summary", { hasText: name }).click();

/** Closes the dialog that shows a secret, as somebody who has it. @param {Page} page */
async function store(page) {
  await page.getByRole("dialog").getByRole("button", { name: NAMED.stored }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** @param {import("../browsers/launch.mjs").BrowserName} browser */
export function journeys(browser) {
  const skip = skipped(browser);
  if (skip) return define(`journeys in ${browser}`, { skip }, () => {});

  const signer = newKey("RS256");
  const identity = startProvider([signer]);
  after(async () => (await identity).stop());
  const { root, key, open, signIn, server } = world({
    on: browser,
    options: identity.then((provider) => ({ bindings: provider.bindings })),
    async furnish(root) {
      /** @param {object} fields */
      const make = (fields) => root("POST", `/v1${GLOBEX}/keys`, { type: "secret", ...fields });
      await make({ title: "Storefront", type: "publishable" });
      for (let n = 1; n <= 24; n++) await make({ title: `Worker ${String(n).padStart(2, "0")}` });
      await root("PUT", "/v1/organizations/globex/members/ada", { role: "owner" });
    },
  });
  /** @param {string} name @param {(t: TestContext) => Promise<void>} body */
  const test = (name, body) => define(`${browser}: ${name}`, body);

  /** A page on which Ada is signed in. @param {TestContext} t @param {string} [where] @param {number} [width] */
  async function ada(t, where, width = 1280) {
    const page = await open(t, { viewport: { width, height: 860 } });
    await signIn(page, token(signer, (await identity).claims({ sub: "ada" })), where);
    return page;
  }

  test("somebody signs in, opens a page again, and signs out", async (t) => {
    const page = await ada(t);
    await page.reload();
    await arrived(page);
    await menu(page, "Account");
    await button(page, NAMED.signOut).click();
    await button(page, "Sign in").waitFor();
    await page.goto(`${ACME}/keys`);
    await button(page, "Sign in").waitFor();
    assert.equal(await page.getByRole("table").count(), 0);
  });

  test("a key is created, and its secret is shown once", async (t) => {
    const page = await ada(t, `${ACME}/keys`);
    await page.getByRole("button", { name: NAMED.createKey }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title", { exact: true }).fill("CI deploys");
    await dialog.getByRole("button", { name: NAMED.createKey }).click();
    await dialog.getByRole("button", { name: /^Reveal/ }).click();
    const secret = await page.locator("#secret").textContent();
    assert.match(secret ?? "", /^kw_sk_test_1[0-9A-Za-z]{57}$/);
    assert.equal((await root("POST", "/v1/verify", { key: secret })).valid, true);
    await store(page);
    await heading(page, "CI deploys");
    await tab(page, "Keys").click();
    await link(page, "CI deploys").waitFor();
    const everything = await page.evaluate(() => document.documentElement.outerHTML + location.href);
    assert.ok(!everything.includes(secret ?? ""));
  });

  test("keys are searched, filtered, sorted and paged, and Back and Forward follow", async (t) => {
    const page = await ada(t, `${GLOBEX}/keys`);
    await listed(page, "1–20 of 25");
    await page.getByRole("link", { name: NAMED.next }).click();
    await listed(page, "21–25 of 25");
    await page.getByRole("link", { name: NAMED.previous }).click();
    await listed(page, "1–20 of 25");
    await page.goBack();
    await listed(page, "21–25 of 25");
    await page.goForward();
    await listed(page, "1–20 of 25");

    const header = page.getByRole("columnheader", { name: "Key" });
    await header.getByRole("link").click();
    await page.locator("th[aria-sort=ascending]", { hasText: "Key" }).waitFor();
    await listed(page, "1–20 of 25");
    assert.equal((await titles(page))[0], "Storefront");

    await page.getByLabel(NAMED.search).fill("worker 1");
    await listed(page, "1–10 of 10");
    await address(page, /q=worker/);
    await page.getByLabel(NAMED.search).fill("");
    await listed(page, "1–20 of 25");
    await page.getByLabel("Type", { exact: true }).selectOption("publishable");
    await listed(page, "1–1 of 1");
    assert.deepEqual(await titles(page), ["Storefront"]);
    await page.reload();
    await listed(page, "1–1 of 1");
  });

  test("a key is opened by its row, edited, rolled, revoked and deleted", async (t) => {
    const made = await key({ title: "Before" });
    const page = await ada(t, `${ACME}/keys`);
    await link(page, "Before").click();
    await address(page, new RegExp(`/keys/${made.id}$`));
    await button(page, "Edit").click();
    await page.getByRole("dialog").getByLabel("Title", { exact: true }).fill("After");
    await page.getByRole("dialog").getByRole("button", { name: /^Save/ }).click();
    await heading(page, "After");

    await button(page, "Roll").click();
    await button(page, "Roll key").click();
    await store(page);
    await page
      .getByText(/^(?:Rolled from|Replaces)$/)
      .first()
      .waitFor();
    await page.goBack();
    await page.getByText("Replaced by", { exact: true }).first().waitFor();

    await page.getByRole("button", { name: /^Revoke (?:key|sooner)$|^Revoke$/ }).click();
    await page.getByRole("dialog").getByLabel("Reason").fill("Found in a log");
    await button(page, "Revoke now").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.locator(".head").getByText("Revoked").waitFor();
    assert.equal((await root("GET", `/v1${ACME}/keys/${made.id}`)).status, "revoked");

    await page.getByRole("button", { name: /^Delete(?: key)?$/ }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Delete/ })
      .click();
    await address(page, /^\/organizations\/acme\/keys$/);
    await tab(page, "Activity").click();
    await page.getByText("deleted “After”").first().waitFor();
  });

  test("somebody is invited, and a member gets another role and is removed", async (t) => {
    const page = await ada(t, `${ACME}/members`);
    await page.getByRole("row", { name: "linus" }).waitFor();
    await button(page, "Invite member").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("User ID").fill("hopper");
    await dialog.getByRole("button", { name: "Invite" }).click();
    await page.getByText("Invited hopper.").first().waitFor();
    await page
      .getByRole("table", { name: "Pending invitations" })
      .getByRole("row", { name: "hopper" })
      .waitFor();

    await page.getByRole("button", { name: "Change role of linus" }).click();
    await dialog.getByLabel("Admin").check();
    await dialog.getByRole("button", { name: NAMED.changeRole }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("row", { name: "linus" }).getByText("Admin").waitFor();
    await page.getByRole("button", { name: "Remove linus" }).click();
    await dialog.getByRole("button", { name: /^Remove/ }).click();
    await page.getByRole("button", { name: "Remove linus" }).waitFor({ state: "detached" });
    const { members } = await root("GET", `/v1${ACME}/members`);
    assert.deepEqual(members.map((/** @type {any} */ { user }) => user).sort(), ["ada", "grace"]);
  });

  test("another organization is chosen", async (t) => {
    const page = await ada(t, `${ACME}/keys`);
    await arrived(page);
    await menu(page, "Acme Robotics");
    await page.locator("header details[open]").getByRole("link", { name: "Globex" }).click();
    await address(page, /^\/organizations\/globex\/keys$/);
    await listed(page, "1–20 of 25");
  });

  test("a key is checked by the server", async (t) => {
    const made = await key({ title: "Checked" });
    const page = await open(t);
    await signIn(page, server().rootKey, "/check");
    await page.getByLabel("Key", { exact: true }).fill(made.token);
    await page.getByText("Well-formed.").waitFor();
    await page.getByRole("button", { name: /^(?:Ask the server|Check key)$/ }).click();
    await page.getByRole("link", { name: "Checked" }).click();
    await heading(page, "Checked");
  });

  test("what lies outside of the rows of the list leads where it says", async (t) => {
    const page = await ada(t, `${GLOBEX}/keys`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 860 });
      await listed(page, "1–20 of 25");
      await page.getByRole("button", { name: NAMED.createKey }).first().click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await menu(page, "Account");
      await button(page, NAMED.signOut).waitFor();
      await menu(page, "Account");
      await page.getByLabel(NAMED.search).click();
      await page.getByRole("link", { name: NAMED.next }).click();
      await listed(page, "21–25 of 25");
      await page.getByRole("link", { name: NAMED.previous }).click();
      await listed(page, "1–20 of 25");
      for (const [name, where] of [
        ["Members", /\/globex\/members$/],
        ["Activity", /\/globex\/activity$/],
        ["Check a key", /^\/check$/],
        ["Keys", /\/globex\/keys$/],
      ]) {
        await tab(page, /** @type {string} */ (name)).click();
        await address(page, /** @type {RegExp} */ (where));
      }
      await listed(page, "1–20 of 25");
      const [first] = await titles(page);
      await link(page, first ?? "").click();
      await heading(page, first ?? "");
      await page.goBack();
    }
  });

  test("a dialog is used with the keyboard alone, and returns the focus", async (t) => {
    const page = await ada(t, `${GLOBEX}/keys`);
    await listed(page, "1–20 of 25");
    await button(page, NAMED.createKey).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.waitForFunction(() => document.activeElement?.closest("dialog") !== null);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction(
      (name) => document.activeElement?.textContent?.includes(name),
      NAMED.createKey,
    );
  });
}

// @ts-check
// Every view and dialog in light and dark, at three widths, in a browser.
import assert from "node:assert/strict";
import { after, test as define } from "node:test";
import { eventually } from "../../http/client.mjs";
import { newKey, startProvider, token } from "../../http/provider.mjs";
import { skipped } from "../browsers/launch.mjs";
import { ndjson, rowOf } from "../imported.mjs";
import { showcase } from "../showcase.mjs";
import { world } from "../support.mjs";
import { AXE, audit } from "./audit.mjs";

/** @typedef {import("../support.mjs").Page} Page */
/** @typedef {import("node:test").TestContext} TestContext */

const KEYS = "/organizations/acme/keys";

/** Many views in one test take long on a slow machine. */
const PATIENCE = 600_000;

/** A finished view. @param {Page} page @param {string | RegExp} heading */
async function ready(page, heading) {
  await page
    .getByRole("heading", { name: heading, exact: typeof heading === "string" })
    .first()
    .waitFor();
  await page.waitForFunction(() => !document.querySelector(".bone, [aria-busy=true]"));
}

/** Goes to another view, as a link does. @param {Page} page @param {string} address */
const visit = (page, address) =>
  page.evaluate((to) => {
    history.pushState(null, "", to);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);

/** Chooses a file with a text. @param {Page} page @param {string} text */
async function choose(page, text) {
  await page.locator("input[type=file]").waitFor();
  await page.evaluate((content) => {
    const input = /** @type {HTMLInputElement} */ (document.querySelector("input[type=file]"));
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "keys-of-the-former-system.ndjson"));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, text);
}

/** From now on the server doesn’t answer, or can’t be reached. @param {Page} page @param {"waits" | "fails"} how */
const cutOff = (page, how) =>
  page.evaluate((what) => {
    globalThis.fetch = () =>
      what === "waits" ? new Promise(() => {}) : Promise.reject(new TypeError("There is no network."));
  }, how);

/** @param {import("../browsers/launch.mjs").BrowserName} browser */
export function looks(browser) {
  const skip = skipped(browser);
  if (skip) return define(`looks in ${browser}`, { skip }, () => {});

  /** @type {Record<string, string>} */
  const ids = {};
  const signer = newKey("RS256");
  const identity = startProvider([signer]);
  after(async () => (await identity).stop());
  const { root, key, personal, open, signIn, server } = world({
    on: browser,
    options: identity.then((provider) => ({ bindings: provider.bindings })),
    furnish: async (root) => {
      await showcase(root, ids);
      await root("POST", "/v1/organizations/acme/import", [
        rowOf(1, { redacted: "shop_0***xx", scopes: ["orders:read"] }),
      ]);
      const { keys } = await root("GET", "/v1/organizations/acme/keys?foreign=true");
      ids["Shop 1"] = keys[0].id;
    },
  });

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    /**
     * A test whose `check` goes on after a fault, so that all of them are told at once.
     * @param {string} name
     * @param {(t: TestContext, check: (page: Page, view: string, covered?: string[]) => Promise<void>) => Promise<void>} body
     */
    const test = (name, body) =>
      define(`${name} in ${browser}, ${colorScheme}`, { timeout: PATIENCE }, async (t) => {
        /** @type {string[]} */
        const wrong = [];
        t.after(() => assert.deepEqual(wrong, []));
        await body(t, async (page, view, covered) => {
          wrong.push(...(await audit(page, `${browser}-${colorScheme}-${view}`, covered)));
        });
      });

    /** A page that axe can look at. @param {TestContext} t */
    async function opened(t) {
      const page = await open(t, { colorScheme });
      await page.addInitScript({ content: AXE });
      return page;
    }
    /** A page on which a person is signed in. @param {TestContext} t @param {string} user @param {string} [address] */
    async function as(t, user, address) {
      const page = await opened(t);
      await signIn(page, token(signer, (await identity).claims({ sub: user })), address);
      return page;
    }
    /** A page on which the operator is signed in. @param {TestContext} t @param {string} [address] */
    async function asRoot(t, address) {
      const page = await opened(t);
      await signIn(page, server().rootKey, address);
      return page;
    }

    test("signing in", async (t, check) => {
      const page = await opened(t);
      await page.goto("/");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
      assert.equal(isDark, colorScheme === "dark");
      await check(page, "sign-in");
      await page.getByLabel("Key", { exact: true }).fill("kw_sk_test_1abc");
      await page.getByText("The end is missing").first().waitFor();
      await check(page, "sign-in-mistyped");
    });

    test("pages", async (t, check) => {
      const page = await as(t, "ada", KEYS);
      for (const [view, address, heading] of /** @type {[string, string, string | RegExp][]} */ ([
        ["list", KEYS, "Keys"],
        ["list-no-match", `${KEYS}?q=nothing+like+it&created=custom`, "No matching keys"],
        ["list-empty", "/organizations/globex/keys", /^(?:Create your first key|Get started)/],
        ["list-personal", "/users/ada/keys", "Personal keys"],
        ["key", `${KEYS}/${ids["CI deploys"]}`, "CI deploys"],
        ["key-retiring", `${KEYS}/${ids["Warehouse sync"]}`, "Warehouse sync"],
        ["key-revoked", `${KEYS}/${ids["Partner export"]}`, "Partner export"],
        ["key-publishable", `${KEYS}/${ids.Storefront}`, "Storefront"],
        ["key-foreign", `${KEYS}/${ids["Shop 1"]}`, "Shop 1"],
        ["key-missing", `${KEYS}/apk_01ARZ3NDEKTSV4RRFFQ69G5FAV`, "Key not found"],
        ["members", "/organizations/acme/members", "Members"],
        ["activity", "/organizations/acme/activity", "Activity"],
        ["settings", "/organizations/acme/settings", "Settings"],
        ["sessions", "/users/ada/sessions", "Sessions"],
        ["check", "/check", "Check a key"],
        ["home", "/", "Organizations"],
        ["lost", "/nowhere", "Page not found"],
      ])) {
        await visit(page, address);
        await ready(page, heading);
        await check(page, view);
      }
    });

    test("menus", async (t, check) => {
      const page = await as(t, "ada", KEYS);
      await ready(page, "Keys");
      for (const [view, menu] of /** @type {const} */ ([
        ["switcher", page.locator("header summary").first()],
        ["account", page.locator("header summary").last()],
      ])) {
        await menu.click();
        await page.locator("header details[open] a").first().waitFor();
        await check(page, view, [".tabs", "main"]);
        await page.keyboard.press("Escape");
        await page.locator("header details[open]").waitFor({ state: "detached" });
      }
    });

    test("waiting for an answer, and no network", async (t, check) => {
      const page = await as(t, "ada", "/check");
      await ready(page, "Check a key");
      await cutOff(page, "waits");
      await visit(page, KEYS);
      await page.locator(".bone").first().waitFor();
      await check(page, "list-loading");
      await visit(page, "/check");
      await ready(page, "Check a key");
      await cutOff(page, "fails");
      await visit(page, KEYS);
      await page
        .getByText(/Can’t reach/)
        .first()
        .waitFor();
      await check(page, "list-error");
    });

    test("invitations, a rolled key and a mistyped search", async (t, check) => {
      const user = `ida-${colorScheme}`;
      const invite = (/** @type {string} */ organization, /** @type {object} */ body) =>
        root("POST", `/v1/organizations/${organization}/invitations`, body);
      await invite("acme", { user, role: "admin" });
      await invite("globex", { user, role: "member" });
      await invite("acme", { user: `${user}~40a-long-name~2Eexample~2Ecom`, role: "member" });
      await eventually(
        () => root("GET", `/v1/users/${user}/invitations`),
        ({ count }) => count === 2,
      );
      const guest = await as(t, user);
      await guest.getByText("You’re invited to 2 organizations.").waitFor();
      await ready(guest, "Personal keys");
      await check(guest, "invited");
      await guest.getByRole("link", { name: "View invitations" }).click();
      await guest.getByRole("button", { name: "Accept" }).first().waitFor();
      await check(guest, "invitations");

      const page = await as(t, "ada", "/organizations/acme/members");
      await ready(page, "Pending invitations");
      await check(page, "members-invited");
      const { id, token: text } = await key({ title: "Rolled", metadata: { team: "blue" } });
      await root("POST", `/v1${KEYS}/${id}/roll`, {});
      await visit(page, `${KEYS}/${id}`);
      await page.getByText("Replaced by").waitFor();
      await ready(page, "Rolled");
      await check(page, "key-rolled");
      await visit(page, KEYS);
      await ready(page, "Keys");
      const wrong = text.slice(0, -1) + (text.at(-1) === "0" ? "1" : "0");
      await page.getByLabel("Search by title or key").fill(wrong);
      await page.getByText("A character is wrong").waitFor();
      await check(page, "list-mistyped");
    });

    test("dialogs of keys", async (t, check) => {
      const page = await as(t, "ada", KEYS);
      const dialog = page.getByRole("dialog");
      await page.getByRole("button", { name: "Create key" }).first().click();
      await dialog.waitFor();
      await check(page, "create");
      await dialog.getByRole("button", { name: "Create key" }).click();
      await page.locator("#title-error").waitFor();
      await check(page, "create-refused");
      await page.getByLabel("Title", { exact: true }).fill(`Pictured ${colorScheme}`);
      await dialog.getByRole("button", { name: "Create key" }).click();
      await page.locator("#secret").waitFor();
      await check(page, "secret");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Close without copying" }).waitFor();
      await check(page, "secret-leaving");
      await page.getByRole("button", { name: "Close without copying" }).click();
      await ready(page, `Pictured ${colorScheme}`);
      for (const name of [/^Edit$/, /^Roll$/, /^Revoke(?: key)?$/, /^(?:Revoke and d|D)elete/]) {
        await page.getByRole("button", { name }).last().click();
        await dialog.waitFor();
        await check(page, String(name).replace(/\W+/g, "-").toLowerCase());
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      }
    });

    test("importing, exporting, and sales channels", async (t, check) => {
      const page = await as(t, "ada", "/organizations/acme/settings");
      await ready(page, "Settings");
      const dialog = page.getByRole("dialog");
      const send = (/** @type {RegExp} */ name) => dialog.getByRole("button", { name }).click();
      await page.getByRole("button", { name: "Export…" }).click();
      await dialog.waitFor();
      await check(page, "export");
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });

      await page.getByRole("button", { name: "Import…" }).click();
      await dialog.locator("summary").click();
      await check(page, "import");
      await choose(page, "no rows");
      await dialog.getByText("neither NDJSON").waitFor();
      await check(page, "import-refused");
      const wrong = Array.from({ length: 30 }, (_, n) => ({ ...rowOf(n), scopes: ["Not A Scope"] }));
      await choose(page, ndjson([rowOf(colorScheme), rowOf(1, { redacted: "shop_0***xx" }), ...wrong]));
      await dialog.getByText("1 key can be imported.").waitFor();
      await check(page, "import-checked");
      await send(/^Import 1 key$/);
      await dialog.getByText("Imported 1 key.").waitFor();
      await check(page, "import-done");
      await send(/^Done$/);
      await dialog.waitFor({ state: "detached" });

      await page.getByRole("button", { name: "Import…" }).click();
      await choose(page, ndjson([rowOf(`${colorScheme}, unfinished`)]));
      await dialog.getByText("1 key can be imported.").waitFor();
      await cutOff(page, "waits");
      await send(/^Import 1 key$/);
      await dialog.locator("progress").waitFor();
      await check(page, "import-running");

      const shop = await as(t, "ada", `${KEYS}/${ids.Storefront}`);
      await ready(shop, "Sales channels");
      const adding = shop.getByRole("button", { name: "Add sales channel" });
      const channel = shop.getByRole("dialog");
      for (const name of [
        `Online store, ${colorScheme}`,
        `Wholesale for partners in Rindfleischetikettierungsüberwachungsaufgabenland, ${colorScheme}`,
      ]) {
        await adding.click();
        await channel.waitFor();
        if ((await channel.locator("#name").count()) === 0)
          await channel.getByLabel("Sales channel").selectOption("new");
        await check(shop, "links-add-new");
        await channel.getByLabel("Name").fill(name);
        await channel.getByRole("button", { name: "Create and add" }).click();
        await channel.waitFor({ state: "detached" });
        await shop.getByText(name).first().waitFor();
      }
      await check(shop, "links");
      await shop.getByRole("button", { name: `Remove Online store, ${colorScheme}` }).click();
      await shop.getByText(`Removed “Online store, ${colorScheme}”.`).waitFor();
      await adding.click();
      await channel.waitFor();
      await check(shop, "links-add");
      await channel.getByRole("button", { name: "Cancel" }).click();
      await cutOff(shop, "fails");
      await shop.getByRole("button", { name: new RegExp(`^Remove Wholesale.*${colorScheme}$`) }).click();
      await shop.getByText("Can’t reach the server").first().waitFor();
      await check(shop, "links-error");
    });

    test("how old an answer may be", async (t, check) => {
      const page = await as(t, "ada", "/organizations/acme/settings");
      // Not by its role: Firefox does not survive that axe asks for styles after Playwright has named every region.
      const ages = page.locator("[aria-labelledby=ages]");
      await ages.getByLabel("How old an answer may be, in seconds").fill("86401");
      await ages.getByLabel("If a ledger can’t be reached, in seconds").fill("86400");
      await ages.getByText("answers that are up to 24 hours old.").waitFor();
      await ages.getByRole("button", { name: "Save ages" }).click();
      await page.locator("#max_staleness_seconds-error").waitFor();
      await check(page, "settings-ages-refused");
      const reader = await as(t, "linus", "/organizations/acme/settings");
      await reader.locator("[aria-labelledby=ages]").waitFor();
      await check(reader, "settings-ages");

      const { id, token: text } = await key({ title: `Taken away, ${colorScheme}` });
      await visit(page, `${KEYS}/${id}`);
      await page.getByRole("button", { name: "Revoke key" }).click();
      await page.getByRole("button", { name: "Revoke now" }).click();
      await page.getByText("No later than").waitFor();
      await check(page, "key-revoked-by");
      await visit(page, "/check");
      await page.getByLabel("Key", { exact: true }).fill(text);
      await page.getByLabel("How old the answer may be").selectOption("0 seconds");
      await page.getByRole("button", { name: "Ask the server" }).click();
      await page.getByText("The ledger was asked").waitFor();
      await check(page, "check-revoked");
    });

    test("the operator’s views", async (t, check) => {
      const page = await asRoot(t, "/");
      await ready(page, /^Organizations/);
      await check(page, "operator-home");
      const dialog = page.getByRole("dialog");
      await page.getByRole("button", { name: "Create organization", exact: true }).click();
      await check(page, "create-organization");
      await page.keyboard.press("Escape");
      for (const [view, address, heading] of [
        ["operator-keys", "/deployment/keys", "Operator keys"],
        ["operator-sessions", "/deployment/sessions", "Sessions"],
        ["organization-missing", "/organizations/nowhere/keys", "Organization not found"],
        ["members-managed", "/organizations/acme/members", "Members"],
      ]) {
        await visit(page, address ?? "");
        await ready(page, heading ?? "");
        await check(page, view ?? "");
      }
      await page.getByRole("row", { name: "linus" }).waitFor();
      for (const [view, button] of [
        ["member-add", "Add member"],
        ["member-role", "Change role of linus"],
        ["member-remove", "Remove linus"],
      ]) {
        await page.getByRole("button", { name: button ?? "" }).click();
        await dialog.waitFor();
        await check(page, view ?? "");
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      }
      await visit(page, "/check");
      await ready(page, "Check a key");
      await page.getByLabel("Key", { exact: true }).fill((await personal("ada")).token);
      await page.getByRole("button", { name: /^(?:Ask the server|Check key)$/ }).click();
      await page
        .getByText(/accepts this key|is valid/)
        .first()
        .waitFor();
      await check(page, "check-valid");
    });

    test("how long a revoked key may be accepted", async (t, check) => {
      const page = await asRoot(t, "/check");
      await page.getByText("Take an older answer").click();
      await page.getByText("How long a revoked key may be accepted").click();
      await page.locator("img[src='/bound.svg']").waitFor();
      await check(page, "check-picture");
    });
  }
}

// @ts-check
// The operator's journeys: every organization, any user, the deployment's own pages, and what isn't there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pressUntil, world } from "./support.mjs";

/** Organizations beside acme and globex: more than a page of the list holds. */
const TENANTS = 21;

const { root, key, personal, open, signIn, asAda, asRoot, server } = world({
  furnish: async (root) => {
    for (let number = 1; number <= TENANTS; number++)
      await root("POST", "/v1/organizations", { id: `tenant-${number}`, name: `Tenant ${number}` });
    // The deployment's ledger is told of each by its own, a moment later.
    while ((await root("GET", "/v1/organizations?limit=1")).count < TENANTS + 2);
  },
});

/** @typedef {import("./support.mjs").Page} Page */

/** @param {Page} page @param {string} name */
const row = (page, name) => page.getByRole("table", { name: "Organizations" }).getByRole("row", { name });
/** @param {Page} page */
const search = (page) => page.getByRole("searchbox", { name: "Search by name or ID" });
/** @param {Page} page */
const switcher = (page) => page.locator(".switcher");
/** @param {Page} page */
const tabs = (page) => page.getByRole("navigation", { name: "Sections" }).getByRole("link").allTextContents();

/** Opens the list of owners. @param {Page} page */
async function openSwitcher(page) {
  await switcher(page).locator("summary").click();
  const field = switcher(page).getByRole("searchbox", { name: "Find an organization" });
  await field.waitFor();
  return field;
}

test("the operator's home lists the organizations in pages, with their members and keys", async (t) => {
  await key({ title: "Counted" });
  const { count } = await root("GET", "/v1/organizations/acme/keys");
  const page = await asRoot(t);
  const cells = row(page, "Acme Robotics").getByRole("cell");
  await cells.getByRole("link", { name: count === 1 ? "1 key" : `${count} keys`, exact: true }).waitFor();
  await cells.getByRole("link", { name: "3 members", exact: true }).waitFor();
  await cells.getByText("by Root key").waitFor();
  await page
    .getByText(`${TENANTS + 2} organizations`)
    .first()
    .waitFor();
  assert.deepEqual(await tabs(page), ["Organizations", "Check a key"]);
  await page.getByRole("link", { name: "Next" }).click();
  await page.waitForURL("**/?page=2");
  await row(page, "Acme Robotics").waitFor({ state: "detached" });
  assert.equal(await page.locator("tbody tr").count(), TENANTS + 2 - 20);
  assert.equal(await page.evaluate(() => scrollY), 0);
  await page.goto("/?page=99");
  await page.waitForURL("**/?page=2");
  await page.goBack();
  await page.goto("/");
  await cells.getByRole("link", { name: "3 members" }).click();
  await page.waitForURL("**/organizations/acme/members");
});

test("members and keys are counted once the list is there, at most four at a time, and no longer than it is", async (t) => {
  const page = await asRoot(t, "/organizations/acme/keys");
  /** @type {(() => void)[]} */
  const waiting = [];
  let most = 0;
  await page.route(/\/(?:members|keys)\?limit=1$/, async (route) => {
    await new Promise((resolve) => {
      waiting.push(() => resolve(undefined));
      most = Math.max(most, waiting.length);
    });
    await route.continue().catch(() => {});
  });
  const asked = [];
  page.on("request", (request) => request.url().endsWith("?limit=1") && asked.push(request.url()));
  await page.locator(".brand").click();
  await row(page, "Acme Robotics").waitFor();
  while (waiting.length < 4) await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.equal(most, 4);
  await row(page, "Acme Robotics").getByRole("link", { name: "Acme Robotics" }).click();
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  const before = asked.length;
  for (const release of waiting.splice(0)) release();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual([before, asked.length], [4, 4]);
});

test("whoever looks at the list again soon causes no other counts", async (t) => {
  const page = await asRoot(t);
  await page.waitForFunction(() => document.querySelector("tbody tr") && !document.querySelector(".bone"));
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const listed = page.waitForResponse("**/v1/organizations?*");
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await (await listed).finished();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(
    asked.filter((path) => /\/(?:members|keys)$/.test(path)),
    [],
  );
});

test("a count that is refused is a dash, and the others are shown", async (t) => {
  const page = await open(t);
  await page.route("**/v1/organizations/globex/keys?limit=1", (route) =>
    route.fulfill({ status: 403, json: { code: "auth.forbidden", title: "No", status: 403 } }),
  );
  await signIn(page, server().rootKey);
  await row(page, "Globex").getByText("—").waitFor();
  await row(page, "Globex").getByRole("link", { name: "1 member", exact: true }).waitFor();
});

test("organizations are searched for by name and id, and the address says so", async (t) => {
  const page = await asRoot(t);
  await search(page).fill("glob");
  await page.waitForURL("**/?q=glob");
  await page.getByText("1 organization found").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.goBack();
  await row(page, "Acme Robotics").waitFor();
  assert.equal(await search(page).inputValue(), "");
  await page.goto("/?q=nothing-like-it");
  await page.getByRole("heading", { name: "No matching organizations" }).waitFor();
  assert.equal(await search(page).inputValue(), "nothing-like-it");
  await page.getByRole("link", { name: "Clear search" }).click();
  await row(page, "Acme Robotics").waitFor();
});

test("a key that is pasted among the organizations is opened, and gets into no address", async (t) => {
  const { token } = await key({ title: "Stray" });
  for (const field of [
    async (/** @type {Page} */ page) => search(page),
    (/** @type {Page} */ page) => openSwitcher(page),
  ]) {
    const page = await asRoot(t);
    /** @type {string[]} */
    const seen = [];
    page.on("request", (request) => seen.push(request.url()));
    page.on("framenavigated", (frame) => seen.push(frame.url()));
    await (await field(page)).fill(token);
    await page.getByRole("heading", { name: "Stray" }).waitFor();
    assert.deepEqual(
      seen.filter((url) => url.includes(token.slice(12, 40))),
      [],
    );
  }
  const page = await asRoot(t, `/?q=${token}`);
  await page.getByText("There was a key in this page’s address.").waitFor();
  assert.equal(new URL(page.url()).search, "");
});

test("a user is opened by id, which no key can be", async (t) => {
  const page = await asRoot(t);
  const field = page.getByLabel("User ID");
  await page.getByRole("button", { name: "Open user" }).click();
  await page.locator("#user-id-error").getByText("Enter a user ID.").waitFor();
  await field.fill((await key()).token);
  await page.getByRole("button", { name: "Open user" }).click();
  await page.locator("#user-id-error").getByText("This looks like a key").waitFor();
  await field.fill("auth0|ada");
  await page.getByRole("button", { name: "Open user" }).click();
  await page.waitForURL("**/users/auth0~7Cada/keys");
  await page.getByRole("heading", { name: "Personal keys" }).waitFor();
});

test("the switcher finds an organization of the deployment, by keyboard alone", async (t) => {
  const page = await asRoot(t, "/organizations/acme/keys");
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  const summary = switcher(page).locator("summary");
  await pressUntil(page, summary);
  await page.keyboard.press("Enter");
  const field = switcher(page).getByRole("searchbox");
  await page.waitForFunction(() => document.activeElement?.matches(".switcher input"));
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "hidden" });
  assert.ok(await summary.evaluate((element) => element === document.activeElement));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches(".switcher input"));
  await page.keyboard.type("glob");
  await switcher(page).getByText("1 match", { exact: true }).waitFor({ state: "attached" });
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Globex"));
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.activeElement?.matches(".switcher input"));
  await page.keyboard.press("Enter");
  await page.waitForURL("**/organizations/globex/keys");
  await field.waitFor({ state: "hidden" });
  await summary.getByText("Globex").waitFor();
});

test("the switcher names what was looked at last, and forgets it with the session", async (t) => {
  const page = await asRoot(t, "/organizations/globex/keys");
  const recent = switcher(page).getByRole("list", { name: "Recent" }).getByRole("link");
  for (const [id, heading] of [
    ["tenant-1", "Create your first key"],
    ["tenant-2", "Create your first key"],
    ["nowhere", "Organization not found"],
    ["tenant-3", "Create your first key"],
    ["tenant-4", "Create your first key"],
    ["tenant-5", "Create your first key"],
  ]) {
    await page.goto(`/organizations/${id}/keys`);
    await page.getByRole("heading", { name: heading }).first().waitFor();
    if (id !== "nowhere") await switcher(page).locator("summary").getByText("Tenant").waitFor();
  }
  await openSwitcher(page);
  assert.deepEqual(
    (await recent.allTextContents()).map((text) => text.replace(/tenant-\d/, "")),
    ["Tenant 5", "Tenant 4", "Tenant 3", "Tenant 2", "Tenant 1"],
  );
  assert.equal(await recent.first().getAttribute("aria-current"), "true");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!stored.includes("kwroot_"));
  await page.keyboard.press("Escape");
  await page.locator("summary", { hasText: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0]);
});

test("what one person has looked at is shown to no other", async (t) => {
  const page = await asRoot(t, "/organizations/tenant-7/keys");
  await switcher(page).locator("summary").getByText("Tenant 7").waitFor();
  // The session ends without anybody signing out.
  await page.context().clearCookies();
  await signIn(page, (await personal("ada")).token, "/organizations/acme/keys");
  await switcher(page).locator("summary").click();
  await switcher(page).getByRole("link", { name: "Globex" }).waitFor();
  assert.equal(await switcher(page).getByText("Tenant 7").count(), 0);
});

test("the operator's keys, activity and sessions have pages", async (t) => {
  const { id } = await root("POST", "/v1/deployment/keys", {
    type: "secret",
    title: "Nightly job",
    scopes: ["keys:read"],
  });
  const page = await asRoot(t);
  await openSwitcher(page);
  await switcher(page).getByRole("link", { name: "Operator" }).click();
  await page.waitForURL("**/deployment/keys");
  await page.getByRole("heading", { name: "Operator keys" }).waitFor();
  await switcher(page).locator("summary").getByText("Operator", { exact: true }).waitFor();
  assert.deepEqual(await tabs(page), ["Keys", "Activity", "Sessions", "Check a key"]);
  await page.getByRole("link", { name: "Nightly job" }).click();
  await page.waitForURL(`**/deployment/keys/${id}`);
  await page.getByRole("heading", { name: "Nightly job" }).waitFor();
  await page.getByRole("link", { name: "Activity", exact: true }).click();
  await page.waitForURL("**/deployment/activity");
  await page.locator(".trail").getByText("Nightly job").first().waitFor();
  await page.getByRole("link", { name: "Sessions", exact: true }).click();
  await page.waitForURL("**/deployment/sessions");
  await page.getByText("with a root key").waitFor();
});

test("a page of the deployment is none for people", async (t) => {
  const page = await asAda(t);
  for (const section of ["keys", "activity", "sessions"]) {
    await page.goto(`/deployment/${section}`);
    await page.getByRole("heading", { name: "Page not found" }).first().waitFor();
    assert.deepEqual(await tabs(page), ["Organizations", "Check a key"]);
  }
});

test("an organization that isn't there, and one that may not be seen, look the same: neither has pages", async (t) => {
  await root("POST", "/v1/organizations", { id: "hidden", name: "Hidden" });
  const page = await asAda(t);
  /** @param {string} address */
  const shown = async (address) => {
    await page.goto(address);
    await page
      .getByRole("heading", { name: /not found$/ })
      .first()
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0, address);
    assert.equal(await page.getByRole("search").count(), 0, address);
    assert.deepEqual(await tabs(page), ["Organizations", "Check a key"], address);
    return (await page.locator("#main").textContent()) + (await page.title());
  };
  for (const section of ["keys", "members", "activity", "settings", "keys/apk_01M8BES4J72NBFDW1DBHB98RQ4"]) {
    const seen = await shown(`/organizations/nowhere/${section}`);
    assert.match(seen, /Organization not found/);
    assert.equal(await shown(`/organizations/hidden/${section}`), seen, section);
  }
  for (const section of ["keys", "activity", "sessions"])
    assert.match(await shown(`/users/grace/${section}`), /User not found/);
  await page.getByRole("link", { name: "Go to the home page" }).click();
  await page.getByRole("heading", { name: "Organizations", exact: true }).waitFor();
});

test("of what was deleted the operator is shown the activity", async (t) => {
  await root("POST", "/v1/organizations", { id: "former", name: "Former" });
  await root("DELETE", "/v1/organizations/former");
  const page = await asRoot(t, "/organizations/former/keys");
  await page.getByRole("heading", { name: "Organization not found" }).first().waitFor();
  await page.getByRole("link", { name: "View activity" }).click();
  await page.waitForURL("**/organizations/former/activity");
  await page.locator(".trail").getByText("deleted the organization").first().waitFor();
  await page.goto("/organizations/nowhere/members");
  await page.getByRole("heading", { name: "Organization not found" }).first().waitFor();
  await page.getByRole("link", { name: "All organizations" }).first().waitFor();
  assert.equal(await page.getByRole("link", { name: "View activity" }).count(), 0);
});

test("on a small screen every section and every entry of a menu is in sight", async (t) => {
  const page = await asRoot(t, "/organizations/acme/members", { viewport: { width: 320, height: 640 } });
  await page.getByRole("row", { name: "linus" }).waitFor();
  /** @param {import("playwright-core").Locator} links */
  const inSight = async (links) => {
    for (const link of await links.all()) {
      const box = await link.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 320, (await link.textContent()) ?? "");
    }
  };
  await inSight(page.getByRole("navigation", { name: "Sections" }).getByRole("link"));
  await openSwitcher(page);
  await switcher(page).getByRole("link", { name: "Tenant" }).first().waitFor();
  await inSight(switcher(page).locator("a, button, input"));
  await page.keyboard.press("Escape");
  await page.locator("summary", { hasText: "Account" }).click();
  const entries = page.locator(".account .panel :is(a, button)");
  assert.deepEqual(await entries.allTextContents(), [
    "Operator keys",
    "Sessions",
    "Keyboard shortcuts",
    "Sign out",
  ]);
  await inSight(entries);
});

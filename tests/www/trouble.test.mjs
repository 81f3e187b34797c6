// @ts-check
// When things go wrong: the session ends, the server is down or slow, something changes elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, personal, tab, open, signIn, asAda } = world();
const LIST = "/organizations/acme/keys";

/** @param {{ id: string }} key */
const at = ({ id }) => `${LIST}/${id}`;

/** The API answers nothing, as when the server is down. @param {import("./support.mjs").Page} page */
const cut = (page) => page.route("**/v1/**", (route) => route.abort("connectionrefused"));

/**
 * Holds requests back until they are let go.
 * @param {import("./support.mjs").Page} page @param {string | RegExp} where
 * @returns {Promise<() => void>}
 */
async function hold(page, where) {
  const { promise, resolve } = Promise.withResolvers();
  await page.route(where, async (route) => {
    await promise;
    await route.continue().catch(() => {});
  });
  return () => resolve(undefined);
}

/** The page is looked at again. @param {import("./support.mjs").Page} page */
const look = (page) => page.evaluate(() => dispatchEvent(new Event("visibilitychange")));

/** A page of Ada’s whose clock the test moves. @param {import("node:test").TestContext} t @param {string} address @param {RegExp} [noise] */
async function timed(t, address, noise) {
  const page = await open(t, {}, noise);
  await page.clock.install();
  await signIn(page, (await personal("ada")).token, address);
  return page;
}

/** Lets pass what the page waits before it asks again. @param {import("./support.mjs").Page} page @param {number} [seconds] longer each time */
const wait = (page, seconds = 1) => page.clock.runFor(seconds * 1000);

test("a key revoked elsewhere is told when the page is looked at again, and when it is acted on", async (t) => {
  const made = await key({ title: "Contested" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Edit" }).click();
  await root("POST", `/v1${at(made)}/revoke`, {});
  await page.getByLabel("Your application’s scopes").fill("orders:read");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("It has expired or been revoked.").first().waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Roll" }).count(), 0);

  const other = await key({ title: "Watched" });
  await page.goto(at(other));
  await page.locator(".head .badge", { hasText: "Active" }).waitFor();
  await root("POST", `/v1${at(other)}/revoke`, {});
  await look(page);
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await page.getByRole("status").getByText("“Watched” is now revoked.").waitFor();
});

test("a key deleted elsewhere leaves a page that says so", async (t) => {
  const made = await key({ title: "Vanishing" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Revoke key" }).click();
  await root("DELETE", `/v1${at(made)}?revoke=true`);
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.getByRole("alert").getByText("This key no longer exists").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Key not found" }).waitFor();
});

test("two tabs of one browser agree without being asked", async (t) => {
  const made = await key({ title: "In two tabs" });
  const first = await asAda(t, at(made));
  const second = await tab(t, first.context());
  await second.goto(LIST);
  await second.getByRole("row", { name: "In two tabs" }).getByText("Active").waitFor();
  await first.getByRole("button", { name: "Revoke key" }).click();
  await first.getByRole("button", { name: "Revoke now" }).click();
  await second.getByRole("row", { name: "In two tabs" }).getByText("Revoked").waitFor();
});

test("when the session is over, the page says why, keeps the address, and goes on where it was", async (t) => {
  const page = await open(t);
  const mine = await personal("ada");
  await signIn(page, mine.token, `${LIST}?status=active`);
  const suggested = page.waitForResponse(/keys\?limit=100$/);
  await page.getByRole("button", { name: "Create key" }).click();
  await suggested;
  await root("POST", `/v1/users/ada/keys/${mine.id}/revoke`, {});
  await page.getByLabel("Title", { exact: true }).fill("Too late");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").getByText("Your session has ended.").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.ok(page.url().endsWith(`${LIST}?status=active`));
  await page.getByLabel("Key", { exact: true }).fill((await personal("ada")).token);
  await page.keyboard.press("Enter");
  await page.getByLabel("Status").waitFor();
  assert.equal(await page.getByLabel("Status").inputValue(), "active");
});

test("without the cookie the next load asks to sign in", async (t) => {
  const page = await asAda(t, LIST);
  await page.context().clearCookies();
  await page.reload();
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  assert.ok(page.url().endsWith(LIST));
});

test("when the server is down, lists and forms say so and try again", async (t) => {
  await key({ title: "Still there" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Still there" }).waitFor();
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Not lost");
  await cut(page);
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alert").getByText("Can’t reach the server").waitFor();
  assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), "Not lost");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByLabel("Status").selectOption("active");
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Still there" }).waitFor();
  await cut(page);
  await page.reload();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Still there" }).waitFor();
});

test("an answer that is no JSON is a problem like any other", async (t) => {
  const page = await asAda(t, LIST);
  await page.route("**/keys?*", (route) =>
    route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }),
  );
  await page.reload();
  await page.getByRole("heading", { name: "The server’s response couldn’t be read" }).waitFor();
});

test("while an answer is on its way there are bones, and nothing jumps", async (t) => {
  await key({ title: "Slowly" });
  const page = await asAda(t, "/check");
  const release = await hold(page, "**/keys?*");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.locator(".bone").first().waitFor();
  await page.getByText("Loading keys").waitFor();
  const before = await page.locator(".card").boundingBox();
  release();
  await page.getByRole("link", { name: "Slowly" }).waitFor();
  const after = await page.locator(".card").boundingBox();
  assert.deepEqual([after?.x, after?.y, after?.width], [before?.x, before?.y, before?.width]);
  // A list that is read again stays where it is, and says that it is busy.
  const releaseNext = await hold(page, /status=active/);
  await page.getByLabel("Status").selectOption("active");
  await page.locator("table[aria-busy=true]").waitFor();
  await page.getByRole("link", { name: "Slowly" }).waitFor();
  releaseNext();
  await page.locator("table[aria-busy=false]").waitFor();
});

test("a thin line shows that something is awaited, but nothing is seen of it if the answer is quick", async (t) => {
  await key({ title: "Awaited" });
  const page = await asAda(t, LIST);
  await page.getByLabel("Status").waitFor();
  const release = await hold(page, "**/keys?*");
  const line = page.locator("#progress");
  await line.waitFor({ state: "hidden" });
  await page.getByLabel("Status").selectOption("active");
  await line.waitFor();
  const delay = await line.evaluate((element) => {
    const [first] = element.getAnimations({ subtree: true });
    const effect = /** @type {KeyframeEffect} */ (first?.effect);
    return [effect.getComputedTiming().duration, effect.getKeyframes()[0]?.opacity];
  });
  assert.deepEqual(delay, [400, "0"], "for 400 ms it cannot be seen");
  release();
  await line.waitFor({ state: "hidden" });
});

test("an old answer never replaces a newer one", async (t) => {
  await key({ title: "Newer" });
  const page = await asAda(t, LIST);
  const release = await hold(page, /status=revoked/);
  const late = page.waitForRequest(/status=revoked/);
  await page.getByLabel("Status").selectOption("revoked");
  const asked = await late;
  await page.getByLabel("Status").selectOption("active");
  await page.getByRole("link", { name: "Newer" }).waitFor();
  release();
  await asked.response().catch(() => {});
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.getByRole("link", { name: "Newer" }).waitFor();
});

test("a form that is on its way cannot be left half done", async (t) => {
  const made = await key({ title: "Half done" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Revoke key" }).click();
  const release = await hold(page, "**/revoke");
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.getByRole("button", { name: "Revoking…" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 1);
  release();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("what was loaded stays while the server is away, the page says from when it is, and recovers by itself", async (t) => {
  const made = await key({ title: "Kept" });
  const page = await timed(t, LIST);
  await page.getByRole("link", { name: "Kept" }).waitFor();
  await cut(page);
  await look(page);
  const notice = page.locator(".reach");
  await notice
    .getByText(/^Can’t reach Keyward\. Trying again… Showing what was loaded at \d\d:\d\d\.$/)
    .waitFor();
  await page.getByRole("link", { name: "Kept" }).waitFor();
  assert.equal(await page.getByRole("heading", { name: "Can’t reach the server" }).count(), 0);
  // Asked again, and still away.
  const again = page.waitForRequest("**/v1/whoami");
  await wait(page);
  await again;
  await page.getByRole("link", { name: "Kept" }).waitFor();
  await root("PATCH", `/v1${at(made)}`, { title: "Renamed meanwhile" });
  await page.unroute("**/v1/**");
  await wait(page, 2);
  await page.getByRole("link", { name: "Renamed meanwhile" }).waitFor();
  await notice.getByText("Can’t reach").waitFor({ state: "detached" });
});

test("a page that could not be loaded loads by itself once the server is back", async (t) => {
  await key({ title: "At last" });
  const page = await timed(t, "/check");
  await cut(page);
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.unroute("**/v1/**");
  await wait(page);
  await page.getByRole("link", { name: "At last" }).waitFor();
});

test("a dashboard that could not start starts by itself once the server is back", async (t) => {
  const page = await timed(t, LIST);
  await cut(page);
  await page.reload();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.unroute("**/v1/**");
  await wait(page);
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
});

test("a part of the dashboard that could not be loaded is loaded again by itself", async (t) => {
  const page = await timed(t, LIST);
  await page.route("**/views/members.js", (route) => route.abort("connectionrefused"));
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.unroute("**/views/members.js");
  await wait(page);
  await page.getByRole("row", { name: "grace" }).waitFor();
});

test("offline, pages seen before are still there, and what has changed comes with the network", async (t) => {
  await key({ title: "Seen online" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Seen online" }).waitFor();
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("row", { name: "grace" }).waitFor();
  await page.context().setOffline(true);
  const notice = page.locator(".reach");
  await notice.getByText(/^You’re offline\. Showing what was loaded at/).waitFor();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("link", { name: "Seen online" }).waitFor();
  await page.getByLabel("Status").selectOption("revoked");
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await notice.getByText(/^You’re offline\.$/).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Seen online" }).waitFor();
  await key({ title: "Made meanwhile" });
  await page.context().setOffline(false);
  await page.getByRole("link", { name: "Made meanwhile" }).waitFor();
  await notice.getByText("You’re offline.").waitFor({ state: "detached" });
});

test("a server in trouble is told from one that is away, and what was loaded stays", async (t) => {
  await key({ title: "Through it all" });
  const page = await timed(t, LIST);
  await page.getByRole("link", { name: "Through it all" }).waitFor();
  await page.route("**/keys?*", (route) =>
    route.fulfill({ status: 503, json: { code: "server.unavailable", title: "Busy", status: 503 } }),
  );
  await look(page);
  await page.locator(".reach").getByText("Keyward is having trouble. Trying again…").waitFor();
  await page.getByRole("link", { name: "Through it all" }).waitFor();
});

test("what was loaded before a change doesn’t stand in for what is there after it", async (t) => {
  const made = await key({ title: "Changed since" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "Changed since" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await cut(page);
  await page.getByRole("link", { name: "Keys", exact: true }).first().click();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  assert.equal(await page.getByRole("link", { name: made.title }).count(), 0);
});

test("a session that has ended while the server was away is noticed when it is back", async (t) => {
  await key({ title: "Any" });
  const page = await timed(t, LIST);
  await page.getByLabel("Status").waitFor();
  await cut(page);
  await look(page);
  await page.locator(".reach").getByText("Can’t reach Keyward.").waitFor();
  await page.context().clearCookies();
  await page.unroute("**/v1/**");
  await wait(page, 4);
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  await page.getByText("Your session has ended.").waitFor();
  assert.equal(await page.locator(".reach p").count(), 0);
});

// @ts-check
// Several tabs of one browser share one session: none shows one person and acts as another.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, personal, key, tab, open, signIn, asAda, asRoot, server } = world();
const LIST = "/organizations/acme/keys";

/** @typedef {import("./support.mjs").Page} Page */

/** @param {Page} page */
const signInHeading = (page) => page.getByRole("heading", { name: "Sign in to Keyward" });

/** @param {Page} page */
async function signOut(page) {
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await signInHeading(page).waitFor();
}

/** Signs in on the page that asks for it. @param {Page} page @param {string} credential */
async function signInHere(page, credential) {
  await page.getByLabel("Key", { exact: true }).fill(credential);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
}

/** @param {Page} page @param {string} name */
const account = (page, name) => page.locator(".account summary", { hasText: name });

/**
 * Another tab, at an address.
 * @param {import("node:test").TestContext} t @param {Page} page @param {string} address
 * @param {boolean} [isDeaf] it hears nothing of the others, as if the browser had frozen it
 */
async function beside(t, page, address, isDeaf = false) {
  const other = await tab(t, page.context());
  if (isDeaf)
    await other.addInitScript(() => {
      Object.assign(globalThis, {
        BroadcastChannel: class extends EventTarget {
          postMessage() {}
        },
      });
    });
  await other.goto(address);
  await other.getByRole("navigation", { name: "Sections" }).waitFor();
  return other;
}

test("signing out in one tab signs out the others, whose dialogs are closed", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, LIST);
  await second.getByRole("button", { name: "Create key" }).first().click();
  await second.getByRole("dialog").waitFor();
  await signOut(first);
  await signInHeading(second).waitFor();
  assert.equal(await second.getByRole("dialog").count(), 0);
  assert.ok(second.url().endsWith(LIST));
});

test("signing in again as the same person brings the other tabs back to where they were", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, "/organizations/globex/keys");
  await signOut(first);
  await signInHeading(second).waitFor();
  await signInHere(first, (await personal("ada")).token);
  await second.getByRole("navigation", { name: "Sections" }).waitFor();
  assert.ok(second.url().endsWith("/organizations/globex/keys"));
});

test("signing in as somebody else brings the other tabs to that person's home", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, "/organizations/globex/keys");
  await signOut(first);
  await signInHeading(second).waitFor();
  await signInHere(first, (await personal("grace")).token);
  await account(second, "grace").waitFor();
  await second.waitForURL(`**${LIST}`);
});

test("signing in with another key of the same person brings the other tabs what that key may do", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, LIST);
  await second.getByRole("button", { name: "Create key" }).first().waitFor();
  for (const [title, scopes] of /** @type {const} */ ([
    ["Only looks", ["keys:read"]],
    ["Only looks, too", ["keys:read"]],
  ])) {
    await first.context().clearCookies();
    await first.goto("/");
    await signInHere(first, (await personal("ada", { title, scopes: [...scopes] })).token);
    await second.locator(".account", { hasText: new RegExp(`${title}(?!,)`) }).waitFor();
    await second.getByRole("heading", { name: "Keys", exact: true }).waitFor();
    await second.locator("main [aria-busy=true], main .bone").first().waitFor({ state: "detached" });
    assert.equal(await second.getByRole("button", { name: "Create key" }).count(), 0, title);
  }
});

test("a page that slept while somebody else signed in wakes up as theirs", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, "/organizations/globex/keys", true);
  await first.context().clearCookies();
  await first.goto("/");
  await signInHere(first, (await personal("grace")).token);
  assert.equal(await account(second, "ada").count(), 1);
  await second.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await account(second, "grace").waitFor();
});

test("each request says who is meant, and one that the server refuses to take from somebody else reloads the page", async (t) => {
  const page = await open(t);
  /** @type {(string | undefined)[]} */
  const named = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/organizations/acme/keys"))
      named.push(request.headers()["keyward-caller"]);
  });
  await signIn(page, (await personal("ada")).token, LIST);
  await page.getByRole("button", { name: "Create key" }).first().click();
  await page.getByLabel("Title", { exact: true }).fill("Whose?");
  await page.context().clearCookies();
  const { token } = await personal("grace");
  await page.request.post("/v1/session", { headers: { Authorization: `Bearer ${token}` } });
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await account(page, "grace").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await page.getByText("Whose?").count(), 0);
  assert.deepEqual(named.slice(0, 2), ["user:ada", "user:ada"]);
});

test("what a dialog was about to send next is not sent as whoever signs in meanwhile", async (t) => {
  const linus = (await personal("linus")).token;
  const made = await server().fetch("/v1/organizations/acme/keys", {
    method: "POST",
    headers: { Authorization: `Bearer ${linus}`, "Content-Type": "application/json" },
    body: JSON.stringify({ type: "secret", title: "By Linus" }),
  });
  const { id } = await made.json();
  const page = await asRoot(t, "/organizations/acme/members");
  const removed = Promise.withResolvers();
  const known = Promise.withResolvers();
  await page.route("**/members/linus", async (route) => {
    const response = await route.fetch();
    await removed.promise;
    await route.fulfill({ response });
  });
  const other = await beside(t, page, "/");
  await page.getByRole("button", { name: "Remove linus" }).click();
  await page.getByRole("dialog").getByRole("checkbox").check();
  const answer = page.waitForResponse("**/members/linus");
  await page.getByRole("dialog").getByRole("button", { name: "Remove member" }).click();
  await signOut(other);
  await signInHeading(page).waitFor();
  // The page learns only later who it is now.
  await page.route("**/v1/whoami", async (route) => {
    await known.promise;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest("**/v1/whoami");
  await signInHere(other, (await personal("grace")).token);
  await asked;
  removed.resolve(undefined);
  await answer;
  known.resolve(undefined);
  await account(page, "grace").waitFor();
  assert.equal((await root("GET", `/v1${LIST}/${id}`)).status, "active");
  await root("PUT", "/v1/organizations/acme/members/linus", { role: "member" });
});

test("a new secret that isn't saved outlives the session in its dialog, and nothing else does", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, LIST);
  await second.getByRole("button", { name: "Create key" }).first().click();
  await second.getByLabel("Title", { exact: true }).fill("Unsaved");
  await second.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await second.getByRole("dialog", { name: "Save your key" }).waitFor();
  await signOut(first);
  await second.getByText("Sign in to Keyward").waitFor();
  await second.getByRole("dialog", { name: "Save your key" }).waitFor();
  await second.getByRole("button", { name: "Reveal" }).click();
  await second.locator("#secret", { hasText: /^kw_sk_test_/ }).waitFor();
  await second.getByRole("button", { name: "Close without copying" }).click();
  await second.locator("#secret").waitFor({ state: "detached" });
  await signInHeading(second).waitFor();
});

test("a new secret that isn't saved is not lost to somebody else's signing in, and the page is theirs once it is closed", async (t) => {
  const first = await asAda(t, LIST);
  const second = await beside(t, first, LIST);
  await second.getByRole("button", { name: "Create key" }).first().click();
  await second.getByLabel("Title", { exact: true }).fill("Unsaved too");
  await second.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await second.getByRole("dialog", { name: "Save your key" }).waitFor();
  await first.context().clearCookies();
  await first.goto("/");
  await signInHere(first, (await personal("grace")).token);
  await second.getByText("You haven’t copied the key.").waitFor();
  await second.getByRole("button", { name: "Close without copying" }).click();
  await account(second, "grace").waitFor();
  await second.waitForURL(`**${LIST}`);
});

test("a session that was ended elsewhere is noticed when the tab is looked at", async (t) => {
  await key({ title: "Seen before" });
  const page = await asAda(t, "/check");
  await page.context().clearCookies();
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await signInHeading(page).waitFor();
  await page.getByText("Your session has ended.").waitFor();
});

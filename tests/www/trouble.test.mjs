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

/** @param {import("./support.mjs").Page} page @param {string | RegExp} where @param {number} milliseconds */
const slow = (page, where, milliseconds) =>
  page.route(where, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await route.continue().catch(() => {});
  });

test("a key revoked elsewhere is told when the page is looked at again, and when it is acted on", async (t) => {
  const made = await key({ title: "Contested" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Edit" }).click();
  await root("POST", `/v1${at(made)}/revoke`, {});
  await page.getByLabel("Your application’s scopes").fill("orders:read");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("The key is revoked or expired.").first().waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Roll" }).count(), 0);

  const other = await key({ title: "Watched" });
  await page.goto(at(other));
  await page.locator(".head .badge", { hasText: "Active" }).waitFor();
  await root("POST", `/v1${at(other)}/revoke`, {});
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await page.getByRole("status").getByText("“Watched” is now revoked.").waitFor();
});

test("a key deleted elsewhere leaves a page that says so", async (t) => {
  const made = await key({ title: "Vanishing" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await root("DELETE", `/v1${at(made)}?revoke=true`);
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.getByRole("alert").getByText("There is no such key.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Key not found" }).waitFor();
});

test("two tabs of one browser agree without being asked", async (t) => {
  const made = await key({ title: "In two tabs" });
  const first = await asAda(t, at(made));
  const second = await tab(t, first.context());
  await second.goto(LIST);
  await second.getByRole("row", { name: "In two tabs" }).getByText("Active").waitFor();
  await first.getByRole("button", { name: "Revoke", exact: true }).click();
  await first.getByRole("button", { name: "Revoke now" }).click();
  await second.getByRole("row", { name: "In two tabs" }).getByText("Revoked").waitFor();
});

test("when the session is over, the page says why, keeps the address, and goes on where it was", async (t) => {
  const page = await open(t);
  const mine = await personal("ada");
  await signIn(page, mine.token, `${LIST}?status=active`);
  await page.getByRole("button", { name: "Create key" }).click();
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
  await slow(page, "**/v1/**", 700);
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.locator(".bone").first().waitFor();
  await page.getByText("Loading keys").waitFor();
  const before = await page.locator(".card").boundingBox();
  await page.getByRole("link", { name: "Slowly" }).waitFor();
  const after = await page.locator(".card").boundingBox();
  assert.deepEqual([after?.x, after?.y, after?.width], [before?.x, before?.y, before?.width]);
  // A list that is read again stays where it is, and says that it is busy.
  await page.getByLabel("Status").selectOption("active");
  await page.locator("table[aria-busy=true]").waitFor();
  await page.getByRole("link", { name: "Slowly" }).waitFor();
});

test("an old answer never replaces a newer one", async (t) => {
  await key({ title: "Newer" });
  const page = await asAda(t, LIST);
  await slow(page, /status=revoked/, 900);
  await page.getByLabel("Status").selectOption("revoked");
  await page.getByLabel("Status").selectOption("active");
  await page.getByRole("link", { name: "Newer" }).waitFor();
  await page.waitForTimeout(1200);
  await page.getByRole("link", { name: "Newer" }).waitFor();
});

test("a form that is on its way cannot be left half done", async (t) => {
  const made = await key({ title: "Half done" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await slow(page, "**/revoke", 600);
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.getByRole("button", { name: "Revoking…" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 1);
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

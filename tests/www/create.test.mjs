// @ts-check
// Creating a key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, personal, open, signIn, asAda, asRoot } = world();
const LIST = "/organizations/acme/keys";

/** @param {import("./support.mjs").Page} page @param {string} title */
async function create(page, title) {
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: `Save your key “${title}”` }).waitFor();
}

test("type, scopes and expiry arrive as chosen", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Storefront");
  await page.getByLabel("Publishable").check();
  assert.equal(await page.getByRole("checkbox").count(), 0);
  await page.getByRole("textbox", { name: "Scopes" }).fill("catalog:read, prices:*");
  await page.getByLabel("Expires").selectOption("90");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("heading", { name: "Storefront" }).waitFor();
  const { keys } = await root("GET", "/v1/organizations/acme/keys?q=storefront");
  assert.equal(keys[0].type, "publishable");
  assert.deepEqual(keys[0].scopes, ["catalog:read", "prices:*"]);
  assert.ok(Math.abs(Date.parse(keys[0].expires_at) - Date.now() - 90 * 86_400_000) < 60_000);
  // A publishable key is public: its page always shows the whole.
  await page.getByText(keys[0].token).waitFor();
});

test("a date of expiry ends the key when that day begins here", async (t) => {
  const page = await asAda(t, LIST, { timezoneId: "Pacific/Auckland" });
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Dated");
  await page.getByLabel("keys:read").check();
  await page.getByLabel("Expires").selectOption("date");
  const send = page.getByRole("dialog").getByRole("button", { name: "Create key" });
  await send.click();
  await page.locator("#expiry-date-error").getByText("Choose a date.").waitFor();
  await page.getByLabel("Stops working at the start of").fill("2027-07-01");
  await send.click();
  await page.getByRole("dialog", { name: "Save your key" }).waitFor();
  const { keys } = await root("GET", "/v1/organizations/acme/keys?q=dated");
  assert.equal(keys[0].expires_at, "2027-06-30T12:00:00.000Z");
  assert.deepEqual(keys[0].scopes, ["keys:read"]);
});

test("what is wrong is said beside its field before anything is sent, and what was typed stays", async (t) => {
  const page = await asAda(t, LIST);
  let sent = 0;
  page.on("request", (request) => {
    if (request.method() === "POST") sent += 1;
  });
  await page.getByRole("button", { name: "Create key" }).click();
  const send = page.getByRole("dialog").getByRole("button", { name: "Create key" });
  await page.getByLabel("Your application’s scopes").fill("Not A Scope");
  await send.click();
  await page.locator("#title-error").getByText("Enter a title.").waitFor();
  await page.locator("#scopes-error").getByText("Use 1 to 64 characters for each scope").waitFor();
  assert.ok(
    await page.getByLabel("Title", { exact: true }).evaluate((element) => element === document.activeElement),
  );
  assert.equal(await page.getByLabel("Your application’s scopes").inputValue(), "Not A Scope");
  await page.getByLabel("Title", { exact: true }).fill("x".repeat(201));
  await page.getByLabel("Your application’s scopes").fill("");
  await send.click();
  await page.locator("#scopes-error").waitFor({ state: "detached" });
  await page.locator("#title-error").getByText("Use at most 200 characters.").waitFor();
  assert.equal(sent, 0);
});

test("a double click, and one more, create one key", async (t) => {
  const page = await asAda(t, LIST);
  await page.route("**/v1/organizations/acme/keys", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Only one");
  const send = page.getByRole("dialog").locator("button[type=submit]");
  await send.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await send.boundingBox()) ?? assert.fail();
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Save your key" }).waitFor();
  const { count } = await root("GET", "/v1/organizations/acme/keys?q=only%20one");
  assert.equal(count, 1);
});

test("a personal key is created for oneself", async (t) => {
  const page = await asAda(t, "/users/ada/keys");
  await create(page, "My script");
  assert.match((await page.locator("#secret").textContent()) ?? "", /^kw_pat_test_/);
});

test("the operator creates keys for an organization", async (t) => {
  const page = await asRoot(t, LIST);
  await create(page, "By root");
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("heading", { name: "By root" }).waitFor();
});

test("metadata and consistency arrive as given", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Described");
  await page.getByText("Advanced").click();
  await page.getByLabel("Strong").check();
  for (const [index, [name, value]] of [
    ["team", "payments"],
    ["zip", "01234"],
    ["gone", "x"],
    ["", ""],
  ].entries()) {
    await page.getByRole("button", { name: "Add metadata" }).click();
    assert.equal(await page.evaluate(() => document.activeElement?.id), `metadata-name-${index}`);
    await page.keyboard.insertText(/** @type {string} */ (name));
    await page.getByLabel(`Value ${index + 1}`).fill(/** @type {string} */ (value));
  }
  await page.getByRole("button", { name: "Remove gone" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: "Save your key" }).waitFor();
  const { keys } = await root("GET", "/v1/organizations/acme/keys?q=described");
  assert.deepEqual(keys[0].metadata, { team: "payments", zip: "01234" });
  assert.equal(keys[0].consistency, "strong");
});

test("wrong metadata is said before it is sent, also where it was folded away", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  const dialog = page.getByRole("dialog");
  const send = dialog.getByRole("button", { name: "Create key" });
  await page.getByLabel("Title", { exact: true }).fill("Misdescribed");
  await page.getByText("Advanced").click();
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Value 1").fill("payments");
  await page.getByText("Advanced").click();
  await send.click();
  await page.locator("#metadata-error").getByText("Enter a name for this value.").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), "metadata-name-0");
  await page.getByLabel("Name 1").fill("team");
  await page.getByRole("button", { name: "Add metadata" }).click();
  await page.getByLabel("Name 2").fill("team");
  await send.click();
  await page.locator("#metadata-error").getByText("Use each name once.").waitFor();
  await page.getByLabel("Name 2").fill("long");
  await page.getByLabel("Value 2").fill("x".repeat(4096));
  await send.click();
  await page.locator("#metadata-error").getByText("Metadata can take up 4,096 bytes as JSON.").waitFor();
  const { count } = await root("GET", "/v1/organizations/acme/keys?q=misdescribed");
  assert.equal(count, 0);
});

test("each term of expiry says the date on which it ends", async (t) => {
  const page = await asAda(t, LIST, { timezoneId: "UTC" });
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Expires").waitFor();
  const terms = await page.getByLabel("Expires").locator("option").allTextContents();
  const ends = (/** @type {number} */ days) =>
    new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" }).format(
      Date.now() + days * 86_400_000,
    );
  assert.deepEqual(terms, [
    "Never",
    `In 7 days (${ends(7)})`,
    `In 30 days (${ends(30)})`,
    `In 60 days (${ends(60)})`,
    `In 90 days (${ends(90)})`,
    `In 1 year (${ends(365)})`,
    "On a date…",
  ]);
});

test("scopes that other keys have are suggested, narrowed by what is typed, and put in or out by a click", async (t) => {
  await key({ title: "One", scopes: ["suggested:write", "suggested:read", "keys:read"] });
  await key({ title: "Other", scopes: ["suggested:read"] });
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  const field = page.getByLabel("Your application’s scopes");
  const suggestions = page.getByRole("group", { name: "Scopes of other keys" });
  await field.fill("other:scope sugg");
  await suggestions.getByRole("button", { name: "suggested:write" }).waitFor();
  // The most frequent first, and none of Keyward’s own.
  assert.deepEqual(await suggestions.getByRole("button").allTextContents(), [
    "suggested:read",
    "suggested:write",
  ]);
  await suggestions.getByRole("button", { name: "suggested:write" }).click();
  assert.equal(await field.inputValue(), "other:scope suggested:write");
  await suggestions.getByRole("button", { name: "suggested:write", pressed: true }).click();
  assert.equal(await field.inputValue(), "other:scope");
});

test("what the server refuses to grant is told at its field, in plain words", async (t) => {
  const page = await open(t);
  const own = {
    scopes: ["keys:read", "keys:write"],
    expires_at: "2099-01-01T00:00:00Z",
    consistency: "strong",
  };
  await signIn(page, (await personal("ada", own)).token, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  assert.equal(await page.getByLabel("members:read").count(), 0);
  const send = page.getByRole("dialog").getByRole("button", { name: "Create key" });
  await page.getByLabel("Title", { exact: true }).fill("Too much");
  await page.getByLabel("Your application’s scopes").fill("orders:read");
  await send.click();
  await page
    .locator("#scopes-error")
    .getByText("The key you signed in with doesn’t have all of these scopes.")
    .waitFor();
  await page.getByLabel("Your application’s scopes").fill("");
  await send.click();
  await page.locator("#expiry-error").getByText("The key you signed in with ends sooner.").waitFor();
  await page.getByLabel("Expires").selectOption("30");
  await send.click();
  await page.locator("#consistency-error").getByText("is always checked strongly").waitFor();
  await page.getByLabel("Strong").check();
  await send.click();
  await page.getByRole("dialog", { name: "Save your key" }).waitFor();
});

test("a half-filled form is not discarded silently, and an untouched one closes at once", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const question = page.getByText("Discard changes?");
  const openDialog = async () => {
    await page.getByRole("button", { name: "Create key" }).click();
    await dialog.waitFor();
  };
  const closed = () => dialog.waitFor({ state: "detached" });

  await openDialog();
  await page.keyboard.press("Escape");
  await closed();
  await openDialog();
  await page.getByRole("button", { name: "Cancel" }).click();
  await closed();

  await openDialog();
  await page.getByLabel("Title", { exact: true }).fill("Half");
  for (const leave of [
    () => page.keyboard.press("Escape"),
    () => page.getByRole("button", { name: "Cancel" }).click(),
    () => page.evaluate(() => history.back()),
  ]) {
    await leave();
    await question.waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await question.waitFor();
    assert.equal(new URL(page.url()).pathname, LIST);
    await page.getByRole("button", { name: "Keep editing" }).click();
    await question.waitFor({ state: "detached" });
    assert.equal(await page.getByLabel("Title", { exact: true }).inputValue(), "Half");
    assert.ok(await page.evaluate(() => document.activeElement?.closest("dialog")));
  }

  let asked = false;
  page.once("dialog", (event) => {
    asked = event.type() === "beforeunload";
    event.dismiss();
  });
  await page.reload().catch(() => {});
  assert.ok(asked);

  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await closed();
  // Nothing asks any more.
  await page.evaluate(() => history.back());
  await page.waitForURL("**/members");
  await page.reload();
  await page.getByRole("heading", { name: "Members" }).waitFor();
});

test("Back closes a form that is untouched, and goes back", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => history.back());
  await page.getByRole("heading", { name: "Members" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("a form that was sent asks nothing, and the new key is guarded in its place", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await create(page, "Guarded on");
  await page.evaluate(() => history.back());
  await page.getByText("You haven’t copied the key.").waitFor();
  assert.equal(new URL(page.url()).pathname, LIST);
});

test("an operator key is created with the operator’s scopes, edited, rolled, revoked and deleted", async (t) => {
  const page = await asRoot(t, "/deployment/keys");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: "Create an operator key" }).waitFor();
  assert.equal(await page.getByLabel("Publishable").count(), 0);
  assert.equal(await page.getByLabel("members:read").count(), 0);
  await page.getByText("View everyone’s keys").waitFor();
  await page.getByLabel("Title", { exact: true }).fill("Billing job");
  await page.getByLabel("organizations:read").check();
  await page.getByLabel("Other scopes").fill("invoices:write");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("heading", { name: "Billing job" }).waitFor();
  const { keys } = await root("GET", "/v1/deployment/keys?q=billing");
  assert.deepEqual(keys[0].scopes, ["invoices:write", "organizations:read"]);

  await page.getByRole("button", { name: "Edit" }).click();
  assert.ok(await page.getByLabel("organizations:read").isChecked());
  await page.getByLabel("organizations:write").check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("region", { name: "Details" }).getByText("organizations:write").waitFor();
  await page.getByRole("button", { name: "Roll" }).click();
  await page.getByRole("button", { name: "Roll key" }).click();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByText("Rolled from").waitFor();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await page.getByRole("button", { name: "Delete key" }).click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL("**/deployment/keys");
});

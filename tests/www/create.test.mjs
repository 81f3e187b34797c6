// @ts-check
// Creating a key, and the one time that its secret is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, asAda, asRoot, server } = world();
const LIST = "/organizations/acme/keys";

/** @param {import("./support.mjs").Page} page @param {string} title */
async function create(page, title) {
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: `Save your key “${title}”` }).waitFor();
}

/** Copying is refused by the browser, as where a policy or a person forbids it. @param {import("./support.mjs").Page} page */
const refuseClipboard = (page) =>
  page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), "permissions-policy": "clipboard-write=()" },
    });
  });

test("a secret is shown once, masked, and is gone when the dialog closes", async (t) => {
  const page = await asAda(t, LIST, { permissions: ["clipboard-write"] });
  await create(page, "CI deploys");
  const shown = page.locator("#secret");
  assert.match((await shown.textContent()) ?? "", /^kw_sk_test_•+[0-9A-Za-z]{4}$/);
  await page.getByRole("button", { name: "Reveal" }).click();
  const secret = (await shown.textContent()) ?? "";
  assert.match(secret, /^kw_sk_test_1[0-9A-Za-z]{57}$/);
  await page.getByRole("button", { name: "Hide" }).click();
  assert.ok(!(await page.content()).includes(secret));

  await page.getByRole("button", { name: "Copy key" }).click();
  await page.getByRole("status").getByText("Copied.").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("heading", { name: "CI deploys" }).waitFor();

  assert.ok(!(await page.content()).includes(secret));
  assert.ok(!page.url().includes(secret));
  const kept = await page.evaluate(async () => {
    const entries = performance.getEntries().map(({ name }) => name);
    const stored = [
      Object.values(localStorage),
      Object.values(sessionStorage),
      await indexedDB.databases(),
      await caches.keys(),
    ];
    return JSON.stringify([entries, stored, history.state, document.cookie, window.name]);
  });
  assert.ok(!kept.includes(secret));
  await page.goBack();
  await page.getByRole("table", { name: "Keys" }).waitFor();
  assert.ok(!(await page.content()).includes(secret));

  // What was copied is the key: pasted into the check page it is well-formed, and it works.
  await page.goto("/check");
  await page.getByLabel("Key", { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+V");
  assert.equal(await page.getByLabel("Key", { exact: true }).inputValue(), secret);
  await page.getByText("Well-formed.").waitFor();
  const answer = await server().fetch("/v1/whoami", { headers: { Authorization: `Bearer ${secret}` } });
  assert.equal(answer.status, 200);
});

test("the curl line has the key in it when it is copied", async (t) => {
  const page = await asAda(t, LIST, { permissions: ["clipboard-write"] });
  await create(page, "By curl");
  await page.getByRole("button", { name: "Copy command" }).click();
  await page.getByText("Copied the command, including the key.").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.goto("/check");
  await page.getByLabel("Key", { exact: true }).focus();
  await page.keyboard.press("ControlOrMeta+V");
  const command = await page.getByLabel("Key", { exact: true }).inputValue();
  assert.match(
    command,
    /^curl http:\/\/\S+\/v1\/whoami \\\n {2}-H "Authorization: Bearer kw_sk_test_1[0-9A-Za-z]{57}"$/,
  );
});

test("leaving without a copy is warned about, by button, Escape, Back and reload", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await create(page, "Uncopied");
  const warning = page.getByText("You haven’t copied the key.");
  await page.getByRole("button", { name: "Done" }).click();
  await warning.waitFor();
  await page.getByRole("button", { name: "Back to the key" }).click();
  for (let presses = 0; presses < 3; presses++) {
    await page.keyboard.press("Escape");
    await warning.waitFor();
  }
  await page.getByRole("button", { name: "Back to the key" }).click();
  await page.evaluate(() => history.back());
  await warning.waitFor();
  assert.equal(new URL(page.url()).pathname, LIST);

  let asked = false;
  page.once("dialog", (dialog) => {
    asked = dialog.type() === "beforeunload";
    dialog.dismiss();
  });
  await page.reload().catch(() => {});
  assert.ok(asked);

  await page.getByRole("button", { name: "Close without copying" }).click();
  await page.getByRole("heading", { name: "Uncopied" }).waitFor();
});

test("when the clipboard refuses, the page says so and shows the key for copying by hand", async (t) => {
  const page = await asAda(t, LIST);
  await refuseClipboard(page);
  await page.reload();
  await create(page, "By hand");
  await page.getByRole("button", { name: "Copy key" }).click();
  await page.getByText("Your browser blocked copying.").waitFor();
  const selected = await page.evaluate(() => String(getSelection()));
  assert.match(selected, /^kw_sk_test_1[0-9A-Za-z]{57}$/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("You haven’t copied the key.").waitFor();
  await page.getByRole("button", { name: "Back to the key" }).click();
  await page.locator("#secret").evaluate((element) => getSelection()?.selectAllChildren(element));
  await page.keyboard.press("ControlOrMeta+C");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("heading", { name: "By hand" }).waitFor();
});

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

test("what the server finds wrong stands beside its field, and what was typed stays", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  const send = page.getByRole("dialog").getByRole("button", { name: "Create key" });
  await page.getByLabel("Your application’s scopes").fill("Not A Scope");
  await send.click();
  await page.locator("#title-error").getByText("Must not be empty").waitFor();
  await page.locator("#scopes-error").waitFor();
  assert.ok(
    await page.getByLabel("Title", { exact: true }).evaluate((element) => element === document.activeElement),
  );
  assert.equal(await page.getByLabel("Your application’s scopes").inputValue(), "Not A Scope");
  await page.getByLabel("Title", { exact: true }).fill("x".repeat(201));
  await page.getByLabel("Your application’s scopes").fill("");
  await send.click();
  await page.locator("#scopes-error").waitFor({ state: "detached" });
  await page.locator("#title-error").waitFor();
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
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Close without copying" }).click();
  await page.getByText("Root key created the key").waitFor();
});

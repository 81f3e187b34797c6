// @ts-check
// The one time that a new secret is shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { asAda, server } = world();
const LIST = "/organizations/acme/keys";

/** @param {import("./support.mjs").Page} page @param {string} title */
async function create(page, title) {
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByRole("dialog", { name: `Save your key “${title}”` }).waitFor();
}

/** @param {import("playwright-core").Locator} control */
const focused = async (control) =>
  assert.ok(await control.evaluate((element) => element === document.activeElement));

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
  await page.getByRole("status").getByText("Copied. Paste it where it’s needed.").waitFor();
  await page.getByRole("button", { name: "I have stored it" }).click();
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

test("leaving without a copy is warned about, by Escape, Back and reload", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await create(page, "Uncopied");
  const warning = page.getByText("You haven’t copied the key.");
  for (let presses = 0; presses < 3; presses++) {
    await page.keyboard.press("Escape");
    await warning.waitFor();
    await focused(page.getByRole("button", { name: "Back to the key" }));
  }
  await page.getByRole("button", { name: "Back to the key" }).click();
  await focused(page.locator("#secret"));
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
  await page.keyboard.press("Escape");
  await page.getByText("You haven’t copied the key.").waitFor();
  await page.getByRole("button", { name: "Back to the key" }).click();
  await page.locator("#secret").evaluate((element) => getSelection()?.selectAllChildren(element));
  await page.keyboard.press("ControlOrMeta+C");
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "By hand" }).waitFor();
});

test("“I have stored it” closes the dialog, copied or not", async (t) => {
  const page = await asAda(t, LIST);
  await create(page, "Written down");
  await page.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("heading", { name: "Written down" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

test("the dialog says how to use the key, without the key in it, and copying that is no copy of the key", async (t) => {
  const page = await asAda(t, LIST, { permissions: ["clipboard-write"] });
  await create(page, "To be used");
  const code = page.getByRole("group", { name: "Code" });
  assert.equal(await code.textContent(), "read -rs API_KEY && export API_KEY\n");
  await page.getByRole("button", { name: "Reveal key" }).click();
  const secret = (await page.locator("#secret").textContent()) ?? assert.fail();
  const choices = await page.getByLabel("How to use it").locator("option").allTextContents();
  assert.deepEqual(choices.slice(0, 3), ["bash or zsh", "PowerShell", ".env file"]);
  for (const choice of choices) {
    await page.getByLabel("How to use it").selectOption(choice);
    const text = (await code.textContent()) ?? "";
    assert.match(text, /API_KEY|KEYWARD_KEY/, choice);
    assert.ok(!text.includes(secret), choice);
  }
  await page.getByLabel("How to use it").selectOption("curl");
  assert.ok((await code.textContent())?.includes(`curl ${server().url}/v1/verify`));
  await page.getByRole("button", { name: "Copy code" }).click();
  await page.getByText("Copied the code.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("You haven’t copied the key.").waitFor();
});

test("a key that may verify is called what servers call it", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("Server");
  await page.getByLabel("keys:verify").check();
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.getByText("read -rs KEYWARD_KEY && export KEYWARD_KEY").waitFor();
});

test("the ring of the focus goes around the key, not across its text", async (t) => {
  const page = await asAda(t, LIST);
  await create(page, "Ringed");
  await page.getByRole("button", { name: "Reveal key" }).focus();
  await page.keyboard.press("Shift+Tab");
  const room = await page.locator("#secret").evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const [text, box] = [range.getBoundingClientRect(), element.getBoundingClientRect()];
    const ring = Number.parseFloat(getComputedStyle(element).outlineOffset);
    const isRinged = element === document.activeElement && getComputedStyle(element).outlineStyle === "solid";
    return { isRinged, left: text.left - box.left + ring, top: text.top - box.top + ring };
  });
  assert.ok(room.isRinged && room.left >= 2 && room.top >= 2, JSON.stringify(room));
});

test("what the dialog begins with has no ring, since nobody operates it", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("button", { name: "Create key" }).first().focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Title", { exact: true }).fill("By keyboard");
  await page.keyboard.press("Enter");
  await page.locator("#secret").waitFor();
  const heading = page.getByRole("heading", { name: "Save your key “By keyboard”" });
  const [hasFocus, ring] = await heading.evaluate((element) => [
    element === document.activeElement,
    getComputedStyle(element).outlineStyle,
  ]);
  assert.ok(hasFocus);
  assert.equal(ring, "none", "it would run across the line below");
});

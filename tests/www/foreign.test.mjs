// @ts-check
// Keys that another system has issued: they are told from others, say what they lack, and are rolled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rowOf, textOf } from "./imported.mjs";
import { world } from "./support.mjs";

const { root, key, asAda } = world({
  furnish: async (root) => {
    await root("POST", "/v1/organizations/acme/import", [
      rowOf(1, { created_by: "Margaret", redacted: "shop_0***xx" }),
      rowOf(2),
      rowOf(3, { revoked_at: "2024-01-01T00:00:00Z" }),
    ]);
  },
});
const KEYS = "/organizations/acme/keys";

/** @param {string} title @returns {Promise<string>} its id */
async function idOf(title) {
  const { keys } = await root("GET", `/v1${KEYS}?q=${encodeURIComponent(title)}`);
  return keys[0].id;
}

test("a list tells foreign keys from others, filters them, and says how many are to be rolled", async (t) => {
  await key({ title: "Ours" });
  const page = await asAda(t, KEYS);
  const row = (/** @type {string} */ title) => page.getByRole("row", { name: title });
  await row("Shop 1").getByText("Foreign", { exact: true }).waitFor();
  await row("Shop 1").getByText("imported by").waitFor();
  assert.equal(await row("Ours").getByText("Foreign", { exact: true }).count(), 0);

  await page.getByRole("link", { name: "2 foreign keys to roll" }).click();
  await page.waitForURL("**/keys?status=active&type=foreign");
  await row("Ours").waitFor({ state: "detached" });
  assert.equal(await page.locator("tbody tr").count(), 2);
  assert.equal(await page.getByLabel("Type").inputValue(), "foreign");

  await page.getByLabel("Status").selectOption({ label: "Any status" });
  await row("Shop 3").waitFor();
  await page.getByLabel("Type").selectOption({ label: "Any type" });
  await row("Ours").waitFor();
});

test("a foreign key says what it lacks, and is rolled to one of ours", async (t) => {
  const id = await idOf("Shop 1");
  const page = await asAda(t, `${KEYS}/${id}`);
  const note = page.getByRole("region", { name: "Foreign key" });
  await note.getByText("Secret scanners don’t recognize it").waitFor();
  const details = page.getByRole("region", { name: "Details" });
  await details.getByText("Foreign", { exact: true }).waitFor();
  await details.getByText("Margaret").waitFor();
  await details.getByText("Imported by").waitFor();
  await page.getByText(/imported the key/).waitFor();

  await note.getByRole("button", { name: "Replace with a new key…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("The old key stops working").selectOption({ label: "In 24 hours" });
  await dialog.getByRole("button", { name: "Roll key" }).click();
  await page.getByRole("button", { name: "Reveal key" }).click();
  const secret = await page.locator("#secret").textContent();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Close without copying" }).click();
  await page.getByText("Rolled from").waitFor();
  assert.equal(await page.getByText("Foreign", { exact: true }).count(), 0);
  assert.equal(await note.count(), 0);
  for (const text of [secret, textOf(1)]) {
    const { code } = await root("POST", "/v1/verify", {
      key: text,
      organization: "acme",
      consistency: "strong",
    });
    assert.equal(code, "valid");
  }
});

test("a foreign key that no longer works has nothing to be done about", async (t) => {
  const page = await asAda(t, `${KEYS}/${await idOf("Shop 3")}`);
  await page.getByRole("region", { name: "Details" }).getByText("Foreign", { exact: true }).waitFor();
  assert.equal(await page.getByRole("region", { name: "Foreign key" }).count(), 0);
});

test("the page that checks keys asks the server about a text that may be a foreign key", async (t) => {
  const page = await asAda(t, "/check");
  const ask = page.getByRole("button", { name: "Ask the server" });
  await page.getByLabel("Key", { exact: true }).fill("short");
  await page.getByText("This doesn’t start like a key.").waitFor();
  assert.equal(await ask.getAttribute("aria-disabled"), "true");
  await page.getByLabel("Key", { exact: true }).fill(textOf(2));
  await page.getByText("Not a key of Keyward.").waitFor();
  await page.getByLabel("Organization").selectOption("acme");
  await ask.click();
  await page.getByText("The server accepts this key in Acme Robotics.").waitFor();
  await page.getByRole("link", { name: "Shop 2" }).waitFor();
});

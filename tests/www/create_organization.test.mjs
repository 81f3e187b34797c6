// @ts-check
// The dialog in which the operator creates an organization.
import assert from "node:assert/strict";
import { test } from "node:test";
import { suggestedId } from "../../www/suggested_id.js";
import { world } from "./support.mjs";

const { root, asRoot } = world();

test("the id of an organization follows its name until somebody writes another", async (t) => {
  const page = await asRoot(t);
  await page.getByRole("button", { name: "Create organization" }).click();
  const dialog = page.getByRole("dialog", { name: "Create organization" });
  const [name, id] = [dialog.getByLabel("Name"), dialog.getByLabel("ID", { exact: true })];
  await name.fill("Café Zürich & Søn’s");
  assert.equal(await id.inputValue(), "cafe-zurich-sons");
  await id.fill("cafe");
  await name.fill("Another name");
  assert.equal(await id.inputValue(), "cafe");
  await id.fill("");
  await name.fill("Third name");
  assert.equal(await id.inputValue(), "third-name");
  await id.fill("no spaces, please");
  await name.fill(" ");
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await dialog.locator("#name-error").getByText("Enter a name.").waitFor();
  await dialog
    .locator("#id-error")
    .getByText("Use only letters, digits, hyphens, and underscores.")
    .waitFor();
  await name.fill("n".repeat(201));
  await id.fill("very-long-".repeat(7));
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await dialog.locator("#name-error").getByText("Use at most 200 characters. This has 201.").waitFor();
  await dialog.locator("#id-error").getByText("Use at most 64 characters.").waitFor();
});

test("an id is suggested from any name, in characters that ids have", () => {
  for (const [name, id] of [
    ["Acme Robotics", "acme-robotics"],
    ["  ACME,  Inc. ", "acme-inc"],
    ["Straße Œuvre Łódź İstanbul", "strasse-oeuvre-lodz-istanbul"],
    ["O'Reilly & Söhne", "oreilly-sohne"],
    ["ﬁne ①", "fine-1"],
    ["株式会社", ""],
    ["-", ""],
    [`${"long ".repeat(20)}`, `${"long-".repeat(12)}long`],
  ])
    assert.equal(suggestedId(/** @type {string} */ (name)), id, name);
});

test("an id that is taken, or was, is said beside its field, and renames nothing", async (t) => {
  await root("POST", "/v1/organizations", { id: "bygone", name: "Bygone" });
  await root("DELETE", "/v1/organizations/bygone");
  const page = await asRoot(t);
  await page.getByRole("button", { name: "Create organization" }).click();
  const dialog = page.getByRole("dialog", { name: "Create organization" });
  await dialog.getByLabel("Name").fill("Somebody else’s");
  for (const id of ["globex", "GLOBEX", "bygone"]) {
    await dialog.getByLabel("ID", { exact: true }).fill(id);
    await dialog.getByRole("button", { name: "Create organization" }).click();
    await dialog.locator("#id-error").getByText("This ID is taken, or was the ID of").waitFor();
    await dialog.getByLabel("ID", { exact: true }).fill(`${id}-`);
  }
  assert.equal((await root("GET", "/v1/organizations/globex")).name, "Globex");
});

test("what is no user's id is refused beside the field, and creates nothing", async (t) => {
  const page = await asRoot(t);
  await page.getByRole("heading", { name: "Organizations", exact: true }).focus();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "Create organization" });
  await dialog.getByLabel("Name").fill("Ownerless");
  await dialog.getByLabel("First owner").fill("Ada Lovelace");
  await dialog.getByRole("button", { name: "Create organization" }).click();
  await dialog.locator("#owner-error").getByText("An ID has no spaces.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("User ID").fill("Ada Lovelace");
  await page.getByRole("button", { name: "Open user" }).click();
  await page.locator("#user-id-error").getByText("An ID has no spaces.").waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal((await root("GET", "/v1/organizations?q=ownerless")).count, 0);
});

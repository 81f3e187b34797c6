// @ts-check
// The sales channels of a publishable key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, open, personal, signIn, asAda } = world();
const KEYS = "/organizations/acme/keys";

/** A publishable key's page. @param {import("node:test").TestContext} t @param {string} title */
async function opened(t, title) {
  const { id } = await key({ title, type: "publishable" });
  const page = await asAda(t, `${KEYS}/${id}`);
  const card = page.getByRole("region", { name: "Sales channels" });
  await card.waitFor();
  return { page, card, id };
}

/** @param {string} id @returns {Promise<string[]>} */
const linksOf = async (id) => (await root("GET", `/v1${KEYS}/${id}`)).links;

/** @param {import("./support.mjs").Page} page @param {import("playwright-core").Locator} card @param {string} name */
async function addNew(page, card, name) {
  await card.getByRole("button", { name: "Add sales channel" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a sales channel" });
  const choice = dialog.getByLabel("Sales channel");
  if ((await choice.count()) > 0) await choice.selectOption({ label: "A new sales channel…" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create and add" }).click();
  await card.getByText(name, { exact: true }).first().waitFor();
  await dialog.waitFor({ state: "detached" });
}

test("a sales channel is created where it is added, and chosen by its name for another key", async (t) => {
  const first = await opened(t, "First");
  await first.card.getByText("This key isn’t linked to a sales channel.").waitFor();
  await addNew(first.page, first.card, "Online store");
  const links = await linksOf(first.id);
  assert.equal(links.length, 1);
  await first.page.getByText("changed the sales channels of the key: added").waitFor();

  const second = await opened(t, "Second");
  await second.card.getByRole("button", { name: "Add sales channel" }).click();
  const dialog = second.page.getByRole("dialog");
  await dialog.getByLabel("Sales channel").selectOption({ label: "Online store" });
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await second.card.getByText("Online store", { exact: true }).first().waitFor();
  assert.deepEqual(await linksOf(second.id), links);

  await second.card.getByRole("button", { name: "Remove Online store" }).click();
  await second.card.getByText("This key isn’t linked to a sales channel.").waitFor();
  await second.page.getByText("Removed “Online store”.").waitFor();
  assert.deepEqual(await linksOf(second.id), []);
  assert.deepEqual(await linksOf(first.id), links);
});

test("a name that isn’t one, or is taken, is refused beside its field", async (t) => {
  const { page, card, id } = await opened(t, "Named");
  await addNew(page, card, "Wholesale");
  await card.getByRole("button", { name: "Add sales channel" }).click();
  const dialog = page.getByRole("dialog");
  const choice = dialog.getByLabel("Sales channel");
  if ((await choice.count()) > 0) await choice.selectOption({ label: "A new sales channel…" });
  for (const [name, why] of [
    ["  ", "Enter a name."],
    ["Wholesale", "There’s a sales channel of this name already."],
  ]) {
    await dialog.getByLabel("Name").fill(name ?? "");
    await dialog.getByRole("button", { name: "Create and add" }).click();
    await dialog
      .locator("#name-error")
      .getByText(why ?? "")
      .waitFor();
  }
  assert.equal((await linksOf(id)).length, 1);
});

test("a removal that fails is told in place, and the link stays", async (t) => {
  const { page, card, id } = await opened(t, "Stays");
  await addNew(page, card, "Marketplace");
  await page.route("**/admin/api-keys/**", (route) => route.abort());
  await card.getByRole("button", { name: "Remove Marketplace" }).click();
  await card.getByRole("alert").getByText("Can’t reach the server").waitFor();
  assert.equal((await linksOf(id)).length, 1);
});

test("names that can’t be loaded are asked for again, and the ids are shown meanwhile", async (t) => {
  const { page, card, id } = await opened(t, "Nameless");
  await addNew(page, card, "Outlet");
  await page.route("**/admin/sales-channels*", (route) => route.abort());
  await page.reload();
  await card.getByText("The names of the sales channels couldn’t be loaded.").waitFor();
  const [link] = await linksOf(id);
  await card.getByText(link ?? "", { exact: true }).waitFor();
  assert.equal(await card.getByRole("button", { name: "Add sales channel" }).count(), 0);
  await page.unroute("**/admin/sales-channels*");
  await card.getByRole("button", { name: "Try again" }).click();
  await card.getByText("Outlet", { exact: true }).first().waitFor();
});

test("secret keys have no sales channels, and whoever may not edit a key changes none", async (t) => {
  const { id: secret } = await key({ title: "Secret" });
  const { card, page, id } = await opened(t, "Read only");
  await addNew(page, card, "Pop-up");
  await page.goto(`${KEYS}/${secret}`);
  await page.getByRole("heading", { name: "Secret" }).waitFor();
  assert.equal(await card.count(), 0);

  const reader = await open(t);
  const { token } = await personal("linus", { scopes: ["keys:read"] });
  await signIn(reader, token, `${KEYS}/${id}`);
  const shown = reader.getByRole("region", { name: "Sales channels" });
  await shown.getByText("Pop-up", { exact: true }).first().waitFor();
  assert.equal(await shown.getByRole("button").count(), 0);
});

test("a sales channel is renamed and deleted in the settings, and keys follow", async (t) => {
  const { page, card, id } = await opened(t, "Follows");
  await addNew(page, card, "Temporary");
  await page.getByRole("link", { name: "Settings" }).click();
  const section = page.getByRole("region", { name: "Sales channels" });
  await section.getByRole("button", { name: "Rename Temporary" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Seasonal");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await section.getByText("Seasonal", { exact: true }).first().waitFor();
  await page.goto(`${KEYS}/${id}`);
  await card.getByText("Seasonal", { exact: true }).first().waitFor();

  await page.getByRole("link", { name: "Settings" }).click();
  await section.getByRole("button", { name: "Delete Seasonal" }).click();
  await dialog.getByText("The keys themselves keep working.").waitFor();
  await dialog.getByRole("button", { name: "Delete sales channel" }).click();
  await page.getByText("Deleted “Seasonal”.").waitFor();
  await section.getByText("Seasonal", { exact: true }).first().waitFor({ state: "detached" });
  assert.deepEqual(await linksOf(id), []);
});

// @ts-check
// Members of an organization: who sees what, who may change what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, asAda, asRoot } = world();
const MEMBERS = "/organizations/acme/members";

/** @param {import("./support.mjs").Page} page @param {string} user */
const row = (page, user) => page.getByRole("row", { name: user });
const list = async () =>
  (await root("GET", `/v1${MEMBERS}`)).members
    .map((/** @type {any} */ { user, role }) => `${user} ${role}`)
    .sort();

test("members are listed with role and date; a personal key may look only", async (t) => {
  const page = await asAda(t, MEMBERS);
  await row(page, "ada (you)").getByText("Owner").waitFor();
  await row(page, "grace").getByText("Admin").waitFor();
  await row(page, "linus").getByText("Member").waitFor();
  assert.equal(await page.getByRole("button", { name: /(?:Add|Invite) member/ }).count(), 0);
  assert.equal(await page.locator("tbody button").count(), 0);
});

test("a member is added, made an admin, and removed", async (t) => {
  const page = await asRoot(t, MEMBERS);
  await page.getByRole("button", { name: "Add member" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a member to" });
  await dialog.getByRole("button", { name: "Add member" }).click();
  await dialog.locator("#user-error").getByText("Enter a user ID.").waitFor();
  await dialog.getByLabel("User").fill("not an id");
  await dialog.getByRole("button", { name: "Add member" }).click();
  await dialog.locator("#user-error").getByText("An ID has no spaces.").waitFor();
  await dialog.getByLabel("User").fill("margaret");
  await dialog.getByRole("button", { name: "Add member" }).click();
  await row(page, "margaret").getByText("Member").waitFor();

  await page.getByRole("button", { name: "Change role of margaret" }).click();
  await page.getByRole("dialog").getByLabel("Admin").check();
  await page.getByRole("button", { name: "Save" }).click();
  await row(page, "margaret").getByText("Admin").waitFor();

  await page.getByRole("button", { name: "Remove margaret" }).click();
  await page.getByRole("dialog").getByText("lose access to the organization").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "margaret").waitFor({ state: "detached" });
  assert.deepEqual(await list(), ["ada owner", "grace admin", "linus member"]);
});

test("the last owner stays, and the page says why", async (t) => {
  const page = await asRoot(t, MEMBERS);
  await page.getByRole("button", { name: "Remove ada" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alert").getByText("An organization must keep at least one owner.").first().waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.ok((await list()).includes("ada owner"));
});

test("an organization is renamed", async (t) => {
  const page = await asRoot(t, "/organizations/globex/members");
  await page.getByRole("link", { name: "Members" }).waitFor();
  await page.getByText("People who manage the keys of Globex.").waitFor();
  await page.getByRole("button", { name: "Rename organization" }).click();
  assert.equal(await page.getByRole("textbox", { name: "Name" }).inputValue(), "Globex");
  await page.getByRole("textbox", { name: "Name" }).fill("Globex International");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("summary", { hasText: "Globex International" }).waitFor();
});

test("a personal key that lost its membership sees the organization no more", async (t) => {
  const page = await asAda(t, "/organizations/globex/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  await root("DELETE", "/v1/organizations/globex/members/ada");
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "There is no such organization or user" }).waitFor();
});

test("members come in pages, and one past the end leads to the last", async (t) => {
  await root("POST", "/v1/organizations", { id: "large", name: "Large", owner: "ada" });
  for (let n = 101; n <= 201; n++)
    await root("PUT", `/v1/organizations/large/members/m${n}`, { role: "member" });
  const page = await asRoot(t, "/organizations/large/members");
  await page.getByText("1–100 of 102").waitFor();
  await page.getByRole("link", { name: "Next" }).click();
  await page.getByText("101–102 of 102").waitFor();
  assert.equal(new URL(page.url()).search, "?page=2");
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.goto("/organizations/large/members?page=7");
  await page.waitForURL("**/members?page=2");
  await page.getByText("101–102 of 102").waitFor();
});

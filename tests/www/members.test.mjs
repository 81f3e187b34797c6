// @ts-check
// Members of an organization: who sees what, who may change what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, asAda, asRoot, personal, server } = world();
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
  await page.getByRole("dialog").getByRole("button", { name: "Change role" }).click();
  await row(page, "margaret").getByText("Admin").waitFor();
  // Only what takes something away says by when.
  await page.getByText("margaret is now an admin.", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Change role of margaret" }).click();
  await page.getByRole("dialog").getByLabel("Member").check();
  await page.getByRole("dialog").getByRole("button", { name: "Change role" }).click();
  await page
    .getByText(
      /^margaret is now a member\. No later than \d\d:\d\d:\d\d, every caller that asks with your organization’s ceiling is told so\.$/,
    )
    .waitFor();

  await page.getByRole("button", { name: "Remove margaret" }).click();
  await page.getByRole("dialog").getByText("margaret loses access to Acme Robotics right away.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "margaret").waitFor({ state: "detached" });
  assert.deepEqual(await list(), ["ada owner", "grace admin", "linus member"]);
});

test("whoever is a member already keeps their role when somebody adds them again", async (t) => {
  const page = await asRoot(t, "/organizations/acme/members");
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("User ID").fill("grace");
  await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
  await page.getByText("grace is already an admin. You can change their role in the list.").first().waitFor();
  assert.equal((await root("GET", "/v1/organizations/acme/members/grace")).role, "admin");
});

test("the actions of all rows end in one column", async (t) => {
  const page = await asRoot(t, MEMBERS);
  await row(page, "linus").waitFor();
  const places = await page
    .locator("tbody button")
    .evaluateAll((buttons) =>
      buttons.map((button) => `${button.textContent} ${Math.round(button.getBoundingClientRect().right)}`),
    );
  assert.equal(places.length, 6);
  assert.equal(new Set(places).size, 2);
});

test("the focus stays on the page when the first member is added and when the last is removed", async (t) => {
  await root("POST", "/v1/organizations", { id: "hollow", name: "Hollow" });
  const page = await asRoot(t, "/organizations/hollow/members");
  await page.getByRole("heading", { name: "No members yet" }).waitFor();
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("User ID").fill("first");
  await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
  await row(page, "first").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent?.trim() === "Add member");
  await page.getByRole("button", { name: "Remove first" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("heading", { name: "No members yet" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.matches("h1, h2"));
});

/** A member with two keys of the organization that they have created. @param {string} user */
async function maker(user) {
  await root("PUT", `/v1${MEMBERS}/${user}`, { role: "member" });
  const { token } = await personal(user);
  /** @type {string[]} */
  const ids = [];
  for (const title of [`First of ${user}`, `Second of ${user}`]) {
    const answer = await server().fetch("/v1/organizations/acme/keys", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ type: "secret", title }),
    });
    ids.push((await answer.json()).id);
  }
  return async () =>
    Promise.all(ids.map(async (id) => (await root("GET", `/v1/organizations/acme/keys/${id}`)).status));
}

test("what a member has created stays unless it is chosen to be revoked", async (t) => {
  const stays = await maker("stays");
  const goes = await maker("goes");
  const page = await asRoot(t, MEMBERS);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Remove stays" }).click();
  const choice = dialog.getByLabel("Also revoke 2 keys that stays made");
  await dialog.getByText("“First of stays” and “Second of stays”.").waitFor();
  assert.equal(await choice.isChecked(), false);
  await dialog.getByRole("button", { name: "Remove member" }).click();
  await page
    .getByText(
      /^Removed stays\. No later than \d\d:\d\d:\d\d, every caller that asks with your organization’s ceiling refuses their personal keys here\.$/,
    )
    .waitFor();
  assert.deepEqual(await stays(), ["active", "active"]);

  await page.getByRole("button", { name: "Remove goes" }).click();
  await dialog.getByLabel("Also revoke 2 keys that goes made").check();
  await dialog.getByRole("button", { name: "Remove member" }).click();
  await page.getByText(/^Removed goes\. No later than .* Revoked 2 keys\.$/).waitFor();
  assert.deepEqual(await goes(), ["revoked", "revoked"]);
  assert.deepEqual(await list(), ["ada owner", "grace admin", "linus member"]);
});

test("a revocation that fails after the removal is said, and can be tried again", async (t) => {
  const statuses = await maker("unlucky");
  const page = await asRoot(t, MEMBERS);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Remove unlucky" }).click();
  await dialog.getByLabel("Also revoke 2 keys").check();
  await page.route("**/keys/revoke", (route) => route.abort());
  await dialog.getByRole("button", { name: "Remove member" }).click();
  await dialog.getByText("unlucky is no longer a member, but their keys weren’t revoked").waitFor();
  assert.deepEqual(await statuses(), ["active", "active"]);
  assert.ok(!(await list()).includes("unlucky member"));
  await page.unroute("**/keys/revoke");
  await dialog.getByRole("button", { name: "Revoke keys" }).click();
  await page.getByText(/^Removed unlucky\. No later than .* Revoked 2 keys\.$/).waitFor();
  assert.deepEqual(await statuses(), ["revoked", "revoked"]);
});

test("the keys that a member has created can be looked at before they go", async (t) => {
  await maker("looked-at");
  const page = await asRoot(t, MEMBERS);
  await page.getByRole("button", { name: "Remove looked-at" }).click();
  await page.getByRole("link", { name: "View keys looked-at created" }).click();
  await page.waitForURL("**/organizations/acme/keys?created_by=user%3Alooked-at");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("link", { name: "First of looked-at" }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
  await root("DELETE", `/v1${MEMBERS}/looked-at`);
});

test("the last owner stays, and the page says why", async (t) => {
  const page = await asRoot(t, MEMBERS);
  await page.getByRole("button", { name: "Remove ada" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("alert").getByText("An organization must keep at least one owner.").first().waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  assert.ok((await list()).includes("ada owner"));
});

test("a personal key that lost its membership sees the organization no more", async (t) => {
  const page = await asAda(t, "/organizations/globex/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  await root("DELETE", "/v1/organizations/globex/members/ada");
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("heading", { name: "Organization not found", level: 1 }).waitFor();
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

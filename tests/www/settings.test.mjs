// @ts-check
// The settings of an organization, and what the operator finds about a user: name, policy, and the danger zone.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newKey, startProvider, token } from "../http/provider.mjs";
import { world } from "./support.mjs";

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, key, personal, open, signIn, asAda, asRoot } = world({
  options: { bindings: provider.bindings },
});
const SETTINGS = "/organizations/acme/settings";

/** A page on which somebody is signed in with a token of the provider. @param {import("node:test").TestContext} test @param {string} user @param {string} [address] */
async function as(test, user, address) {
  const page = await open(test);
  await signIn(page, token(signer, provider.claims({ sub: user })), address);
  return page;
}

/** @param {import("./support.mjs").Page} page */
const offered = async (page) => {
  await page.getByRole("heading", { name: "Age of answers" }).waitFor();
  return page.locator("main button").allTextContents();
};

test("an organization is renamed in place, and everything calls it so at once", async (t) => {
  const page = await asRoot(t, "/organizations/globex/members");
  await page.getByRole("link", { name: "Settings" }).click();
  const name = page.getByRole("textbox", { name: "Name" });
  await name.waitFor();
  assert.equal(await name.inputValue(), "Globex");
  const save = page.getByRole("button", { name: "Save name" });
  assert.equal(await save.getAttribute("aria-disabled"), "true");
  await name.fill("Globex International");
  await save.click();
  await page.getByText("Name saved.").waitFor();
  await page.locator("summary", { hasText: "Globex International" }).waitFor();
  assert.equal((await root("GET", "/v1/organizations/globex")).name, "Globex International");
  assert.equal(await save.evaluate((button) => button === document.activeElement), true);
});

test("a name that isn’t one is refused beside its field, and stays there to be mended", async (t) => {
  const page = await asRoot(t, SETTINGS);
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill("   ");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.locator("#name-error").getByText("Enter a name.").waitFor();
  assert.equal(await name.inputValue(), "   ");
  assert.equal((await root("GET", "/v1/organizations/acme")).name, "Acme Robotics");
});

test("a name that is being typed outlives a reload of what is shown", async (t) => {
  const page = await asRoot(t, SETTINGS);
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill("Acme, half");
  const reloaded = page.waitForResponse((response) => response.url().endsWith("/v1/organizations/acme"));
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await reloaded;
  assert.equal(await name.inputValue(), "Acme, half");
});

test("everybody reads the policy, and each role is offered what it may do", async (t) => {
  const owner = await as(t, "ada", SETTINGS);
  const moving = ["Import…", "Export…"];
  const all = ["Save name", "Copy ID", "Save ages", ...moving, "Leave organization…", "Delete organization…"];
  assert.deepEqual(await offered(owner), all);
  const cells = owner.getByRole("row", { name: "Delete the organization" }).getByRole("img");
  assert.deepEqual(await cells.evaluateAll((marks) => marks.map((mark) => mark.getAttribute("aria-label"))), [
    "No",
    "No",
    "Yes",
  ]);
  await owner.getByText("Admins and owners invite people.").waitFor();
  assert.deepEqual(await offered(await as(t, "grace", SETTINGS)), [
    "Save name",
    "Copy ID",
    "Save ages",
    "Import…",
    "Leave organization…",
  ]);
  const member = await as(t, "linus", SETTINGS);
  assert.deepEqual(await offered(member), ["Copy ID", "Leave organization…"]);
  assert.equal(await member.getByRole("textbox").count(), 0);
  // Keys do nothing else of this, whoever they belong to.
  assert.deepEqual(await offered(await asAda(t, SETTINGS)), ["Copy ID", "Import…"]);
  assert.deepEqual(await offered(await asRoot(t, SETTINGS)), [
    "Save name",
    "Copy ID",
    "Save ages",
    ...moving,
    "Delete organization…",
  ]);
});

test("how old an answer may be is set in seconds, said in words, and in the trail as a sentence", async (t) => {
  await root("POST", "/v1/organizations", { id: "aged", name: "Aged" });
  const page = await asRoot(t, "/organizations/aged/settings");
  const ceiling = page.getByLabel("How old an answer may be, in seconds");
  const outage = page.getByLabel("If a ledger can’t be reached, in seconds");
  const save = page.getByRole("button", { name: "Save ages" });
  await ceiling.waitFor();
  const shown = async () => [await ceiling.inputValue(), await outage.inputValue()];
  assert.deepEqual(await shown(), ["30", "0"]);
  assert.equal(await save.getAttribute("aria-disabled"), "true");
  await page
    .getByText("No answer. What has to ask the ledger isn’t verified (503) until it’s back.")
    .waitFor();
  await ceiling.fill("3601");
  await outage.fill("1.5");
  await save.click();
  await page.locator("#max_staleness_seconds-error").getByText("from 0 to 3,600").waitFor();
  await page.locator("#on_outage_max_seconds-error").getByText("from 0 to 86,400").waitFor();
  assert.deepEqual(await shown(), ["3601", "1.5"]);
  await ceiling.fill("300");
  await page.getByText("is refused everywhere within 5 minutes.").waitFor();
  await outage.fill("86400");
  await page.getByText("answers that are up to 24 hours old.").waitFor();
  await save.click();
  await page.getByText("Ages saved.").waitFor();
  await page.getByText("elsewhere within 5 minutes.").waitFor();
  const { max_staleness_seconds, on_outage_max_seconds } = await root("GET", "/v1/organizations/aged");
  assert.deepEqual([max_staleness_seconds, on_outage_max_seconds], [300, 86_400]);
  await page.getByRole("link", { name: "Activity" }).click();
  const entry = page.locator(".trail li", { hasText: "how old an answer may be" });
  assert.match(
    ((await entry.textContent()) ?? "").replace(/\s+/g, " "),
    /Root key changed how old an answer may be: 30 seconds → 5 minutes · how old an answer may be if the ledger can’t be reached: no answer → 24 hours/,
  );
});

test("whoever may not change it reads how old an answer may be, and what that means", async (t) => {
  const page = await as(t, "linus", SETTINGS);
  const card = page.getByRole("region", { name: "Age of answers" });
  await card.getByText("is refused everywhere within 30 seconds.").waitFor();
  await card.getByText("Whoever verifies a key says how old the answer may be").waitFor();
  assert.equal(await card.getByRole("textbox").count(), 0);
});

test("the ID is copied", async (t) => {
  const page = await open(t, { permissions: ["clipboard-write"] });
  await signIn(page, (await personal("ada")).token, SETTINGS);
  await page.getByRole("button", { name: "Copy ID" }).click();
  await page.getByText("Copied the ID.").waitFor();
});

test("whoever leaves goes home, and finds the organization nowhere any more", async (t) => {
  await root("POST", "/v1/organizations", { id: "former", name: "Former", owner: "ada" });
  await root("PUT", "/v1/organizations/former/members/linus", { role: "member" });
  const page = await as(t, "linus", "/organizations/former/settings");
  await page.getByRole("button", { name: "Leave organization…" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave Former?" });
  await dialog.getByText("You lose access to Former right away.").waitFor();
  await dialog.getByRole("button", { name: "Leave organization" }).click();
  await page.getByText("You left Former.").waitFor();
  await page.getByRole("heading", { name: "Organizations", level: 1 }).waitFor();
  assert.equal(await page.locator("main").getByText("Former", { exact: true }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Members" }).count(), 0);
  const { members } = await root("GET", "/v1/organizations/former/members");
  assert.deepEqual(
    members.map((/** @type {any} */ { user }) => user),
    ["ada"],
  );
});

test("the last owner can’t leave, and is told why", async (t) => {
  await root("POST", "/v1/organizations", { id: "alone", name: "Alone", owner: "ada" });
  const page = await as(t, "ada", "/organizations/alone/settings");
  await page.getByRole("button", { name: "Leave organization…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave organization" }).click();
  await page.getByRole("alert").getByText("An organization must keep at least one owner.").first().waitFor();
});

test("an organization is deleted once its ID is typed, with all that the dialog has said", async (t) => {
  await root("POST", "/v1/organizations", { id: "doomed", name: "Doomed", owner: "ada" });
  await root("PUT", "/v1/organizations/doomed/members/linus", { role: "member" });
  await root("POST", "/v1/organizations/doomed/keys", { type: "secret", title: "Last" });
  const page = await as(t, "ada", "/organizations/doomed/settings");
  await page.getByRole("button", { name: "Delete organization…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Doomed?" });
  await dialog.getByText("1 key, 2 members, and all invitations").waitFor();
  const send = dialog.getByRole("button", { name: "Delete organization" });
  await dialog.getByLabel("Type the organization’s ID to confirm").fill("Doomed");
  assert.equal(await send.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Enter");
  assert.equal((await root("GET", "/v1/organizations/doomed")).name, "Doomed");
  await dialog.getByLabel("Type the organization’s ID to confirm").fill("doomed");
  await send.click();
  await page.getByText("Deleted Doomed.").waitFor();
  await page.getByRole("heading", { name: "Organizations", level: 1 }).waitFor();
  assert.equal(await page.locator("main").getByText("Doomed", { exact: true }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Settings" }).count(), 0);
  await assert.rejects(root("GET", "/v1/organizations/doomed"), /404/);
});

test("the operator deletes a user from the user’s settings, where nobody else is offered it", async (t) => {
  const laptop = await personal("grace");
  await key({ title: "Stays" });
  const own = await open(t);
  await signIn(own, laptop.token, "/users/grace/settings");
  await own.getByRole("link", { name: "Acme Robotics" }).first().waitFor();
  assert.deepEqual(await own.locator("main button").allTextContents(), ["Copy ID"]);

  const page = await asRoot(t, "/users/grace/keys");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Delete user…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete grace?" });
  await dialog.getByText("1 key, 1 membership, and all sessions").waitFor();
  await dialog.getByLabel("Type the user’s ID to confirm").fill("grace");
  await dialog.getByRole("button", { name: "Delete user" }).click();
  await page.getByText("Deleted grace.").waitFor();
  await page.waitForURL((url) => url.pathname === "/");
  const sections = page.getByRole("navigation", { name: "Sections" }).getByRole("link");
  await page.getByRole("heading", { name: "Organizations", level: 1 }).waitFor();
  assert.ok(!(await sections.allTextContents()).includes("Sessions"));
  await assert.rejects(root("GET", `/v1/users/grace/keys/${laptop.id}`), /404/);
});

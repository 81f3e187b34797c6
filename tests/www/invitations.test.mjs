// @ts-check
// Invitations: whoever is invited sees and answers them, whoever manages members sees and withdraws them.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually } from "../http/client.mjs";
import { newKey, startProvider, token } from "../http/provider.mjs";
import { world } from "./support.mjs";

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, personal, open, signIn, asRoot, server } = world({ options: { bindings: provider.bindings } });

/** A page on which somebody is signed in with a token of the provider. @param {import("node:test").TestContext} test @param {string} user @param {string} [address] */
async function as(test, user, address) {
  const page = await open(test);
  await signIn(page, token(signer, provider.claims({ sub: user })), address);
  return page;
}

/** Invites somebody, until they are told. @param {string} organization @param {string} user @param {string} [role] */
async function invite(organization, user, role = "member") {
  await root("POST", `/v1/organizations/${organization}/invitations`, { user, role });
  await eventually(
    () => root("GET", `/v1/users/${user}/invitations`),
    ({ invitations }) => invitations.some((/** @type {any} */ each) => each.organization === organization),
  );
}

/** An organization that Ada owns, with Grace as an admin and Linus as a member. @param {string} id */
async function crew(id) {
  await root("POST", "/v1/organizations", { id, name: id, owner: "ada" });
  await root("PUT", `/v1/organizations/${id}/members/grace`, { role: "admin" });
  await root("PUT", `/v1/organizations/${id}/members/linus`, { role: "member" });
  return `/organizations/${id}/members`;
}

/** @param {string} organization */
const members = async (organization) =>
  (await root("GET", `/v1/organizations/${organization}/members`)).members.map(
    (/** @type {any} */ { user, role }) => `${user} ${role}`,
  );
/** @param {import("./support.mjs").Page} page */
const pending = (page) => page.getByRole("table", { name: "Pending invitations" });

/** Waits until a heading has the focus, as what had it is gone. @param {import("./support.mjs").Page} page @param {string} name */
const hasFocus = (page, name) =>
  page.waitForFunction(
    (text) => document.activeElement?.matches("h1, h2") && document.activeElement.textContent === text,
    name,
  );

test("whoever is invited is told on every page, and accepts", async (t) => {
  await invite("acme", "barbara", "admin");
  const page = await as(t, "barbara");
  await page.waitForURL("**/users/barbara/keys");
  await page.getByText("You’re invited to Acme Robotics.").waitFor();
  await page.getByRole("link", { name: "View invitation" }).click();
  await page.getByText("As an admin, invited by Root key.").waitFor();
  assert.equal(await page.getByText("You’re invited to").count(), 0);
  await page.getByRole("button", { name: "Accept the invitation to Acme Robotics" }).click();
  await page.waitForURL("**/organizations/acme/keys");
  await page.getByText("You’ve joined Acme Robotics.").waitFor();
  await page.getByRole("button", { name: "Create key" }).first().waitFor();
  assert.equal(await page.getByText("You’re invited to").count(), 0);
  assert.ok((await members("acme")).includes("barbara admin"));
});

test("whoever is invited may decline", async (t) => {
  await invite("acme", "edsger");
  await invite("globex", "edsger");
  const page = await as(t, "edsger");
  await page.getByText("You’re invited to 2 organizations.").waitFor();
  await page.getByRole("link", { name: "View invitations" }).click();
  await page.getByRole("button", { name: "Decline the invitation to Acme Robotics" }).click();
  await page.getByText("Declined the invitation.").waitFor();
  await page.getByRole("button", { name: "Accept the invitation to Globex" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Accept" }).count(), 1);
  const { invitations } = await root("GET", "/v1/organizations/acme/invitations");
  assert.ok(!invitations.some((/** @type {any} */ { user }) => user === "edsger"));
  assert.ok(!(await members("acme")).includes("edsger member"));
});

test("an invitation that was withdrawn meanwhile is said to be none", async (t) => {
  await invite("globex", "tony");
  const page = await as(t, "tony");
  await page.getByRole("link", { name: "View invitation" }).click();
  const accept = page.getByRole("button", { name: "Accept the invitation to Globex" });
  await accept.waitFor();
  await root("DELETE", "/v1/organizations/globex/invitations/tony");
  await accept.click();
  await page.getByText(/There is no such (?:invitation|organization)\./).waitFor();
  assert.ok(!(await members("globex")).includes("tony member"));
});

test("a key sees its user's invitations and is offered no answer", async (t) => {
  await invite("globex", "ken");
  const page = await open(t);
  await signIn(page, (await personal("ken")).token);
  await page.locator(".brand").click();
  await page.getByRole("region", { name: "Invitations" }).getByText("Globex").first().waitFor();
  await page.getByText("A key can’t answer invitations.").waitFor();
  assert.equal(await page.getByRole("button", { name: /Accept|Decline/ }).count(), 0);
});

test("pending invitations stand below the members, and are withdrawn", async (t) => {
  const page = await as(t, "ada", await crew("ship"));
  await page.getByRole("button", { name: "Invite member" }).click();
  await page.getByLabel("User ID").fill("ada@example.com");
  await page.getByRole("dialog").getByLabel("Admin").check();
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  await page.getByText("Invited ada@example.com. They become a member when they accept.").waitFor();
  const row = pending(page).getByRole("row", { name: "ada@example.com" });
  await row.getByText("Admin").waitFor();
  await row.getByText("by ada (you)").waitFor();
  const invited = async () =>
    (await root("GET", "/v1/organizations/ship/invitations")).invitations.map(
      (/** @type {any} */ { user }) => user,
    );
  assert.deepEqual(await invited(), ["ada~40example~2Ecom"]);

  await page.getByRole("button", { name: "Invite member" }).click();
  await page.getByLabel("User ID").fill("ada~40example~2Ecom");
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  await page.locator("#user-error").getByText("This person is invited already.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Withdraw the invitation for ada@example.com" }).click();
  await page.getByText("Withdrew the invitation for ada@example.com.").waitFor();
  await pending(page).waitFor({ state: "detached" });
  assert.deepEqual(await invited(), []);
  await hasFocus(page, "Members");
});

test("whoever has accepted stands below the pending invitations, and the rest is a click away", async (t) => {
  const where = await crew("yacht");
  for (let n = 1; n <= 6; n++) {
    await root("POST", "/v1/organizations/yacht/invitations", { user: `guest${n}`, role: "member" });
    const headers = { Authorization: `Bearer ${token(signer, provider.claims({ sub: `guest${n}` }))}` };
    const accept = `/v1/organizations/yacht/invitations/guest${n}/accept`;
    assert.equal((await server().fetch(accept, { method: "POST", headers })).status, 200);
  }
  const page = await as(t, "linus", where);
  const accepted = page.getByRole("region", { name: "Accepted invitations" });
  await accepted.getByText("guest6 joined as a member").waitFor();
  assert.equal(await accepted.getByRole("listitem").count(), 5);
  await accepted.getByRole("link", { name: "View all 6" }).click();
  await page.waitForURL("**/organizations/yacht/activity?action=invitation.accepted");
  await page.getByText("guest1 accepted the invitation").waitFor();
  assert.equal(await page.locator(".event").count(), 6);
});

test("an admin withdraws no invitation of an owner, and a member none at all", async (t) => {
  const where = await crew("boat");
  await root("POST", "/v1/organizations/boat/invitations", { user: "john", role: "owner" });
  await root("POST", "/v1/organizations/boat/invitations", { user: "dennis", role: "member" });
  const admin = await as(t, "grace", where);
  await pending(admin).getByRole("row", { name: "john" }).waitFor();
  assert.deepEqual(await pending(admin).getByRole("button").allTextContents(), [
    "Withdraw the invitation for dennis",
  ]);
  const member = await as(t, "linus", where);
  await pending(member).getByRole("row", { name: "john" }).waitFor();
  assert.equal(await pending(member).getByRole("button").count(), 0);
});

test("a user's id is what the provider writes, escaped once, and shown as written where that is plain", async (t) => {
  const page = await asRoot(t, "/organizations/globex/members");
  for (const [typed, id, shown] of [
    ["auth0|123", "auth0~7C123", "auth0|123"],
    ["okta:ada", "okta~3Aada", "okta:ada"],
    ["a~b", "a~7Eb", "a~7Eb"],
    ["zoë!", "zo~C3~AB~21", "zo~C3~AB~21"],
    ["grace~40example~2Ecom", "grace~40example~2Ecom", "grace@example.com"],
  ]) {
    await page.getByRole("button", { name: "Add member" }).click();
    await page.getByLabel("User ID").fill(/** @type {string} */ (typed));
    await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
    await page.getByRole("row", { name: shown }).waitFor();
    assert.ok((await members("globex")).includes(`${id} member`), typed);
  }
  // Whoever is called “ada (you)” is shown with the escapes.
  await root("PUT", "/v1/organizations/globex/members/ada~20~28you~29", { role: "member" });
  await page.reload();
  await page.getByRole("row", { name: "ada~20~28you~29" }).waitFor();
});

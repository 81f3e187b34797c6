// @ts-check
// People who come from an identity provider: what each role is offered, and what the server refuses all the same.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { newKey, startProvider, token } from "../http/provider.mjs";
import { world } from "./support.mjs";

const MEMBERS = "/organizations/acme/members";

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, open, signIn } = world({
  options: {
    bindings: {
      ...provider.bindings,
      JWT_SIGN_IN_URL: `${provider.url}/sign-in`,
      ACCESS_TEAM_DOMAIN: provider.url,
      ACCESS_AUDIENCE: "dashboard",
      ACCESS_USERS: "shared",
    },
  },
});

/** A page on which somebody is signed in with a token of the provider. @param {import("node:test").TestContext} test @param {string} user @param {string} [address] */
async function as(test, user, address) {
  const page = await open(test);
  await signIn(page, token(signer, provider.claims({ sub: user })), address);
  return page;
}

/** @param {import("./support.mjs").Page} page @param {string} user */
const row = (page, user) => page.getByRole("table", { name: "Members" }).getByRole("row", { name: user });
/** @param {import("./support.mjs").Page} page @param {string} user */
const offered = async (page, user) => {
  await row(page, user).waitFor();
  return row(page, user).getByRole("button").allTextContents();
};

test("an owner may do everything to everybody", async (t) => {
  const page = await as(t, "ada", MEMBERS);
  assert.deepEqual(await offered(page, "ada (you)"), ["Change role…", "Leave…"]);
  assert.deepEqual(await offered(page, "grace"), ["Change role…", "Remove…"]);
  await page.getByRole("button", { name: "Invite member" }).click();
  await page.getByLabel("User").fill("hopper");
  await page.getByRole("dialog").getByLabel("Owner").check();
  await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
  await page.getByText("Invited hopper. They become a member when they accept.").waitFor();
  assert.equal(await row(page, "hopper").count(), 0);
  const [invitation] = (await root("GET", "/v1/organizations/acme/invitations")).invitations;
  assert.deepEqual([invitation.user, invitation.role], ["hopper", "owner"]);
  await root("DELETE", "/v1/organizations/acme/invitations/hopper");
  await root("PUT", `/v1${MEMBERS}/hopper`, { role: "owner" });
  await page.reload();
  await page.getByRole("button", { name: "Remove hopper" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await row(page, "hopper").waitFor({ state: "detached" });
});

test("an admin manages members and admins, and makes no owners", async (t) => {
  const page = await as(t, "grace", MEMBERS);
  assert.deepEqual(await offered(page, "ada"), []);
  assert.deepEqual(await offered(page, "linus"), ["Change role…", "Remove…"]);
  await page.getByRole("button", { name: "Invite member" }).click();
  assert.deepEqual(await page.getByRole("radio").count(), 2);
  await page.getByRole("button", { name: "Cancel" }).click();
  const refused = await page.evaluate(async (path) => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch(`/v1${path}/ada`, { method: "PUT", headers, body: '{"role":"member"}' })).status;
  }, MEMBERS);
  assert.equal(refused, 403);
});

test("a member looks, manages keys, and may leave", async (t) => {
  const page = await as(t, "linus", MEMBERS);
  assert.equal(await page.getByRole("button", { name: /(?:Add|Invite) member/ }).count(), 0);
  assert.deepEqual(await offered(page, "grace"), []);
  assert.deepEqual(await offered(page, "linus (you)"), ["Leave…"]);
  const refused = await page.evaluate(async (path) => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch(`/v1${path}/eve`, { method: "PUT", headers, body: '{"role":"member"}' })).status;
  }, MEMBERS);
  assert.equal(refused, 403);
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.getByRole("button", { name: "Create key" }).waitFor();
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("button", { name: "Leave" }).click();
  await page
    .getByRole("dialog", { name: "Leave Acme Robotics?" })
    .getByRole("button", { name: "Leave" })
    .click();
  await page.getByRole("heading", { name: "No organizations yet" }).waitFor();
  await page.getByRole("link", { name: "View personal keys" }).waitFor();
  await root("PUT", `/v1${MEMBERS}/linus`, { role: "member" });
});

test("the last owner cannot leave", async (t) => {
  const page = await as(t, "ada", MEMBERS);
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await page.getByRole("alert").getByText("An organization must keep at least one owner.").first().waitFor();
});

test("a person creates an organization and owns it", async (t) => {
  const page = await as(t, "ada");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.locator("summary").first().click();
  await page.getByRole("button", { name: "Create organization…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Hooli");
  const send = page.getByRole("dialog").getByRole("button", { name: "Create organization" });
  assert.equal(await page.getByRole("textbox", { name: "ID" }).inputValue(), "hooli");
  assert.equal(await page.getByLabel("First owner").count(), 0);
  await send.click();
  await page.waitForURL("**/organizations/hooli/keys");
  await page.locator("summary", { hasText: "Hooli" }).waitFor();
  await page.getByRole("link", { name: "Members" }).click();
  await row(page, "ada (you)").getByText("Owner").waitFor();
});

test("a person's home has their invitations, their organizations with the role in each, and their personal keys", async (t) => {
  await root("POST", "/v1/organizations/globex/invitations", { user: "grace", role: "member" });
  const page = await as(t, "grace");
  await page.waitForURL("**/organizations/acme/keys");
  await page.locator(".brand").click();
  await page.getByRole("heading", { name: "Invitations" }).waitFor();
  assert.deepEqual(await page.locator("main h1, main h2").allTextContents(), [
    "Organizations",
    "Invitations",
    "Personal keys",
  ]);
  await page.getByRole("listitem").filter({ hasText: "Acme Robotics" }).getByText("Admin").waitFor();
  assert.equal(await page.getByRole("textbox").count(), 0);
  await page.getByRole("link", { name: "View personal keys" }).click();
  await page.waitForURL("**/users/grace/keys");
  await root("DELETE", "/v1/organizations/globex/invitations/grace");
});

test("a person's switcher searches what they belong to once there is much of it, and asks the server nothing", async (t) => {
  for (let number = 1; number <= 6; number++)
    await root("POST", "/v1/organizations", { id: `club-${number}`, name: `Club ${number}`, owner: "hedy" });
  const page = await as(t, "hedy", "/organizations/club-3/keys");
  const menu = page.locator(".switcher");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => request.url().includes("/v1/") && asked.push(request.url()));
  await menu.locator("summary").click();
  await menu.getByRole("searchbox").fill("CLUB-5");
  await menu.getByText("1 match", { exact: true }).waitFor({ state: "attached" });
  assert.deepEqual(await menu.locator("li").allTextContents(), ["Club 5Owner"]);
  await menu.getByRole("searchbox").fill("none");
  await menu.getByText("No matches").waitFor();
  assert.deepEqual(asked, []);
  await menu.getByRole("searchbox").fill("person");
  await menu.getByRole("link", { name: "Personal" }).click();
  await page.waitForURL("**/users/hedy/keys");
  await menu.locator("summary").click();
  const recent = menu.getByRole("list", { name: "Recent" }).getByRole("link");
  await recent.first().waitFor();
  assert.deepEqual(await recent.allTextContents(), ["Personal", "Club 3Owner"]);
});

test("an id that is not free is said beside its field", async (t) => {
  const page = await as(t, "margaret", "/users/margaret/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  await page.locator("summary").first().click();
  await page.getByRole("button", { name: "Create organization…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Mine");
  await page.getByRole("textbox", { name: "Id" }).fill("globex");
  await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
  await page.locator("#id-error").getByText("This ID is taken, or was the ID of an organization").waitFor();
});

test("somebody without any organization begins with personal keys", async (t) => {
  const page = await as(t, "newcomer");
  await page.waitForURL("**/users/newcomer/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
});

test("the provider's own way to sign in is offered", async (t) => {
  const page = await open(t);
  await page.goto("/");
  const link = page.getByRole("link", { name: "Continue with 127.0.0.1" });
  assert.equal(await link.getAttribute("href"), `${provider.url}/sign-in`);
  await page.getByText("a token from your identity provider").waitFor();
});

test("a session's cookie is out of reach of scripts and of other sites", async (t) => {
  const page = await as(t, "ada");
  const [cookie, ...others] = await page.context().cookies();
  assert.deepEqual(others, []);
  assert.equal(cookie?.httpOnly, true);
  assert.equal(cookie?.sameSite, "Strict");
  assert.equal(await page.evaluate(() => document.cookie), "");
});

test("behind Cloudflare Access nobody is asked to sign in", async (t) => {
  const assertion = token(signer, provider.claims({ iss: provider.url, aud: "dashboard" }));
  const page = await open(t, { extraHTTPHeaders: { "Cf-Access-Jwt-Assertion": assertion } });
  await page.goto("/");
  await page.waitForURL("**/organizations/acme/keys");
  await page.locator("summary", { hasText: "ada" }).waitFor();
});

test("a token that is too old is refused in words", async (t) => {
  const page = await open(t);
  await page.goto("/");
  await page.getByLabel("Key", { exact: true }).fill(token(signer, provider.claims({ exp: 1_700_000_000 })));
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("This key wasn’t accepted.").waitFor();
});

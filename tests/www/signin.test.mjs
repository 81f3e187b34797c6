// @ts-check
// Signing in: what the page says before anything is sent, and what it does when the server is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { key, personal, open, signIn, asAda, asRoot, server } = world();

/** @param {import("./support.mjs").Page} page */
const field = (page) => page.getByLabel("Key", { exact: true });

test("a mistyped key is caught before anything is sent", async (t) => {
  const page = await open(t);
  const { token } = await personal("ada");
  /** @type {string[]} */
  const sent = [];
  page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto("/");
  const wrong = token.at(-20) === "x" ? "y" : "x";
  for (const [text, says] of [
    [token.slice(0, -20) + wrong + token.slice(-19), "A character is wrong"],
    [
      token.slice(0, 30) + token.charAt(31) + token.charAt(30) + token.slice(32),
      "A character is wrong, or two are swapped",
    ],
    [token.slice(0, -3), "it’s 3 characters too short"],
    [`${token}a`, "It’s 1 character too long"],
    [token.replace("_1", "_-"), "The character at position 13 isn’t allowed in a key."],
    [(await key({ type: "publishable" })).token, "This is a publishable key"],
    [(await key()).token, "This is an organization’s secret key"],
  ]) {
    if (text === token) continue; // two equal neighbours
    await field(page).fill(/** @type {string} */ (text));
    await page
      .getByText(/** @type {string} */ (says))
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Sign in" }).click();
    assert.equal(await field(page).getAttribute("aria-invalid"), "true");
  }
  assert.deepEqual(
    sent.filter((line) => line.startsWith("POST")),
    [],
  );
});

test("a key for the other environment is told apart", async (t) => {
  const page = await open(t);
  await page.route("**/v1/session/options", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), environment: "live" } });
  });
  await page.goto("/");
  await field(page).fill((await personal("ada")).token);
  await page.getByText("This key is for the test environment, but this is live.").first().waitFor();
});

test("a personal key signs in and shows its user's organizations", async (t) => {
  const page = await asAda(t);
  await page.waitForURL("**/organizations/acme/keys");
  await page.locator("summary", { hasText: "Acme Robotics" }).click();
  const owners = page.getByRole("list", { name: "Organizations" }).getByRole("link");
  await owners.first().waitFor();
  assert.deepEqual(await owners.allTextContents(), ["Acme RoboticsOwner", "GlobexMember", "Personal"]);
  await page.getByRole("link", { name: "Personal" }).click();
  await page.getByRole("heading", { name: "Personal keys" }).waitFor();
});

test("white space and secret-token: around a pasted key do no harm", async (t) => {
  const page = await open(t);
  await signIn(page, `  secret-token:${(await personal("ada")).token}\n`);
});

test("what was copied along with a key, or instead of it, is said before anything is sent", async (t) => {
  const page = await open(t);
  await page.goto("/");
  const { id, token, redacted } = await personal("ada");
  for (const [text, said] of [
    [`"${token}"`, "Leave out the quotation marks around the key."],
    [`Bearer ${token}`, "Leave out “Bearer” before the key."],
    [`KEYWARD_KEY=${token}`, "Leave out the name of the variable and the equals sign before the key."],
    [`export KEYWARD_KEY="${server().rootKey}"`, "Leave out the name of the variable"],
    [`${token} ${token}`, "There’s white space in the middle."],
    [redacted, "This is a key’s redacted form."],
    [id, "This is a key’s id, not the key."],
  ]) {
    await field(page).fill(text);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("form").getByText(said).first().waitFor();
  }
});

test("a root key creates an organization with its first owner", async (t) => {
  const page = await asRoot(t);
  await page.getByRole("button", { name: "Create organization", exact: true }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Initech");
  await page.getByRole("dialog").getByRole("textbox", { name: "Id" }).fill("initech");
  await page.getByLabel("First owner").fill("ada");
  await page.getByRole("dialog").getByRole("button", { name: "Create organization" }).click();
  await page.waitForURL("**/organizations/initech/keys");
  await page.getByRole("heading", { name: "Create your first key" }).waitFor();
  await page.getByRole("link", { name: "Members" }).click();
  await page.getByRole("row", { name: "ada Owner" }).waitFor();
});

test("a personal key with few scopes is offered what it may do", async (t) => {
  const page = await open(t);
  await key({ title: "Seen" });
  await signIn(page, (await personal("ada", { scopes: ["keys:read"] })).token);
  await page.waitForURL("**/organizations/acme/keys");
  await page.getByRole("row", { name: "Seen" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Create key" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Members" }).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Activity" }).count(), 0);
});

test("a well-formed key that the server does not know is refused in words", async (t) => {
  const page = await open(t);
  const { id, token } = await personal("ada");
  await server().fetch(`/v1/users/ada/keys/${id}?revoke=true`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${server().rootKey}` },
  });
  await page.goto("/");
  await field(page).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("This key wasn’t accepted.").waitFor();
});

test("signing out ends the session and forgets the address", async (t) => {
  const page = await asAda(t, "/organizations/acme/members");
  await page.locator(".account summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  await page.reload();
  await page.getByRole("heading", { name: "Sign in to Keyward" }).waitFor();
});

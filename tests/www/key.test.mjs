// @ts-check
// One key's page: details, audit trail, edit, roll, revoke, delete.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, personal, open, signIn, asAda, server } = world();

/** @param {{ id: string }} key */
const at = ({ id }) => `/organizations/acme/keys/${id}`;
/** @param {{ id: string }} key */
const read = (key) => root("GET", `/v1${at(key)}`);
/** @param {import("./support.mjs").Page} page @param {string} name */
const button = (page, name) => page.getByRole("button", { name, exact: true });
/** @param {import("./support.mjs").Page} page @param {string} name */
const fact = (page, name) => page.locator(`.facts > div:has(dt:text-is("${name}")) dd`);

test("all details and the audit trail are shown", async (t) => {
  const made = await key({
    title: "Everything",
    scopes: ["b", "a"],
    metadata: { team: "blue" },
    consistency: "strong",
    expires_at: "2099-01-01T00:00:00Z",
  });
  await root("PATCH", `/v1${at(made)}`, { title: "Everything there is" });
  const page = await asAda(t, at(made));
  await page.getByRole("heading", { name: "Everything there is" }).waitFor();
  assert.equal(await fact(page, "Scopes").textContent(), "ab");
  assert.equal(await fact(page, "Last used").textContent(), "Never");
  assert.equal(await fact(page, "Created by").textContent(), "Root key");
  assert.match((await fact(page, "Expires").textContent()) ?? "", /2099|2098/);
  assert.equal(await fact(page, "Checks").textContent(), "Always strong");
  assert.equal(await fact(page, "ID").textContent(), made.id);
  assert.equal(await fact(page, "Metadata").textContent(), '{"team":"blue"}');
  const deeds = await page.locator(".trail p").allTextContents();
  assert.deepEqual(deeds, ["Root key changed the title of the key", "Root key created the key"]);
});

test("a key that was created by another key is shown as such", async (t) => {
  const { token, id } = await key({ title: "Maker", scopes: ["*"] });
  const answer = await server().fetch("/v1/organizations/acme/keys", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ type: "secret", title: "Made" }),
  });
  const page = await asAda(t, at(await answer.json()));
  assert.equal(await fact(page, "Created by").textContent(), `Key …${id.slice(-6)}`);
});

test("a publishable key is copied from its page", async (t) => {
  const made = await key({ type: "publishable", title: "Public" });
  const page = await asAda(t, at(made), { permissions: ["clipboard-write"] });
  await button(page, "Copy").click();
  await page.getByText("Copied the publishable key.").waitFor();
});

test("title, scopes and expiry are edited, and only what changed is sent", async (t) => {
  const made = await key({ title: "Before", scopes: ["keys:read", "orders:read"] });
  const page = await asAda(t, at(made));
  await button(page, "Edit").click();
  assert.ok(await page.getByLabel("keys:read").isChecked());
  assert.equal(await page.getByLabel("Your application’s scopes").inputValue(), "orders:read");
  await page.getByLabel("Title", { exact: true }).fill("After");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await button(page, "Save").click();
  assert.deepEqual((await sent).postDataJSON(), { title: "After" });
  await page.getByRole("heading", { name: "After" }).waitFor();
  await button(page, "Edit").click();
  await page.getByLabel("keys:read").uncheck();
  await page.getByLabel("Your application’s scopes").fill("orders:write");
  await page.getByLabel("Expires").selectOption("30");
  await button(page, "Save").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const now = await read(made);
  assert.deepEqual(now.scopes, ["orders:write"]);
  assert.ok(now.expires_at);
  await page.getByText("changed the scopes and expiry of the key").waitFor();
});

test("of a revoked key only the title can be changed", async (t) => {
  const made = await key({ title: "Gone" });
  await root("POST", `/v1${at(made)}/revoke`, {});
  const page = await asAda(t, at(made));
  await button(page, "Delete").waitFor();
  assert.deepEqual(await page.locator(".head .actions button").allTextContents(), ["Edit", "Delete"]);
  await button(page, "Edit").click();
  await page.getByText("This key is revoked, so you can only change its title.").waitFor();
  await page.getByLabel("Title", { exact: true }).fill("Gone for good");
  await button(page, "Save").click();
  await page.getByRole("heading", { name: "Gone for good" }).waitFor();
});

test("a key is revoked now, with a reason, after a confirmation that names it and says what happens", async (t) => {
  const made = await key({ title: "Leaked" });
  const page = await asAda(t, at(made));
  await button(page, "Revoke").click();
  const dialog = page.getByRole("dialog", { name: "Revoke “Leaked”?" });
  await dialog
    .getByText("Immediately for strong verification, and within about a minute for fast verification.")
    .waitFor();
  await dialog.getByText("This can’t be undone.").waitFor();
  await button(page, "Cancel").click();
  assert.equal((await read(made)).status, "active");
  await button(page, "Revoke").click();
  await page.getByLabel("Reason").fill("It was in a log");
  await button(page, "Revoke now").click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await page.getByText("revoked the key: “It was in a log”").waitFor();
  const check = await root("POST", "/v1/verify", { key: made.token, consistency: "strong" });
  assert.equal(check.code, "revoked");
});

test("a key is revoked at a time, works until then, and that can only be brought forward", async (t) => {
  const made = await key({ title: "Soon" });
  const page = await asAda(t, at(made), { timezoneId: "UTC" });
  await button(page, "Revoke").click();
  await page.getByLabel("Later").check();
  await page.getByLabel("Stops working at").fill("2001-01-01T00:00");
  await button(page, "Schedule revocation").click();
  await page.locator("#moment-error").getByText("Choose a time in the future.").waitFor();
  /** @param {number} hours */
  const ahead = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  await page.getByLabel("Stops working at").fill(ahead(3));
  await button(page, "Schedule revocation").click();
  await page.locator(".head .badge", { hasText: "Retiring" }).waitFor();
  await page.locator(".head").getByText("in 3 hours").waitFor();
  assert.equal((await root("POST", "/v1/verify", { key: made.token, consistency: "strong" })).valid, true);

  await button(page, "Revoke sooner").click();
  await page.getByText("This key stops working on").waitFor();
  await page.getByLabel("Later").check();
  await page.getByLabel("Stops working at").fill(ahead(5));
  await button(page, "Schedule revocation").click();
  await page.getByRole("alert").getByText("A revocation can be brought forward but not postponed.").waitFor();
  await page.getByLabel("Now", { exact: true }).check();
  await button(page, "Revoke now").click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
});

test("rolling shows the new secret once and says when the old one stops", async (t) => {
  const made = await key({ title: "Rolled", scopes: ["orders:read"] });
  const page = await asAda(t, at(made));
  await button(page, "Roll").click();
  await page.getByLabel("Old key stops working").selectOption("3600");
  await button(page, "Roll key").click();
  await page
    .getByRole("dialog", { name: "Save your key “Rolled”" })
    .getByText("The old key stops working on")
    .waitFor();
  await button(page, "Reveal").click();
  const secret = (await page.locator("#secret").textContent()) ?? "";
  assert.equal((await root("POST", "/v1/verify", { key: secret, consistency: "strong" })).valid, true);
  await button(page, "Done").click();
  await button(page, "Close without copying").click();
  await page.waitForURL(
    (url) => url.pathname.startsWith("/organizations/acme/keys/apk_") && !url.pathname.endsWith(made.id),
  );
  await page.getByText("created the key by rolling another key").waitFor();
  assert.equal((await read(made)).status, "retiring");
  await page.goBack();
  await page.locator(".head .badge", { hasText: "Retiring" }).waitFor();
});

test("a revoked key is deleted after a confirmation, and its trail stays", async (t) => {
  const made = await key({ title: "Done with" });
  await root("POST", `/v1${at(made)}/revoke`, {});
  const page = await asAda(t, at(made));
  await button(page, "Delete").click();
  await page.getByRole("dialog", { name: "Delete “Done with”?" }).waitFor();
  await button(page, "Delete key").click();
  await page.waitForURL("**/organizations/acme/keys");
  await page.getByText("Deleted “Done with”.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Done with" }).count(), 0);
  await page.getByRole("link", { name: "Activity" }).click();
  await page.locator(".trail").getByText("deleted “Done with”").waitFor();
});

test("revoke and delete in one step asks for the title", async (t) => {
  const made = await key({ title: "Two in one" });
  const page = await asAda(t, at(made));
  await button(page, "Revoke and delete").click();
  const dialog = page.getByRole("dialog", { name: "Revoke and delete “Two in one”?" });
  const send = dialog.locator("button[type=submit]");
  await page.getByLabel("Type the key’s title to confirm").fill("Two in on");
  assert.equal(await send.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Enter");
  assert.equal((await read(made)).status, "active");
  await page.getByLabel("Type the key’s title to confirm").fill("Two in one");
  await send.click();
  await page.waitForURL("**/organizations/acme/keys");
  await assert.rejects(read(made), /404/);
});

test("what somebody may not do is not offered", async (t) => {
  const made = await key({ title: "Look only" });
  const { token } = await personal("ada", { scopes: ["keys:read", "events:read"] });
  const page = await open(t);
  await signIn(page, token, at(made));
  await page.getByRole("heading", { name: "Look only" }).waitFor();
  assert.equal(await page.locator(".head .actions button").count(), 0);
  await page.locator(".trail").getByText("created the key").waitFor();
});

test("what somebody may not read is left out, when the page begins with a key too", async (t) => {
  const made = await key({ title: "Facts only" });
  const { token } = await personal("ada", { scopes: ["keys:read"] });
  const page = await open(t);
  await signIn(page, token, at(made));
  await fact(page, "ID").getByText(made.id).waitFor();
  await page.getByRole("heading", { name: "Activity" }).waitFor({ state: "detached" });
  for (const name of ["Members", "Activity"])
    await page.getByRole("link", { name, exact: true }).waitFor({ state: "detached" });
});

test("a rolled key and its successor lead to each other, also when one is deleted", async (t) => {
  const old = await key({ title: "Rolled away" });
  const { id } = await root("POST", `/v1${at(old)}/roll`, { grace: 0 });
  await root("PATCH", `/v1${at({ id })}`, { title: "In its place" });
  const page = await asAda(t, at(old));
  await fact(page, "Replaced by").getByRole("link", { name: "In its place" }).click();
  await page.waitForURL(`**${at({ id })}`);
  await fact(page, "Replaces").getByRole("link", { name: "Rolled away" }).click();
  await page.waitForURL(`**${at(old)}`);
  await root("DELETE", `/v1${at({ id })}?revoke=true`);
  await page.reload();
  await fact(page, "Replaced by").getByText("(deleted)").waitFor();
  assert.equal(await fact(page, "Replaced by").getByRole("link").count(), 0);
});

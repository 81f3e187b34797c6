// @ts-check
// One key's page: details, audit trail, roll, revoke, delete.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../http/client.mjs";
import { world } from "./support.mjs";

const { root, key, personal, open, signIn, asAda, server } = world();

/** @param {{ id: string }} key */
const at = ({ id }) => `/organizations/acme/keys/${id}`;
/** @param {{ id: string }} key */
const read = (key) => root("GET", `/v1${at(key)}`);
/** @param {import("./support.mjs").Page} page @param {string} name */
const button = (page, name) => page.getByRole("button", { name, exact: true });
/** @param {import("./support.mjs").Page} page @param {string} name */
const fact = (page, name) =>
  page.getByRole("region", { name: "Details" }).locator(`.facts > div:has(dt:text-is("${name}")) dd`);

test("all details and the audit trail are shown", async (t) => {
  const made = await key({
    title: "Everything",
    scopes: ["b", "a"],
    metadata: { team: "blue", limits: { rps: 20 } },
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
  assert.match((await fact(page, "Consistency").textContent()) ?? "", /^StrongAlways asks the ledger/);
  await fact(page, "ID").getByText(made.id).waitFor();
  const rows = page.getByRole("table", { name: "Metadata" }).getByRole("row");
  assert.equal(await rows.filter({ hasText: "team" }).getByRole("cell").first().textContent(), "blue");
  const nested = await rows.filter({ hasText: "limits" }).locator("code").textContent();
  assert.equal(nested, JSON.stringify({ rps: 20 }, null, 2));
  await page.locator(".trail > li").nth(1).waitFor();
});

test("who created a key is named with the key that they used, linked where it can be seen", async (t) => {
  const { token, id } = await key({ title: "Maker", scopes: ["*"] });
  const answer = await server().fetch("/v1/organizations/acme/keys", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ type: "secret", title: "Made" }),
  });
  const made = await answer.json();
  const page = await asAda(t, at(made));
  const link = fact(page, "Created by").getByRole("link", { name: "Maker" });
  assert.equal(await link.getAttribute("href"), at({ id }));
  assert.equal(await fact(page, "Created by").textContent(), "Key “Maker”");

  /** @param {{ token: string }} with */
  const create = async ({ token }) => {
    const response = await server().fetch("/v1/organizations/acme/keys", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ title: "By a person" }),
    });
    return response.json();
  };
  const adas = await personal("ada");
  await page.goto(at(await create(adas)));
  const own = fact(page, "Created by").getByRole("link", { name: "ada’s laptop" });
  assert.equal(await own.getAttribute("href"), `/users/ada/keys/${adas.id}`);
  assert.equal(await fact(page, "Created by").textContent(), "ada (you), with “ada’s laptop”");
  const graces = await personal("grace");
  await page.goto(at(await create(graces)));
  await fact(page, "Created by")
    .getByText(`grace, with key …${graces.id.slice(-6)}`)
    .waitFor();
  assert.equal(await fact(page, "Created by").getByRole("link").count(), 0);

  await root("DELETE", `/v1${at({ id })}?revoke=true`);
  await page.goto(at(made));
  await fact(page, "Created by")
    .getByText(`Key …${id.slice(-6)}`)
    .waitFor();
  assert.equal(await fact(page, "Created by").getByRole("link").count(), 0);
});

test("metadata and the id are copied from the page", async (t) => {
  const made = await key({ title: "Copied", metadata: { team: "blue" } });
  const page = await asAda(t, at(made), { permissions: ["clipboard-write"] });
  await button(page, "Copy the value of team").click();
  await page.getByText("Copied the value of team.").waitFor();
  await button(page, "Copy the ID").click();
  await page.getByText("Copied the ID.").waitFor();
});

test("a publishable key is copied from its page, which says how a page verifies it", async (t) => {
  const made = await key({ type: "publishable", title: "Public" });
  const page = await asAda(t, at(made), { permissions: ["clipboard-write"] });
  await button(page, "Copy the publishable key").click();
  await page.getByText("Copied the publishable key.").waitFor();
  await page.getByText("How to use it").click();
  await page.getByRole("group", { name: "Code" }).getByText(`const key = "${made.token}";`).waitFor();
});

test("a key is revoked now, with a reason, after a confirmation that names it and says what happens", async (t) => {
  const made = await key({ title: "Leaked" });
  const page = await asAda(t, at(made));
  await button(page, "Revoke key").click();
  const dialog = page.getByRole("dialog", { name: "Revoke “Leaked”?" });
  await dialog
    .getByText(
      "At once where your servers ask for 0 seconds, and elsewhere within the organization’s ceiling.",
    )
    .waitFor();
  await dialog.getByText("You can’t undo this.").waitFor();
  await button(page, "Cancel").click();
  assert.equal((await read(made)).status, "active");
  await button(page, "Revoke key").click();
  await page.getByLabel("Reason").fill("It was in a log");
  await button(page, "Revoke now").click();
  await page
    .getByText(
      /^Revoked “Leaked”\. No later than \d\d:\d\d:\d\d, every caller that asks with your organization’s ceiling is refused\.$/,
    )
    .waitFor();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await page.getByText("revoked the key: “It was in a log”").waitFor();
  const check = await root("POST", "/v1/verify", { key: made.token, consistency: "strong" });
  assert.equal(check.code, "revoked");
});

test("a key is revoked at a time, works until then, and that can only be brought forward", async (t) => {
  const made = await key({ title: "Soon" });
  const page = await asAda(t, at(made), { timezoneId: "UTC" });
  await button(page, "Revoke key").click();
  await page.getByLabel("Later").check();
  await page.getByLabel("Stops working at").fill("2001-01-01T00:00");
  await button(page, "Schedule revocation").click();
  await page.locator("#moment-error").getByText("Choose a time in the future.").waitFor();
  /** @param {number} hours */
  const ahead = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  await page.getByLabel("Stops working at").fill(ahead(3));
  const exact = new Intl.DateTimeFormat("en", {
    dateStyle: "medium",
    timeStyle: "short",
    hourCycle: "h23",
    timeZone: "UTC",
  }).format(new Date(`${ahead(3)}Z`));
  await page.getByText(`Anything that uses this key stops working on ${exact}.`).waitFor();
  await button(page, "Schedule revocation").click();
  await page.locator(".head .badge", { hasText: "Retiring" }).waitFor();
  await page
    .locator(".head")
    .getByText(/stops working in \d hours/)
    .waitFor();
  assert.equal((await root("POST", "/v1/verify", { key: made.token, consistency: "strong" })).valid, true);

  await button(page, "Revoke sooner").click();
  await page.getByRole("dialog").getByText("This key stops working on").waitFor();
  await page.getByLabel("Later").check();
  await page.getByLabel("Stops working at").fill(ahead(5));
  await button(page, "Schedule revocation").click();
  await page
    .getByRole("alert")
    .getByText("You can bring a revocation forward, but not put it off.")
    .waitFor();
  await page.getByLabel("Now", { exact: true }).check();
  await button(page, "Revoke now").click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
});

test("a revocation can be scheduled a year ahead, and what lies beyond is refused before it is sent", async (t) => {
  const made = await key({ title: "Far off" });
  const page = await asAda(t, at(made));
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByRole("radio", { name: "Later" }).check();
  await page.getByLabel("Stops working at").fill(`${new Date().getFullYear() + 2}-01-02T10:00`);
  let sent = 0;
  page.on("request", (request) => (sent += Number(request.method() === "POST")));
  await page.getByRole("button", { name: "Schedule revocation" }).click();
  await page.locator("#moment-error", { hasText: "Choose a time within the next year." }).waitFor();
  assert.equal(sent, 0);
});

test("of an expired key nobody is told that it stops working, or asked when", async (t) => {
  const made = await key({ title: "Over", expires_at: new Date(Date.now() + 1_500).toISOString() });
  await eventually(
    () => read(made),
    ({ status }) => status === "expired",
  );
  const page = await asAda(t, at(made));
  const danger = page.getByRole("region", { name: "Danger zone" });
  await danger.getByText("It has expired, so it no longer works.").waitFor();
  assert.equal(await danger.getByText("It stops working").count(), 0);
  await page.getByRole("button", { name: "Revoke key" }).click();
  const dialog = page.getByRole("dialog");
  assert.equal(await dialog.getByRole("radio").count(), 0);
  await dialog.getByLabel("Reason").fill("The trial is over");
  await dialog.getByRole("button", { name: "Revoke now" }).click();
  await page.getByText("“The trial is over”").first().waitFor();
  const { status, revocation_reason } = await read(made);
  assert.deepEqual([status, revocation_reason], ["revoked", "The trial is over"]);
});

test("rolling shows the new secret once and says when the old one stops", async (t) => {
  const made = await key({ title: "Rolled", scopes: ["orders:read"] });
  const page = await asAda(t, at(made));
  await button(page, "Roll").click();
  await page.getByLabel("The old key stops working").selectOption("3600");
  await page
    .locator("#grace-hint")
    .getByText(/^On \w{3} \d+, \d{4}, \d\d:\d\d\.$/)
    .waitFor();
  await button(page, "Roll key").click();
  await page
    .getByRole("dialog", { name: "Save your key “Rolled”" })
    .getByText("The old key stops working on")
    .waitFor();
  await button(page, "Reveal key").click();
  const secret = (await page.locator("#secret").textContent()) ?? "";
  assert.equal((await root("POST", "/v1/verify", { key: secret, consistency: "strong" })).valid, true);
  await button(page, "I have stored it").click();
  await page.waitForURL(
    (url) => url.pathname.startsWith("/organizations/acme/keys/apk_") && !url.pathname.endsWith(made.id),
  );
  await fact(page, "Rolled from").getByRole("link", { name: "Rolled" }).waitFor();
  assert.equal((await read(made)).status, "retiring");
  await page.goBack();
  await page.locator(".head .badge", { hasText: "Retiring" }).waitFor();
});

test("a key that is rolled without grace says by when the old one is refused", async (t) => {
  const page = await asAda(t, at(await key({ type: "publishable", title: "Rolled at once" })));
  await button(page, "Roll").click();
  await page.getByLabel("The old key stops working").selectOption("0");
  await page.locator("#grace-hint").getByText("At once where your servers ask for 0 seconds").waitFor();
  await button(page, "Roll key").click();
  await page.getByText(/The old key no longer works\. No later than \d\d:\d\d:\d\d, every caller/).waitFor();
});

test("a revoked key is deleted after a confirmation, and its trail stays", async (t) => {
  const made = await key({ title: "Done with" });
  await root("POST", `/v1${at(made)}/revoke`, {});
  const page = await asAda(t, at(made));
  await button(page, "Delete key").click();
  await page.getByRole("dialog", { name: "Delete “Done with”?" }).waitFor();
  await button(page, "Delete for good").click();
  await page.waitForURL("**/organizations/acme/keys");
  await page.getByText("Deleted “Done with”.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Done with" }).count(), 0);
  await page.getByRole("link", { name: "Activity" }).click();
  await page.locator(".trail").getByText("deleted “Done with”").waitFor();
});

test("revoke and delete in one step asks for the title", async (t) => {
  const made = await key({ title: "Two in one" });
  const page = await asAda(t, at(made));
  await button(page, "Delete key").click();
  const dialog = page.getByRole("dialog", { name: "Revoke and delete “Two in one”?" });
  const send = dialog.locator("button[type=submit]");
  await page.getByLabel("Type the key’s title to confirm").fill("Two in on");
  assert.equal(await send.getAttribute("aria-disabled"), "true");
  await page.keyboard.press("Enter");
  assert.equal((await read(made)).status, "active");
  await page.getByLabel("Type the key’s title to confirm").fill("Two in one");
  await send.click();
  await page
    .getByText(/^Deleted “Two in one”\. No later than \d\d:\d\d:\d\d, every caller that asks/)
    .waitFor();
  await page.waitForURL("**/organizations/acme/keys");
  await assert.rejects(read(made), /404/);
});

test("what somebody may not do is not offered", async (t) => {
  const made = await key({ title: "Look only" });
  const { token } = await personal("ada", { scopes: ["keys:read", "events:read"] });
  const page = await open(t);
  await signIn(page, token, at(made));
  await page.getByRole("heading", { name: "Look only" }).waitFor();
  await page.locator(".trail").getByText("created the key").waitFor();
  assert.equal(await page.locator(".head .actions button").count(), 0);
  assert.equal(await page.getByRole("heading", { name: "Danger zone" }).count(), 0);
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
  await fact(page, "Rolled from").getByText("Revoked").waitFor();
  await fact(page, "Rolled from").getByRole("link", { name: "Rolled away" }).click();
  await page.waitForURL(`**${at(old)}`);
  await root("DELETE", `/v1${at({ id })}?revoke=true`);
  await page.reload();
  await fact(page, "Replaced by").getByText("(deleted)").waitFor();
  assert.equal(await fact(page, "Replaced by").getByRole("link").count(), 0);
});

test("what the list has shown of a key is there at once, and the rest while it loads is as large", async (t) => {
  const made = await key({ title: "Known already" });
  const page = await asAda(t, "/organizations/acme/keys?q=known");
  /** @type {() => void} */
  let release = () => {};
  const held = new Promise((resolve) => {
    release = () => resolve(null);
  });
  await page.route(`**/v1${at(made)}`, async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("link", { name: "Known already" }).click();
  await page.getByRole("heading", { name: "Known already" }).waitFor();
  await page.locator(".head").getByText(made.redacted).waitFor();

  // Without the list there are bones, and they are where the facts will be.
  await page.reload();
  await page.locator(".facts .bone").first().waitFor();
  const box = async () => (await page.locator(".card").first().boundingBox()) ?? assert.fail();
  const before = await box();
  release();
  await page.getByRole("heading", { name: "Known already" }).waitFor();
  const after = await box();
  assert.deepEqual([after.x, after.y, after.width], [before.x, before.y, before.width]);
  assert.ok(Math.abs(after.height - before.height) < 24, `${before.height} became ${after.height}`);
});

test("from a key one returns to the list as one has left it", async (t) => {
  await key({ title: "Found again" });
  const page = await asAda(t, "/organizations/acme/keys?q=found");
  await page.getByRole("link", { name: "Found again" }).click();
  await page.getByRole("heading", { name: "Found again" }).waitFor();
  await page.locator("a.back").click();
  await page.waitForURL("**/organizations/acme/keys?q=found");
});

test("a key that is about to expire says so", async (t) => {
  const made = await key({
    title: "Ending",
    expires_at: new Date(Date.now() + 5 * 86_400_000).toISOString(),
  });
  const page = await asAda(t, at(made));
  await page.getByText("This key expires in 5 days.").waitFor();
});

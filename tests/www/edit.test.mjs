// @ts-check
// Editing a key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, asAda, server } = world();

/** @param {{ id: string }} key */
const at = ({ id }) => `/organizations/acme/keys/${id}`;
/** @param {{ id: string }} key */
const read = (key) => root("GET", `/v1${at(key)}`);
/** @param {import("./support.mjs").Page} page @param {string} name */
const button = (page, name) => page.getByRole("button", { name, exact: true });

test("title, scopes and expiry are edited, and only what changed is sent", async (t) => {
  const made = await key({ title: "Before", scopes: ["keys:read", "orders:read"] });
  const page = await asAda(t, at(made));
  await button(page, "Edit").click();
  assert.ok(await page.getByLabel("keys:read").isChecked());
  assert.equal(await page.getByLabel("Your application’s scopes").inputValue(), "orders:read");
  await page.getByLabel("Title", { exact: true }).fill("After");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await button(page, "Save changes").click();
  assert.deepEqual((await sent).postDataJSON(), { title: "After" });
  await page.getByRole("heading", { name: "After" }).waitFor();
  await button(page, "Edit").click();
  await page.getByLabel("keys:read").uncheck();
  await page.getByLabel("Your application’s scopes").fill("orders:write");
  await page.getByLabel("Expires").selectOption("30");
  await button(page, "Save changes").click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const now = await read(made);
  assert.deepEqual(now.scopes, ["orders:write"]);
  assert.ok(now.expires_at);
  await page.locator(".trail > li").nth(2).waitFor();
});

test("metadata is edited, and what programs have put there keeps its form", async (t) => {
  const metadata = { limits: { rps: 20 }, team: "blue", zip: "01234" };
  const made = await key({ title: "Tagged", metadata });
  const page = await asAda(t, at(made));
  await button(page, "Edit").click();
  await page.getByLabel("JSON value 1").fill("{");
  await button(page, "Save changes").click();
  await page.locator("#metadata-error").getByText("This isn’t valid JSON.").waitFor();
  await page.getByLabel("JSON value 1").fill('{ "rps": 30 }');
  await button(page, "Remove team").click();
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await button(page, "Save changes").click();
  assert.deepEqual((await sent).postDataJSON(), { metadata: { limits: { rps: 30 }, zip: "01234" } });
  await page.getByRole("table", { name: "Metadata" }).getByText('"rps": 30').waitFor();
});

test("metadata with numbers that a browser can’t hold is not changed by it", async (t) => {
  const headers = { Authorization: `Bearer ${server().rootKey}`, "Content-Type": "application/json" };
  const body = '{"title":"Large","metadata":{"big":9007199254740993}}';
  const answer = await server().fetch("/v1/organizations/acme/keys", { method: "POST", headers, body });
  const page = await asAda(t, at(await answer.json()));
  await button(page, "Edit").click();
  await page.getByText("Use the API to change it.").waitFor();
  await page.getByLabel("Title", { exact: true }).fill("Still large");
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await button(page, "Save changes").click();
  assert.deepEqual((await sent).postDataJSON(), { title: "Still large" });
});

test("of a revoked key only the title and metadata can be changed", async (t) => {
  const made = await key({ title: "Gone" });
  await root("POST", `/v1${at(made)}/revoke`, {});
  const page = await asAda(t, at(made));
  await button(page, "Delete key").waitFor();
  assert.deepEqual(await page.locator(".head .actions button").allTextContents(), ["Edit"]);
  assert.equal(await button(page, "Revoke key").count(), 0);
  await button(page, "Edit").click();
  await page.getByText("This key is revoked, so you can change only its title and metadata.").waitFor();
  await page.getByLabel("Title", { exact: true }).fill("Gone for good");
  await button(page, "Save changes").click();
  await page.getByRole("heading", { name: "Gone for good" }).waitFor();
});

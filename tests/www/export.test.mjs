// @ts-check
// Everything that an organization has is downloaded as one file, by whoever may.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { newKey, startProvider, token } from "../http/provider.mjs";
import { fileOf, ndjson, rowOf } from "./imported.mjs";
import { world } from "./support.mjs";

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, key, open, signIn, asRoot, server } = world({
  options: { bindings: provider.bindings },
  furnish: async (root) => {
    const rows = Array.from({ length: 300 }, (_, n) => rowOf(n));
    await root("POST", "/v1/organizations/acme/import", rows);
  },
});
const SETTINGS = "/organizations/acme/settings";

/** A page on which somebody is signed in with a token of the provider. @param {import("node:test").TestContext} test @param {string} user */
async function as(test, user) {
  const page = await open(test);
  await signIn(page, token(signer, provider.claims({ sub: user })), SETTINGS);
  await page.getByRole("heading", { name: "Policy" }).waitFor();
  return page;
}

/** Every page of the API's export. */
async function exported() {
  let [text, next] = ["", "/v1/organizations/acme/export"];
  while (next) {
    const answer = await server().fetch(next, { headers: { Authorization: `Bearer ${server().rootKey}` } });
    text += await answer.text();
    next = /<([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1] ?? "";
  }
  return text;
}

test("an export is every page of it in one file, and is to be kept like a backup", async (t) => {
  await key({ title: "Ours" });
  const page = await as(t, "ada");
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export Acme Robotics" });
  await dialog.getByText("Keep it like a backup").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export" }).click(),
  ]);
  await dialog.waitFor({ state: "detached" });
  assert.match(download.suggestedFilename(), /^keyward-export-acme-\d{4}-\d\d-\d\d\.ndjson$/);
  const text = await readFile(await download.path(), "utf8");
  assert.equal(text, await exported());
  const kinds = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).kind);
  assert.equal(kinds.filter((kind) => kind === "key").length, 301);
  await page.getByText("Exported 301 keys. Keep the file like a backup.").waitFor();
});

test("an export says how far it is, can be cancelled, and can be tried again when it fails", async (t) => {
  const page = await asRoot(t, SETTINGS);
  const dialog = page.getByRole("dialog", { name: "Export Acme Robotics" });
  const send = dialog.getByRole("button", { name: "Export" });
  await page.route("**/export?*after=*", () => {});
  await page.getByRole("button", { name: "Export…" }).click();
  await send.click();
  await dialog.getByText(/^[1-9]\d* keys of \d+ keys$/).waitFor();
  const stopped = page.waitForEvent("requestfailed");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.match((await stopped).url(), /after=/);
  await dialog.waitFor({ state: "detached" });

  await page.unroute("**/export?*after=*");
  await page.route("**/acme/export", (route) => route.abort());
  await page.getByRole("button", { name: "Export…" }).click();
  await send.click();
  await dialog.getByRole("alert").getByText("Can’t reach the server").waitFor();
  await page.unroute("**/acme/export");
  const [download] = await Promise.all([page.waitForEvent("download"), send.click()]);
  assert.match(download.suggestedFilename(), /\.ndjson$/);
});

test("the operator imports an export elsewhere, and its rows are counted as rows", async (t) => {
  await root("POST", "/v1/organizations", { id: "source", name: "Source" });
  await root("POST", "/v1/organizations/source/import", [rowOf("s")]);
  const answer = await server().fetch("/v1/organizations/source/export", {
    headers: { Authorization: `Bearer ${server().rootKey}` },
  });
  const page = await asRoot(t, "/organizations/source/settings");
  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = page.getByRole("dialog", { name: "Import keys to Source" });
  await dialog.getByLabel("File").setInputFiles(fileOf(await answer.text()));
  await dialog.getByText(/everything in this file is here already/).waitFor();
  await dialog.getByText(/^\d rows are here already\.$/).waitFor();
});

test("owners and the operator export, admins import, and members do neither", async (t) => {
  for (const [user, imports, exports] of /** @type {const} */ ([
    ["ada", 1, 1],
    ["grace", 1, 0],
    ["linus", 0, 0],
  ])) {
    const page = await as(t, user);
    assert.equal(await page.getByRole("button", { name: "Import…" }).count(), imports, user);
    assert.equal(await page.getByRole("button", { name: "Export…" }).count(), exports, user);
  }
  const page = await as(t, "grace");
  await page.getByRole("button", { name: "Import…" }).click();
  await page.getByLabel("File").setInputFiles(fileOf(ndjson([rowOf("by grace")])));
  await page.getByRole("button", { name: "Import 1 key" }).click();
  await page.getByText("Imported 1 key.").first().waitFor();
});

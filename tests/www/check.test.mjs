// @ts-check
// The page that checks any key: locally at once, by the server on request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, asAda, asRoot } = world();

/** @param {import("./support.mjs").Page} page */
const field = (page) => page.getByLabel("Key", { exact: true });

test("the text is read at once, and nothing is sent", async (t) => {
  const { token, redacted } = await key();
  const page = await asRoot(t, "/check");
  let sent = 0;
  page.on("request", (request) => (sent += Number(request.method() === "POST")));
  await field(page).fill(token);
  await page.getByText("Well-formed.").waitFor();
  await page.getByText("An organization’s secret key for the test environment").waitFor();
  await page.getByText(redacted).waitFor();
  const wrong = token.at(-1) === "0" ? "1" : "0";
  await field(page).fill(token.slice(0, -1) + wrong);
  await page.getByText("A character is wrong").waitFor();
  await field(page).fill(token.replace("kw_", "zz_"));
  await page.getByText("A character is wrong").waitFor();
  await field(page).fill("hello");
  await page.getByText("This doesn’t start like a key.").waitFor();
  await field(page).fill("");
  await page.getByText("This doesn’t start like a key.").waitFor({ state: "detached" });
  assert.equal(sent, 0);
});

test("the page shows where the wrong character is, also after white space", async (t) => {
  const { token } = await key();
  const page = await asAda(t, "/check");
  await field(page).fill(`  ${token.slice(0, 20)}é${token.slice(21)}`);
  await page.getByText("The character at position 21 isn’t allowed in a key.").waitFor();
  await page.getByRole("button", { name: "Show where" }).click();
  const marked = await field(page).evaluate(
    (/** @type {HTMLTextAreaElement} */ { value, selectionStart, selectionEnd }) =>
      value.slice(selectionStart, selectionEnd),
  );
  assert.equal(marked, "é");
});

test("the server's verdict is fast or strong, and is told in words", async (t) => {
  const made = await key({ title: "Checked", scopes: ["orders:read"] });
  const page = await asRoot(t, "/check");
  await field(page).fill(made.token);
  await page.getByRole("button", { name: "Ask the server" }).click();
  await page.getByText("The server accepts this key.").waitFor();
  await page.getByText("Fast verification: up to about 60 seconds old.").waitFor();
  await page.getByRole("link", { name: "Checked" }).waitFor();
  await root("POST", `/v1/organizations/acme/keys/${made.id}/revoke`, {});
  await page.getByLabel("Strong").check();
  await page.getByRole("button", { name: "Ask the server" }).click();
  await page.getByText("This key has been revoked.").waitFor();
  await page.getByText("Strong verification: up to date.").waitFor();
  // Another text takes the old verdict away.
  await field(page).fill(`${made.token}x`);
  await page.getByText("This key has been revoked.").waitFor({ state: "detached" });
  assert.equal(
    await page.getByRole("button", { name: "Ask the server" }).getAttribute("aria-disabled"),
    "true",
  );
});

test("a person is told that the verdict is not for them, and checks the text", async (t) => {
  const page = await asAda(t, "/check");
  await page.getByText("This page checks the format only.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Ask the server" }).count(), 0);
});

test("what was pasted is gone when the page is left", async (t) => {
  const { token } = await key();
  const page = await asAda(t, "/check");
  await field(page).fill(token);
  await page.getByText("Well-formed.").waitFor();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await page.goBack();
  await page.getByRole("heading", { name: "Check a key" }).waitFor();
  assert.equal(await field(page).inputValue(), "");
  assert.ok(!page.url().includes(token));
});

// @ts-check
// The page that checks any key: locally at once, by the server on request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { root, key, personal, open, signIn, asAda, asRoot } = world();

/** @param {import("./support.mjs").Page} page */
const field = (page) => page.getByLabel("Key", { exact: true });

/** @param {import("./support.mjs").Page} page */
const bound = (page) => page.getByLabel("How old the answer may be");

/** @param {import("./support.mjs").Page} page */
const ask = (page) => page.getByRole("button", { name: "Ask the server" }).click();

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

test("the server's verdict is as fresh as was asked for, and says as of when it was true and how old it could be", async (t) => {
  const made = await key({ title: "Checked", scopes: ["orders:read"] });
  const page = await asRoot(t, "/check");
  await field(page).fill(made.token);
  await ask(page);
  await page.getByText("The server accepts this key.").waitFor();
  await page
    .getByText(/As of \d\d:\d\d:\d\d, (?:just now|\d+ seconds? ago)\. It could be up to 30 seconds old\./)
    .waitFor();
  await page.getByRole("link", { name: "Checked" }).waitFor();
  await root("POST", `/v1/organizations/acme/keys/${made.id}/revoke`, {});
  await bound(page).selectOption("0 seconds");
  // Another question takes the old verdict away.
  await page.getByText("The server accepts this key.").waitFor({ state: "detached" });
  await ask(page);
  await page.getByText("This key has been revoked.").waitFor();
  await page.getByText("The ledger was asked, so this is up to date.").waitFor();
  await page.getByRole("link", { name: "View the key" }).click();
  await page.waitForURL(`**/organizations/acme/keys/${made.id}`);
  await page.goBack();
  // So does another text.
  await field(page).fill(made.token);
  await ask(page);
  await page.getByText("This key has been revoked.").waitFor();
  await field(page).fill(`${made.token}x`);
  await page.getByText("This key has been revoked.").waitFor({ state: "detached" });
  assert.equal(
    await page.getByRole("button", { name: "Ask the server" }).getAttribute("aria-disabled"),
    "true",
  );
});

test("an organization's ceiling holds for whoever asks for more, and a strong key is never told of a copy", async (t) => {
  await root("POST", "/v1/organizations", { id: "brisk", name: "Brisk" });
  await root("PATCH", "/v1/organizations/brisk", { max_staleness_seconds: 20 });
  const make = (/** @type {object} */ fields) => root("POST", "/v1/organizations/brisk/keys", fields);
  const fast = await make({ type: "secret", title: "Brisk" });
  const strong = await make({ type: "secret", title: "Strong", consistency: "strong" });
  const page = await asRoot(t, "/check");
  await bound(page).selectOption("1 hour");
  await field(page).fill(fast.token);
  await ask(page);
  await page.getByText("It could be up to 20 seconds old, which is the most that’s allowed here.").waitFor();
  await field(page).fill(strong.token);
  await ask(page);
  await page.getByText("The ledger was asked, so this is up to date.").waitFor();
});

test("an older answer is asked for in an outage where the organization allows it, and called what it is", async (t) => {
  const { token } = await key({ title: "In an outage" });
  const page = await asAda(t, "/organizations/acme/keys");
  await page.getByRole("link", { name: "Check a key" }).click();
  const stale = page.getByLabel("Take an older answer if the ledger can’t be reached");
  await field(page).fill(token);
  /** @type {any[]} */
  const asked = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/v1/verify")) asked.push(request.postDataJSON());
  });
  await ask(page);
  await page.getByText("The server accepts this key in Acme Robotics.").waitFor();
  // Unless an organization says otherwise, there is no answer.
  assert.equal(await stale.count(), 0);
  await root("PATCH", "/v1/organizations/acme", { on_outage_max_seconds: 600 });
  try {
    await page.getByLabel("Organization", { exact: true }).selectOption("globex");
    await page.getByLabel("Organization", { exact: true }).selectOption("acme");
    await page.getByText("up to 10 minutes old, as your organization allows").waitFor();
    await stale.check();
    await ask(page);
    await page.getByText("It could be up to 30 seconds old.").waitFor();
    // As the server answers then: src/app/tests/staleness/outage.rs.
    await page.route("**/v1/verify", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), max_staleness_seconds: 600 } });
    });
    await ask(page);
    await page.getByText("so this is the last known answer. It can be up to 10 minutes old.").waitFor();
    // Another organization allows none, whatever was chosen before.
    await page.getByLabel("Organization", { exact: true }).selectOption("globex");
    await stale.waitFor({ state: "detached" });
    await ask(page);
    await page.getByText("This key doesn’t work in Globex.").waitFor();
  } finally {
    await root("PATCH", "/v1/organizations/acme", { on_outage_max_seconds: 0 });
  }
  assert.deepEqual(
    asked.map(({ on_outage }) => on_outage),
    [undefined, "stale", "stale", undefined],
  );
});

test("the operator may ask for an older answer of any key, as its organization allows", async (t) => {
  const { token } = await key({ title: "Whoever’s" });
  const page = await asRoot(t, "/check");
  await field(page).fill(token);
  await page.getByLabel("Take an older answer if the ledger can’t be reached").check();
  await page.getByText("as old as the key’s organization allows").waitFor();
  const sent = page.waitForRequest("**/v1/verify");
  await ask(page);
  assert.equal((await sent).postDataJSON().on_outage, "stale");
  await page.getByText("The server accepts this key.").waitFor();
});

test("the picture of the bound is loaded once it is looked at, and told to whoever does not see it", async (t) => {
  const page = await asAda(t, "/check");
  let loaded = 0;
  page.on("request", (request) => (loaded += Number(request.url().endsWith("/bound.svg"))));
  await field(page).waitFor();
  assert.equal(loaded, 0);
  await page.getByText("How long a revoked key may be accepted").click();
  const picture = page.getByRole("img", { name: "A key is revoked at 14:03:12" });
  await picture.evaluate((/** @type {HTMLImageElement} */ image) => image.decode());
  assert.equal(loaded, 1);
});

test("the age of an answer is told by the server's clock, however wrong the browser's is", async (t) => {
  const { token } = await key({ title: "By its clock" });
  const page = await asRoot(t, "/check");
  await page.route("**/v1/verify", async (route) => {
    const response = await route.fetch();
    const served = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3_600_000);
    const json = { ...(await response.json()), as_of: new Date(served.getTime() - 4_000).toISOString() };
    await route.fulfill({ response, json, headers: { ...response.headers(), date: served.toUTCString() } });
  });
  await field(page).fill(token);
  await ask(page);
  await page.getByText(/As of .*\d\d:\d\d:\d\d, 4 seconds ago\./).waitFor();
});

test("the operator is told of every key, and chooses no organization", async (t) => {
  const { token } = await key({ title: "Any organization’s" });
  const page = await asRoot(t, "/check");
  await field(page).fill(token);
  assert.equal(await page.getByLabel("Organization").count(), 0);
  await ask(page);
  await page.getByText("The server accepts this key.").waitFor();
});

test("members get the server's verdict for their organization, with a link to the key's page", async (t) => {
  const made = await key({ title: "Ours" });
  const page = await asAda(t, "/organizations/acme/keys");
  await page.getByRole("link", { name: "Check a key" }).click();
  await field(page).fill(made.token);
  // The organization from which they come; they belong to two.
  assert.equal(await page.getByLabel("Organization", { exact: true }).inputValue(), "acme");
  await ask(page);
  await page.getByText("The server accepts this key in Acme Robotics.").waitFor();
  await page.getByRole("link", { name: "Ours" }).waitFor();
  // Another organization is another question.
  await page.getByLabel("Organization", { exact: true }).selectOption("globex");
  await page.getByText("The server accepts this key").waitFor({ state: "detached" });
  await ask(page);
  await page.getByText("This key doesn’t work in Globex.").waitFor();
  assert.equal(await page.getByRole("link", { name: "View the key" }).count(), 0);
  await page.getByLabel("Organization", { exact: true }).selectOption("acme");
  await root("POST", `/v1/organizations/acme/keys/${made.id}/revoke`, {});
  await bound(page).selectOption("0 seconds");
  await ask(page);
  await page.getByText("This key has been revoked.").waitFor();
  await page.getByRole("link", { name: "View the key" }).click();
  await page.waitForURL(`**/organizations/acme/keys/${made.id}`);
});

test("a personal key is verified for the organization, which its user may have left", async (t) => {
  const { token } = await personal("linus");
  const page = await asAda(t, "/organizations/acme/keys");
  await page.getByRole("link", { name: "Check a key" }).click();
  await field(page).fill(token);
  await page
    .getByText("This is a personal key. It works in every organization its user belongs to")
    .waitFor();
  await ask(page);
  await page.getByText("The server accepts this key in Acme Robotics.").waitFor();
  await page.getByText("linus (personal key)").waitFor();
  // It isn't Ada's to open.
  assert.equal(await page.getByRole("link", { name: "linus’s laptop" }).count(), 0);
  await page.getByLabel("Organization", { exact: true }).selectOption("globex");
  await ask(page);
  await page.getByText("This key doesn’t work in Globex.").waitFor();
});

test("whoever belongs to no organization, or has no scope for it, is told why only the text is checked", async (t) => {
  const { token } = await key();
  for (const [user, fields, why] of /** @type {const} */ ([
    ["nobody", {}, "you don’t belong to one yet"],
    ["ada", { scopes: ["keys:read"] }, "sign in with a key that has the scope “keys:verify”"],
  ])) {
    const page = await open(t);
    await signIn(page, (await personal(user, fields)).token, "/check");
    await page.getByText("This page checks the format only.").waitFor();
    await page.getByText(why).waitFor();
    await field(page).fill(token);
    await page.getByText("Well-formed.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Ask the server" }).count(), 0);
  }
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

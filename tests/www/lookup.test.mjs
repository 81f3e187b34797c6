// @ts-check
// A key in the search field: it is looked up, and gets nowhere else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../http/client.mjs";
import { world } from "./support.mjs";

const { root, key, personal, asAda, asRoot, server } = world();
const LIST = "/organizations/globex/keys";
const SEARCH = "Search by title or key";

/** @typedef {import("./support.mjs").Page} Page */

// A list with something in it has a search.
const furnished = () => root("POST", `/v1${LIST}`, { type: "secret", title: "Filler" });

/**
 * All that a page says, asks, or keeps, from now on; `leaks` are the texts in which a secret stands.
 * @param {Page} page
 */
function watch(page) {
  /** @type {string[]} */
  const seen = [];
  /** @type {string[]} */
  const asked = [];
  page.on("console", (message) => seen.push(message.text()));
  page.on("framenavigated", (frame) => seen.push(frame.url()));
  page.on("request", (request) => {
    seen.push(request.url(), JSON.stringify(request.headers()));
    asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
    if (!request.url().endsWith("/v1/lookup")) seen.push(request.postData() ?? "");
  });
  return {
    asked,
    lookups: () => asked.filter((each) => each === "POST /v1/lookup").length,
    /** @param {string} secret */
    async leaks(secret) {
      const kept = await page.evaluate(() => [
        document.documentElement.outerHTML,
        document.title,
        JSON.stringify(history.state),
        JSON.stringify({ ...localStorage }),
        JSON.stringify({ ...sessionStorage }),
        ...navigation.entries().map(({ url }) => url ?? ""),
        ...[...document.querySelectorAll("input")].map(({ value }) => value),
      ]);
      const part = secret.slice(12, 40);
      return [...seen, ...kept].filter((text) => text.includes(part));
    },
  };
}

/** Pastes into the search field. @param {Page} page @param {string} text */
async function paste(page, text) {
  const field = page.getByLabel(SEARCH);
  await field.focus();
  await insert(field, text);
}

/** Pastes into a field that has the focus. @param {import("playwright-core").Locator} field @param {string} text */
const insert = (field, text) =>
  field.evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    if (element.dispatchEvent(event)) document.execCommand("insertText", false, text);
  }, text);

/** @param {Page} page @param {string} words */
const says = (page, words) => page.getByRole("status").getByText(words).waitFor();

/** In the wide letters of East Asian text. @param {string} text */
const wide = (text) => text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));

test("a pasted key is found and leaves no trace", async (t) => {
  await furnished();
  const { token } = await key({ title: "In hand" });
  for (const text of [
    token,
    `Authorization: Bearer ${token}`,
    `  KEY="${token}"\n`,
    `${token.slice(0, 30)}\n${token.slice(30)}`,
    wide(token),
  ]) {
    const page = await asAda(t, LIST);
    await page.getByLabel(SEARCH).waitFor();
    const watched = watch(page);
    await paste(page, text);
    await page.getByRole("heading", { name: "In hand" }).waitFor();
    assert.match(page.url(), /\/organizations\/acme\/keys\/apk_/);
    assert.equal(watched.lookups(), 1);
    assert.deepEqual([...(await watched.leaks(token)), ...(await watched.leaks(wide(token)))], [], text);
    await page.goBack();
    await page.getByLabel(SEARCH).waitFor();
    assert.equal(await page.getByLabel(SEARCH).inputValue(), "");
    assert.deepEqual(await watched.leaks(token), [], text);
  }
});

test("a key that is typed is found when it is whole, and searched for at no time", async (t) => {
  await furnished();
  const { token } = await key({ title: "Typed" });
  const page = await asAda(t, LIST);
  await page.getByRole("row", { name: "Filler" }).first().waitFor();
  // What the page counts beside the list is asked for by then.
  await page.waitForLoadState("networkidle");
  const watched = watch(page);
  // Every pause is longer than that after which a text is searched for.
  await page.clock.install();
  const field = page.getByLabel(SEARCH);
  for (const end of [13, 14, 20, 40, 60, token.length - 1]) {
    await field.fill(token.slice(0, end));
    await page.clock.runFor(2_000);
    await says(page, "The end is missing");
  }
  await field.fill(token);
  await page.getByRole("heading", { name: "Typed" }).waitFor();
  assert.deepEqual(await watched.leaks(token), []);
  assert.ok(!watched.asked.includes(`GET /v1${LIST}`));
});

test("a key that is typed character by character stays in its field until it is whole", async (t) => {
  await furnished();
  const { token } = await key({ title: "By hand" });
  const wrong = token.slice(0, -1) + (token.at(-1) === "0" ? "1" : "0");
  const page = await asAda(t, LIST);
  const field = page.getByLabel(SEARCH);
  await field.pressSequentially(token.slice(0, -1));
  await says(page, "The end is missing");
  assert.equal(await field.inputValue(), token.slice(0, -1));
  await field.pressSequentially(wrong.slice(-1));
  await says(page, "A character is wrong, or two are swapped.");
  assert.equal(await field.inputValue(), "");
  await field.pressSequentially(token);
  await page.getByRole("heading", { name: "By hand" }).waitFor();
});

test("a mistyped key, and one of elsewhere, are said so without a request", async (t) => {
  await furnished();
  const { token } = await key();
  const wrong = token.slice(0, -1) + (token.at(-1) === "0" ? "1" : "0");
  const page = await asAda(t, `${LIST}?q=fill`);
  const watched = watch(page);
  for (const [text, words] of [
    [wrong, "A character is wrong, or two are swapped."],
    [`Bearer ${wrong}`, "A character is wrong, or two are swapped."],
    [token.slice(0, 50), "The end is missing: it’s 19 characters too short."],
    [`${wrong}0`, "It’s 1 character too long."],
    [token.slice(12, 60), "This looks like a part of a key."],
    [server().rootKey, "This looks like a root key or a token."],
    ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln", "This looks like a root key or a token."],
    [`${token} ${(await key()).token}`, "There’s more than one key in this."],
    ["zz_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL", "A character is wrong"],
  ]) {
    await paste(page, /** @type {string} */ (text));
    await says(page, /** @type {string} */ (words));
    assert.equal(await page.getByLabel(SEARCH).inputValue(), "", text);
    await page.getByLabel(SEARCH).fill("fill");
    await page.waitForURL("**/keys?q=fill");
    await page
      .getByRole("status")
      .getByText(/** @type {string} */ (words))
      .waitFor({ state: "detached" });
  }
  await page.getByLabel(SEARCH).fill(wrong);
  await says(page, "A character is wrong, or two are swapped.");
  assert.equal(await page.getByLabel(SEARCH).inputValue(), "");
  assert.equal(watched.lookups(), 0);
  assert.deepEqual(await watched.leaks(token), []);
});

test("a key that one may not see is said to be none, like one that was deleted", async (t) => {
  await furnished();
  const foreign = await personal("grace");
  const gone = await key();
  await root("DELETE", `/v1/organizations/acme/keys/${gone.id}?revoke=true`);
  const page = await asAda(t, LIST);
  for (const { token } of [foreign, gone]) {
    await paste(page, token);
    await says(page, "There’s no such key, or you don’t have access to it.");
    assert.equal(await page.getByLabel(SEARCH).inputValue(), "");
    await page.getByLabel(SEARCH).fill("");
  }
});

test("a key is found whatever its state and its kind, and its page says which", async (t) => {
  await furnished();
  const revoked = await key({ title: "Revoked one" });
  await root("POST", `/v1/organizations/acme/keys/${revoked.id}/revoke`, {});
  const retiring = await key({ title: "Retiring one" });
  await root("POST", `/v1/organizations/acme/keys/${retiring.id}/revoke`, { revoke_in: 86_000 });
  const expired = await key({
    title: "Expired one",
    expires_at: new Date(Date.now() + 1_000).toISOString(),
  });
  await eventually(
    () => root("GET", `/v1/organizations/acme/keys/${expired.id}`),
    ({ status }) => status === "expired",
  );
  const operator = await root("POST", "/v1/deployment/keys", { title: "Nightly job", scopes: ["keys:read"] });
  const page = await asRoot(t, LIST);
  for (const [made, title, state] of [
    [revoked, "Revoked one", "Revoked"],
    [retiring, "Retiring one", "Retiring"],
    [expired, "Expired one", "Expired"],
    [await key({ title: "Publishable one", type: "publishable" }), "Publishable one", "Publishable"],
    [await personal("linus"), "linus’s laptop", "Personal"],
    [operator, "Nightly job", "Active"],
  ]) {
    await page.goto(LIST);
    await page.getByLabel(SEARCH).waitFor();
    const watched = watch(page);
    await paste(page, made.token);
    await page.getByRole("heading", { name: title }).waitFor();
    await page.locator(".badge", { hasText: state }).first().waitFor();
    // Publishable keys are public: their page shows them.
    if (made.type === "secret") assert.deepEqual(await watched.leaks(made.token), [], title);
  }
  await page.goto(LIST);
  await paste(page, operator.token);
  await page.waitForURL(`**/deployment/keys/${operator.id}`);
});

test("a key that is dropped, filled in by the browser, or sent with Enter goes nowhere else", async (t) => {
  await furnished();
  const { token, id } = await key({ title: "Dropped" });
  const page = await asAda(t, LIST);
  const field = page.getByLabel(SEARCH);
  /** @type {[how: string, act: () => Promise<unknown>][]} */
  const ways = [
    [
      "dropped",
      () =>
        field.evaluate((element, text) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.setData("text/plain", text);
          const event = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
          if (element.dispatchEvent(event)) throw new Error("The field takes what is dropped.");
        }, token),
    ],
    ["filled in", () => field.fill(token)],
    [
      "sent with Enter",
      async () => {
        await field.fill(token);
        await page.keyboard.press("Enter");
      },
    ],
  ];
  for (const [how, act] of ways) {
    await page.goto(`${LIST}?q=fill&page=1`);
    await field.waitFor();
    const watched = watch(page);
    await act();
    await page.waitForURL(`**/organizations/acme/keys/${id}`);
    assert.deepEqual(await watched.leaks(token), [], how);
    await page.goBack();
    await field.waitFor();
    assert.equal(new URL(page.url()).pathname, LIST, how);
    assert.deepEqual(await watched.leaks(token), [], how);
  }
});

test("a key in the field for a scope is looked up, and asked for as a scope at no time", async (t) => {
  await furnished();
  const { token } = await key({ title: "No scope" });
  for (const isPasted of [true, false]) {
    const page = await asAda(t, LIST);
    await page.getByLabel("Scope", { exact: true }).selectOption("own");
    const watched = watch(page);
    const field = page.locator(".ranges").getByLabel("Scope");
    await field.focus();
    if (isPasted) await insert(field, token);
    else {
      await field.fill(token);
      await page.keyboard.press("Enter");
    }
    await page.getByRole("heading", { name: "No scope" }).waitFor();
    assert.deepEqual(await watched.leaks(token), []);
  }
});

test("titles and redacted forms are searched for as ever", async (t) => {
  await furnished();
  const made = await root("POST", `/v1${LIST}`, { type: "secret", title: "task_test_1 of risk" });
  const page = await asAda(t, LIST);
  const commit = "Release 2f1d0c9b8a7e6f5d4c3b2a190f8e7d6c5b4a3928";
  await root("PATCH", `/v1${LIST}/${made.id}`, { title: `task_test_1 of risk, ${commit}` });
  for (const text of [commit, made.redacted, "task_test_1", made.redacted.slice(-4), "kw_sk_test_"]) {
    await page.getByLabel(SEARCH).fill(text);
    await page.waitForURL((url) => url.searchParams.get("q") === text);
    await page.getByRole("row", { name: "task_test_1 of risk" }).waitFor();
  }
});

test("a key in an address is taken out of it, whichever part it stands in, and nothing is asked with it", async (t) => {
  await furnished();
  const { token } = await key();
  const page = await asAda(t, LIST);
  for (const name of ["q", "scope", "status", "type", "order", "page", "created", "from", "other"]) {
    await page.goto(LIST);
    await page.getByRole("row", { name: "Filler" }).first().waitFor();
    const watched = watch(page);
    await page.evaluate((to) => {
      const link = Object.assign(document.createElement("a"), { href: to, textContent: "Open" });
      document.body.prepend(link);
    }, `${LIST}?${name}=${token}`);
    await page.getByRole("link", { name: "Open", exact: true }).click();
    await says(page, "There was a key in this page’s address.");
    assert.equal(new URL(page.url()).search, "", name);
    assert.ok(!watched.asked.some((each) => each.includes(token)), name);
  }
});

test("a key in place of an id goes into no address", async (t) => {
  const { token } = await key();
  const page = await asRoot(t, "/");
  const watched = watch(page);
  await page.getByLabel("User ID").fill(token);
  await page.getByRole("button", { name: "Open user" }).click();
  await page.locator("#user-id-error").getByText("This looks like a key or a token, not an ID.").waitFor();
  await page.goto("/organizations/acme/members");
  await page.getByRole("button", { name: "Add member" }).click();
  await page.getByLabel("User ID").fill(token);
  await page.getByRole("dialog").getByRole("button", { name: "Add member" }).click();
  await page.locator("#user-error").getByText("This looks like a key or a token, not an ID.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.locator("dialog").waitFor({ state: "detached" });
  assert.deepEqual(await watched.leaks(token), []);
});

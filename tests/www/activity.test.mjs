// @ts-check
// The audit trail: what its entries say, how it is searched and filtered, and what an export of it holds.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { csv } from "../../www/csv.js";
import { world } from "./support.mjs";

const ACTIVITY = "/organizations/acme/activity";
const KEYS = "/v1/organizations/acme/keys";

const { root, key, personal, open, signIn, asAda, asRoot, server } = world({
  options: { bindings: { EVENTS_RECORD: "address,user_agent" } },
});

/** @param {import("./support.mjs").Page} page */
const entries = (page) => page.locator(".event p").allTextContents();

/** What the page says of the last of an organization's events. @param {import("./support.mjs").Page} page @param {string} id */
async function latest(page, id) {
  await page.goto(`/organizations/acme/keys/${id}`);
  await page.locator(".event").first().waitFor();
  return (await entries(page))[0];
}

/** Waits until only entries are shown that say something. @param {import("./support.mjs").Page} page @param {string} words */
const onlyShows = (page, words) =>
  page.waitForFunction((text) => {
    const said = [...document.querySelectorAll(".event p")].map((entry) => entry.textContent ?? "");
    return said.length > 0 && said.every((entry) => entry.includes(text));
  }, words);

test("an edit says what was changed, from what to what", async (t) => {
  const page = await asAda(t);
  const { id } = await key({ title: "Before", scopes: ["orders:read"], metadata: { env: "dev", team: "a" } });
  for (const [change, said] of /** @type {[object, string | RegExp][]} */ ([
    [{ scopes: ["*"] }, "Root key changed the scopes of the key: orders:read → *"],
    [{ scopes: [] }, "Root key changed the scopes of the key: * → none"],
    [{ title: "After" }, "Root key changed the title of the key: “Before” → “After”"],
    [{ consistency: "strong" }, "Root key changed the verification of the key: fast → strong"],
    [
      { metadata: { team: "b", tier: 1 } },
      "Root key changed the metadata of the key: added tier; changed team; removed env",
    ],
    [
      { expires_at: "2099-01-02T12:00:00Z" },
      /^Root key changed the expiry of the key: never → Jan 2, 2099, \d\d:\d\d$/,
    ],
    [
      { title: "Both", scopes: ["a", "b", "c", "d", "e"] },
      "Root key changed the title and scopes of the key: “After” → “Both” · added a, b, c, d, e",
    ],
  ])) {
    await root("PATCH", `${KEYS}/${id}`, change);
    const entry = await latest(page, id);
    if (said instanceof RegExp) assert.match(entry ?? "", said);
    else assert.equal(entry, said);
  }
});

test("the end of a key says whether it was now or later, and why", async (t) => {
  const page = await asAda(t);
  const { id } = await key({ title: "Ending" });
  await root("POST", `${KEYS}/${id}/revoke`, { revoke_in: 86_400, reason: "Leaked" });
  assert.match(
    (await latest(page, id)) ?? "",
    /^Root key scheduled the revocation of the key for .*: “Leaked”$/,
  );
  await root("POST", `${KEYS}/${id}/revoke`, { revoke_in: 3_600 });
  assert.match((await latest(page, id)) ?? "", /^Root key moved the revocation of the key from .* to /);
  await root("POST", `${KEYS}/${id}/revoke`, {});
  assert.match((await latest(page, id)) ?? "", /^Root key revoked the key ahead of schedule/);
  const rolled = await key({ title: "Rolling" });
  const { id: next } = await root("POST", `${KEYS}/${rolled.id}/roll`, { grace: 0 });
  assert.equal(
    await latest(page, rolled.id),
    `Root key rolled the key, replacing it with key …${next.slice(-6)}`,
  );
  assert.equal(await latest(page, next), `Root key created the key to replace key …${rolled.id.slice(-6)}`);
});

test("a key that was revoked by whoever held it says so, and where it was found", async (t) => {
  const page = await asAda(t);
  const { id, token } = await key({ title: "Leaked" });
  await root("POST", "/v1/revoke/found", { found: [{ token, source: "<b>app</b>/.env:7" }] });
  assert.equal(
    await latest(page, id),
    "The key was revoked by whoever held it, found at “<b>app</b>/.env:7”",
  );
  await page.getByText("Whoever held it", { exact: true }).waitFor();
});

test("members’ entries say who did it to whom, or to themselves", async (t) => {
  const page = await asRoot(t);
  const members = "/v1/organizations/acme/members";
  await root("PUT", `${members}/barbara`, { role: "member" });
  await root("PUT", `${members}/barbara`, { role: "admin" });
  await root("DELETE", `${members}/barbara`);
  await root("POST", "/v1/organizations/acme/invitations", { user: "edsger", role: "admin" });
  await root("DELETE", "/v1/organizations/acme/invitations/edsger");
  await root("PATCH", "/v1/organizations/acme", { name: "Acme" });
  await root("PATCH", "/v1/organizations/acme", { name: "Acme Robotics" });
  await page.goto(ACTIVITY);
  await page.locator(".event").first().waitFor();
  assert.deepEqual((await entries(page)).slice(0, 7), [
    "Root key renamed the organization from “Acme” to “Acme Robotics”",
    "Root key renamed the organization from “Acme Robotics” to “Acme”",
    "Root key withdrew the invitation for edsger",
    "Root key invited edsger as an admin",
    "Root key removed barbara, who was an admin",
    "Root key changed the role of barbara: Member → Admin",
    "Root key added barbara as a member",
  ]);
});

test("entries stand under their day, and tell all there is to know when they are opened", async (t) => {
  const { id } = await key({ title: "Told", scopes: ["orders:read"] });
  const page = await open(t, { permissions: ["clipboard-write"] });
  await signIn(page, (await personal("ada")).token, `${ACTIVITY}?key=${id}`);
  await page.getByRole("heading", { name: "Today" }).waitFor();
  const entry = page.locator(".event");
  await entry.locator("summary").click();
  const [event] = (await root("GET", `/v1${ACTIVITY.replace("activity", "events")}?key=${id}`)).events;
  for (const text of [event.request_id, event.id, event.address, event.user_agent, id, "orders:read"])
    await entry.locator("dl").getByText(text, { exact: true }).waitFor();
  await entry.getByRole("button", { name: "Copy request ID" }).click();
  await page.getByText("Copied the request ID.").waitFor();
  const field = page.getByLabel("Person or key that acted");
  await field.focus();
  await page.keyboard.press("ControlOrMeta+V");
  assert.equal(await field.inputValue(), event.request_id);

  // Newer entries leave open what is open.
  await root("PATCH", `${KEYS}/${id}`, { title: "Told again" });
  await page.evaluate(() => dispatchEvent(new Event("visibilitychange")));
  await entry.nth(1).waitFor();
  const isOpen = await page
    .locator(".event details")
    .evaluateAll((all) => all.map((one) => /** @type {HTMLDetailsElement} */ (one).open));
  assert.deepEqual(isOpen, [false, true]);
});

test("activity is filtered by action, person and key, and the address says by which", async (t) => {
  const { token } = await personal("linus");
  const asLinus = await server().fetch(KEYS, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ title: "By Linus" }),
  });
  const { id } = await asLinus.json();
  await root("PATCH", `${KEYS}/${id}`, { title: "Linus’s" });
  const page = await asAda(t, ACTIVITY);
  await page.getByRole("link", { name: "linus", exact: true }).first().click();
  await page.waitForURL("**/activity?actor=user%3Alinus");
  await onlyShows(page, "linus created “By Linus”");
  assert.equal(await page.getByLabel("Person or key that acted").inputValue(), "linus");
  await page.getByRole("link", { name: "Clear search and filters" }).click();
  await page.waitForURL((url) => url.search === "");

  await page.getByLabel("Action").selectOption({ label: "Key edited" });
  await page.waitForURL("**/activity?action=key.updated");
  await onlyShows(page, "Root key");
  await page.getByLabel("Key", { exact: true }).fill(id);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/activity?action=key.updated&key=${id}`);
  await onlyShows(page, "“By Linus” → “Linus’s”");
  await page.getByLabel("Person or key that acted").fill("grace");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No matching activity" }).waitFor();
  await page.goBack();
  await onlyShows(page, "“By Linus” → “Linus’s”");

  // What names nothing matches nothing, and says what it wants instead.
  await page.getByLabel("Key", { exact: true }).fill("Linus");
  await page.keyboard.press("Enter");
  await page.getByText("Key IDs start with “apk_”.").waitFor();
  await page.goto(`${ACTIVITY}?actor=nobody`);
  await page.getByRole("heading", { name: "No matching activity" }).waitFor();
});

test("activity is searched as somebody types, and the address says for what", async (t) => {
  const { id } = await key({ title: "Needle in a haystack" });
  await root("POST", `${KEYS}/${id}/revoke`, { reason: "Found by a magnet" });
  const page = await asAda(t, ACTIVITY);
  const search = page.getByLabel("Search activity");
  await search.fill("needle");
  await page.waitForURL("**/activity?q=needle");
  await onlyShows(page, "Needle in a haystack");
  assert.equal((await entries(page)).length, 2);
  await search.fill("magnet");
  await page.waitForURL("**/activity?q=magnet");
  await onlyShows(page, "“Found by a magnet”");
  assert.equal(await search.evaluate((field) => field === document.activeElement), true);
  await page.goBack();
  await page.waitForURL((url) => url.search === "");
  assert.equal(await search.inputValue(), "");
});

test("a key that is pasted is looked up and gets into no address; another secret gets nowhere", async (t) => {
  const { id, token } = await key({ title: "Pasted" });
  const page = await asAda(t, ACTIVITY);
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  for (const label of ["Search activity", "Key"]) {
    await page.goto(ACTIVITY);
    const field = page.getByLabel(label, { exact: true });
    await field.fill(token);
    await field.press("Enter");
    await page.waitForURL(`**/activity?key=${id}`);
    await onlyShows(page, "“Pasted”");
    assert.equal(await page.getByLabel("Search activity").inputValue(), "");
  }
  // What is pasted doesn’t even get into the field, where it could be brought back.
  for (const [label, reaction] of [
    ["Search activity", `**/activity?key=${id}`],
    ["Person or key that acted", ""],
  ]) {
    await page.goto(ACTIVITY);
    const field = page.getByLabel(/** @type {string} */ (label), { exact: true });
    const held = await field.evaluate((input, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      input.dispatchEvent(event);
      return event.defaultPrevented;
    }, token);
    assert.equal(held, true);
    if (reaction) await page.waitForURL(reaction);
    else await page.getByText("That looks like a key or a token").waitFor();
  }
  const person = page.getByLabel("Person or key that acted");
  await person.fill(server().rootKey);
  await person.press("Enter");
  await page.getByText("That looks like a key or a token").waitFor();
  assert.equal(await person.inputValue(), "");
  await page.goto(`${ACTIVITY}?q=${token}`);
  await page.waitForURL((url) => url.search === "");
  await page.locator(".event").first().waitFor();
  const secret = token.slice(-20);
  const leaked = asked.filter((url) => url.includes(secret) && !url.startsWith(`${server().url}${ACTIVITY}`));
  assert.deepEqual(leaked, []);
});

/** What is downloaded after a click. @param {import("./support.mjs").Page} page @param {string} format */
async function exported(page, format) {
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog", { name: "Export activity" });
  await dialog.getByLabel(format).check();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Export" }).click(),
  ]);
  await dialog.waitFor({ state: "detached" });
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

test("an export holds what is filtered, whole, in either format", async (t) => {
  await root("POST", "/v1/organizations", { id: "long", name: "Long" });
  const members = "/v1/organizations/long/members";
  for (let n = 1; n <= 52; n++) await root("PUT", `${members}/m${n}`, { role: "member" });
  for (let n = 1; n <= 52; n++) await root("PUT", `${members}/m${n}`, { role: "admin" });
  await root("POST", "/v1/organizations/long/keys", { title: "=HYPERLINK(1)" });
  const page = await asRoot(t, "/organizations/long/activity");
  const lines = await exported(page, "NDJSON");
  assert.match(lines.name, /^keyward-activity-long-\d{4}-\d\d-\d\d\.ndjson$/);
  const events = lines.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(events.length, 106);
  assert.deepEqual(events[0], (await root("GET", "/v1/organizations/long/events?limit=1")).events[0]);
  await page.getByText("Exported 106 events.").waitFor();

  await page.getByLabel("Action").selectOption({ label: "Key created" });
  await page.waitForURL("**/activity?action=key.created");
  await onlyShows(page, "created");
  const table = await exported(page, "CSV");
  assert.match(table.name, /\.csv$/);
  const [header, row, ...rest] = table.text.split("\r\n");
  assert.match(header ?? "", /^id,at,action,/);
  assert.match(row ?? "", /,key\.created,root,root_[0-9a-f]+,,apk_\w+,'=HYPERLINK\(1\),/);
  assert.deepEqual(rest, [""]);
});

test("an export says how far it is, can be cancelled, and can be tried again when it fails", async (t) => {
  const page = await asRoot(t, "/organizations/long/activity");
  const dialog = page.getByRole("dialog", { name: "Export activity" });
  const send = dialog.getByRole("button", { name: "Export" });
  await page.route("**/events?*after=*", () => {});
  await page.getByRole("button", { name: "Export…" }).click();
  await send.click();
  await dialog.getByText("100 of 106 events").waitFor();
  const stopped = page.waitForEvent("requestfailed");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.match((await stopped).url(), /after=/);
  await dialog.waitFor({ state: "detached" });

  await page.unroute("**/events?*after=*");
  await page.route("**/events?*limit=100*", (route) => route.abort());
  await page.getByRole("button", { name: "Export…" }).click();
  await send.click();
  await dialog.getByRole("alert").getByText("Can’t reach the server").waitFor();
  await page.unroute("**/events?*limit=100*");
  const [download] = await Promise.all([page.waitForEvent("download"), send.click()]);
  assert.match(download.suggestedFilename(), /\.csv$/);
});

test("a spreadsheet takes no cell for a formula, and every cell for one cell", () => {
  assert.equal(
    csv([
      ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "plain", 7, null, undefined],
      ["＝1+1", "\n=1", "a;=1+1"],
      ['say "hi"', "a,b", "two\nlines", "- not a list", "a=b"],
    ]),
    "'=1+1,'+1,'-1,'@SUM(A1),\"'\tx\",plain,7,,\r\n" +
      '\'＝1+1,"\'\n=1","a;=1+1"\r\n' +
      '"say ""hi""","a,b","two\nlines",\'- not a list,a=b\r\n',
  );
});

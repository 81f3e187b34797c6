// @ts-check
// Who is signed in: people and the operator see their sessions, and end them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { programOf } from "../../www/agent.js";
import { world } from "./support.mjs";

const { root, personal, open, signIn, asAda, asRoot, server } = world({
  options: { bindings: { EVENTS_RECORD: "address,user_agent" } },
});

/** As a deployment is that says nothing else. */
const unrecorded = world();

/** @param {import("./support.mjs").Page} page */
const rows = (page) => page.locator("tbody tr");

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

/** Leads to one's own sessions. @param {import("./support.mjs").Page} page */
async function toSessions(page) {
  await page.locator("summary", { hasText: "Account" }).click();
  await page.getByRole("link", { name: "Sessions", exact: true }).first().click();
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
}

/** Signs somebody in elsewhere. @param {string} token */
async function elsewhere(token) {
  const answer = await server().fetch("/v1/session", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "User-Agent": FIREFOX },
  });
  return (await answer.json()).session.id;
}

test("a person sees where they are signed in, and ends another session", async (t) => {
  const page = await asAda(t);
  const { token } = await personal("ada");
  await elsewhere(token);
  await toSessions(page);
  await page.getByText("Where you’re signed in").waitFor();
  await page.getByRole("row", { name: "This session" }).waitFor();
  assert.equal(await rows(page).count(), 2);
  // The other one was started later.
  assert.match((await rows(page).first().textContent()) ?? "", /^\s*Chrome on Linux This session/);
  assert.match((await rows(page).last().textContent()) ?? "", /^\s*Firefox on Windows/);
  assert.match((await rows(page).last().textContent()) ?? "", /127\.0\.0\.1|::1/);
  await rows(page).filter({ hasNotText: "This session" }).getByRole("button", { name: "Sign out" }).click();
  await page.getByText("Ended the session.").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await page.getByRole("link", { name: "Activity" }).click();
  await page.getByText("ended a session").first().waitFor();
  await page.locator(".trail").getByText("signed in").first().waitFor();
});

test("signing out everywhere keeps the session in this browser only if that is wanted", async (t) => {
  const page = await open(t);
  const { token } = await personal("linus");
  await signIn(page, token, "/users/linus/sessions");
  await elsewhere(token);
  await page.reload();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere?" });
  assert.ok(await dialog.getByLabel("Stay signed in here").isChecked());
  await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("Ended 1 session.").waitFor();
  assert.equal((await root("GET", "/v1/users/linus/sessions")).sessions.length, 1);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await dialog.getByLabel("Stay signed in here").uncheck();
  await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("Your session has ended.").waitFor();
  assert.deepEqual((await root("GET", "/v1/users/linus/sessions")).sessions, []);
});

test("a session whose key may not end any is offered nothing to end", async (t) => {
  const page = await open(t);
  await signIn(page, (await personal("grace", { scopes: ["keys:read"] })).token, "/users/grace/sessions");
  await page.getByRole("row", { name: "This session" }).waitFor();
  assert.equal(await page.locator("main button").count(), 0);
});

test("the operator sees its own sessions and those of people, and signs people out", async (t) => {
  const page = await asRoot(t);
  await toSessions(page);
  await page.getByText("with a root key").waitFor();
  assert.match((await rows(page).first().textContent()) ?? "", /root_[0-9a-f]{16}/);
  await elsewhere((await personal("hopper")).token);
  await page.goto("/users/hopper/sessions");
  await page.getByText("Where hopper is signed in").waitFor();
  await page.getByRole("button", { name: "Sign out of the session" }).click();
  await page.getByRole("heading", { name: "No sessions" }).waitFor();
  assert.deepEqual((await root("GET", "/v1/users/hopper/sessions")).sessions, []);
});

test("the session in use is marked in sight, where no browsers are recorded too", async (t) => {
  for (const each of [unrecorded, { asRoot, asAda }])
    for (const page of [
      await each.asRoot(t, "/deployment/sessions"),
      await each.asAda(t, "/users/ada/sessions"),
    ]) {
      const badge = page.getByText("This session", { exact: true });
      await badge.waitFor();
      const isCut = await badge.evaluate((element) => {
        const inside = element.parentElement?.getBoundingClientRect();
        return !inside || element.getBoundingClientRect().bottom > inside.bottom;
      });
      assert.ok(!isCut, page.url());
    }
});

test("the browser of a session is named as people call it", () => {
  const mozilla = "Mozilla/5.0";
  const apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
  const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
  for (const [agent, name] of [
    [FIREFOX, "Firefox on Windows"],
    [`${mozilla} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0`, "Firefox on Linux"],
    [`${mozilla} (X11; Linux x86_64) ${chrome}`, "Chrome on Linux"],
    [`${mozilla} (X11; CrOS x86_64 14541.0.0) ${chrome}`, "Chrome on ChromeOS"],
    [`${mozilla} (Linux; Android 10; K) ${chrome}`, "Chrome on Android"],
    [`${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} Edg/142.0.0.0`, "Edge on Windows"],
    [`${mozilla} (Windows NT 10.0; Win64; x64) ${chrome} OPR/120.0.0.0`, "Opera on Windows"],
    [
      `${mozilla} (Macintosh; Intel Mac OS X 10_15_7) ${apple} Version/26.0 Safari/605.1.15`,
      "Safari on macOS",
    ],
    [
      `${mozilla} (iPhone; CPU iPhone OS 18_7 like Mac OS X) ${apple} Version/26.0 Mobile/15E148 Safari/604.1`,
      "Safari on iPhone",
    ],
    [
      `${mozilla} (iPad; CPU OS 18_7 like Mac OS X) ${apple} CriOS/142.0 Mobile/15E148 Safari/604.1`,
      "Chrome on iPad",
    ],
    ["curl/8.14.1", "curl"],
    ["acme-deploy/1.2 (linux)", "acme-deploy"],
    [`${mozilla} (compatible)`, "Unknown browser"],
    ["<script>", "Unknown browser"],
    ["", "Unknown browser"],
  ])
    assert.equal(programOf(/** @type {string} */ (agent)), name, agent);
});

// @ts-check
// Somebody’s first key: three steps that tick off by themselves, and then go away.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { eventually } from "../http/client.mjs";
import { world } from "./support.mjs";

const { root, asAda, asRoot, server } = world();

/** @typedef {import("./support.mjs").Page} Page */

/** @param {string} id */
async function organization(id) {
  await root("POST", "/v1/organizations", { id, name: id, owner: "ada" });
  return `/organizations/${id}/keys`;
}

/** A page of Ada’s on which the test sets the time. @param {import("node:test").TestContext} t @param {string} list @param {import("./support.mjs").ContextOptions} [how] */
async function timed(t, list, how) {
  const page = await asAda(t, "/check", how);
  await page.clock.install();
  await page.goto(list);
  await says(page, "Create your first key");
  return page;
}

/** Which steps are done, in order. @param {Page} page */
const done = (page) =>
  page.locator(".steps li").evaluateAll((steps) => steps.map((step) => step.classList.contains("done")));

/** Waits for a heading of the steps. @param {Page} page @param {string} name */
const says = (page, name) => page.getByRole("heading", { name, exact: true }).waitFor();

/** Verifies a key with itself, as the server of its owner, and waits until its use is known. @param {string} list @param {{ id: string, token: string }} key */
async function use(list, { id, token }) {
  await server().fetch("/v1/verify", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ key: token }),
  });
  await eventually(
    () => root("GET", `/v1${list}/${id}`),
    ({ last_used_at }) => last_used_at !== null,
  );
}

test("an organization without keys shows three steps, which tick off by themselves and go away", async (t) => {
  const list = await organization("fresh");
  const page = await timed(t, list, { permissions: ["clipboard-write"] });
  assert.deepEqual(await done(page), [false, false, false]);
  const made = await root("POST", `/v1${list}`, { type: "secret", title: "First", scopes: ["keys:verify"] });
  // It is asked for while somebody looks, without anything being clicked.
  await page.clock.runFor(10_000);
  await says(page, "Verify your first key");
  assert.deepEqual(await done(page), [true, false, false]);
  await page.getByRole("button", { name: "Copy command" }).click();
  await page.getByText("Copied the command.").waitFor();
  const command = (await page.getByLabel("Command that verifies the key").textContent()) ?? "";
  const answer = execFileSync("bash", ["-c", command], {
    env: { ...process.env, KEYWARD_KEY: made.token },
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.equal(JSON.parse(answer.toString()).valid, true);
  await use(list, made);
  await page.clock.runFor(30_000);
  await says(page, "Your first key works");
  assert.deepEqual(await done(page), [true, true, true]);
  await page.getByRole("button", { name: "Done" }).click();
  assert.equal(await page.locator(".steps").count(), 0);
  await page.reload();
  await page.getByRole("row", { name: "First" }).waitFor();
  assert.equal(await page.locator(".steps").count(), 0);
});

test("a key that was never used keeps the steps, and a second one that verifies it does not end them", async (t) => {
  const list = await organization("waiting");
  await root("POST", `/v1${list}`, { type: "secret", title: "First" });
  const page = await asAda(t, list);
  await says(page, "Verify your first key");
  await page.getByText("The key can’t verify keys yet.").waitFor();
  await root("POST", `/v1${list}`, { type: "secret", title: "Server", scopes: ["keys:verify"] });
  await page.reload();
  await says(page, "Verify your first key");
  assert.equal(await page.getByText("The key can’t verify keys yet.").count(), 0);
  await root("POST", `/v1${list}`, { type: "secret", title: "Third" });
  await page.reload();
  await page.getByRole("row", { name: "Third" }).waitFor();
  assert.equal(await page.locator(".steps").count(), 0);
});

test("nothing is asked while nobody looks, and it is asked at once when somebody returns", async (t) => {
  const list = await organization("patient");
  const page = await timed(t, list);
  /** Makes the page think that it is looked at, or is not. @param {boolean} isHidden */
  const hide = (isHidden) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
      const value = isHidden ? "hidden" : "visible";
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new globalThis.Event("visibilitychange", { bubbles: true }));
    }, isHidden);
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().includes("/keys?"))));
  await hide(true);
  await page.clock.runFor(3_600_000);
  assert.equal(asked, 0);
  await root("POST", `/v1${list}`, { type: "secret", title: "Meanwhile" });
  await hide(false);
  await says(page, "Verify your first key");
});

test("whoever goes on looking asks no more than once a minute in the end", async (t) => {
  const page = await timed(t, await organization("idle"));
  await page.clock.pauseAt(Date.now() + 60_000);
  let asked = 0;
  page.on("request", (request) => (asked += Number(request.url().includes("/keys?"))));
  let pause = 0;
  for (let turn = 0; turn < 12; turn++) {
    const before = asked;
    const answer = page.waitForResponse(/\/keys\?/);
    for (pause = 0; asked === before; pause++) await page.clock.runFor(1_000);
    await answer;
    await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  }
  assert.ok(pause >= 60, `${pause} s`);
});

test("personal and operator keys have first steps too", async (t) => {
  const page = await asRoot(t, "/deployment/keys");
  await says(page, "Create your first key");
  await page.getByText("An operator key is for your own programs.").waitFor();
  await page.goto("/users/linus/keys");
  await says(page, "Create your first key");
  await page.getByText("A personal key acts for one person").waitFor();
});

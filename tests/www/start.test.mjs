// @ts-check
// The dashboard of which a part can't be loaded: that part is one of the modules, so none of them can help.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { asAda } = world();
const LIST = "/organizations/acme/keys";

test("a dashboard that can't be loaded says so, and loads by itself once it can be", async (t) => {
  const page = await asAda(t, LIST);
  const sections = page.getByRole("navigation", { name: "Sections" });
  for (const part of ["/app.js", "/ui/menu.js", "/vendor/lit.js"]) {
    await page.route(`**${part}`, (route) => route.abort("connectionrefused"));
    await page.goto(LIST);
    await page.getByRole("alert").getByText("Can’t reach Keyward. Trying again…").waitFor();
    await page.unroute(`**${part}`);
    await sections.waitFor();
    assert.ok(page.url().endsWith(LIST), part);
  }
});

test("while the server is away the page that can't be loaded stays, whatever is clicked", async (t) => {
  const page = await asAda(t, LIST);
  await page.route("**/app.js", (route) => route.abort("connectionrefused"));
  await page.goto(LIST);
  const again = page.getByRole("button", { name: "Try again now" });
  await again.waitFor();
  await page.context().setOffline(true);
  const asked = page.waitForEvent("requestfailed", (request) => request.method() === "HEAD");
  await again.click();
  await asked;
  await again.waitFor();
  await page.unroute("**/app.js");
  await page.context().setOffline(false);
  await page.getByRole("navigation", { name: "Sections" }).waitFor();
});

test("“Try again” on a part that could not be loaded keeps the dashboard while there is no network", async (t) => {
  const page = await asAda(t, LIST);
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("You’re offline.").waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  await page.goForward();
  await page.getByRole("heading", { name: "Can’t reach the server" }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("heading", { name: "Policy" }).waitFor();
});

// @ts-check
// Times as people say them, and the exact ones for whoever points, tabs or taps.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

const { key, open, personal, signIn, asAda } = world();
const LIST = "/organizations/acme/keys";

test("times are said in words while they are near, and are dates when they are not", async (t) => {
  const page = await open(t, { timezoneId: "Europe/Berlin" });
  await page.goto("/");
  const now = "2026-11-26T12:00:00Z";
  for (const [iso, words] of [
    ["2026-11-26T11:59:30Z", "just now"],
    ["2026-11-26T12:00:30Z", "in less than a minute"],
    ["2026-11-26T11:58:59Z", "1 minute ago"],
    ["2026-11-26T12:45:00Z", "in 45 minutes"],
    ["2026-11-26T09:00:00Z", "3 hours ago"],
    ["2026-11-26T00:30:00Z", "11 hours ago"],
    ["2026-11-25T22:30:00Z", "yesterday"],
    ["2026-11-27T12:00:00Z", "tomorrow"],
    ["2026-11-23T12:00:00Z", "3 days ago"],
    ["2026-12-08T12:00:00Z", "in 12 days"],
    ["2026-12-10T12:00:00Z", "in 2 weeks"],
    ["2026-11-01T12:00:00Z", "3 weeks ago"],
    ["2026-10-26T12:00:00Z", "Oct 26"],
    ["2025-10-26T12:00:00Z", "Oct 26, 2025"],
    ["2027-02-26T12:00:00Z", "Feb 26, 2027"],
  ]) {
    const said = await page.evaluate(
      async ([then, at]) => {
        const { inWords } = await import(String("/ui/time.js"));
        return inWords(new Date(String(then)), new Date(String(at)));
      },
      [iso, now],
    );
    assert.equal(said, words, iso);
  }
});

test("a time on the page stays true while the page is open", async (t) => {
  const { id } = await key({ title: "Ageing", expires_at: new Date(Date.now() + 10 * 60_000).toISOString() });
  const page = await open(t);
  await page.clock.install();
  await signIn(page, (await personal("ada")).token, `${LIST}/${id}`);
  await page
    .getByText(/in [89] minutes/)
    .first()
    .waitFor();
  await page.clock.runFor(5 * 60_000);
  await page
    .getByText(/in [34] minutes/)
    .first()
    .waitFor();
});

for (const width of [320, 1280])
  test(`the exact time, with its zone, is shown to the mouse and to the keyboard, inside the window of ${width} px`, async (t) => {
    const { id } = await key({ title: "Exact", expires_at: new Date(Date.now() + 864e6).toISOString() });
    const how = { timezoneId: "Europe/Berlin", viewport: { width, height: 700 } };
    const page = await asAda(t, `${LIST}/${id}`, how);
    const tip = page.getByRole("tooltip");
    const time = page.locator("relative-time[tabindex]").last();
    await time.waitFor();
    await time.focus();
    await tip.getByText(/^\w{3} \d+, 20\d\d, \d\d:\d\d GMT\+[12]$/).waitFor();
    assert.equal(await time.getAttribute("aria-describedby"), await tip.getAttribute("id"));
    const box = await tip.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
    await page.keyboard.press("Escape");
    await tip.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Exact" }).focus();
    await time.hover();
    await tip.waitFor();
    // It can itself be pointed at.
    await tip.hover();
    assert.equal(await tip.count(), 1);
    await page.mouse.move(1, 1);
    await tip.waitFor({ state: "detached" });
  });

test("whoever tabs to a row of the list sees its exact times", async (t) => {
  await key({ title: "In a row" });
  const page = await asAda(t, LIST);
  await page.getByRole("link", { name: "In a row" }).waitFor();
  await page.getByRole("searchbox").focus();
  await page.keyboard.press("Tab");
  await page.getByRole("link", { name: "In a row" }).focus();
  await page.getByRole("tooltip").first().waitFor();
  assert.match((await page.getByRole("tooltip").first().textContent()) ?? "", /\d\d:\d\d/);
});

// @ts-check
// Every view in light and dark: axe finds nothing with every rule on, nothing is wider than a phone, and a picture of
// each is kept in tests/artefacts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { eventually } from "../http/client.mjs";
import { newKey, startProvider, token } from "../http/provider.mjs";
import { showcase } from "./showcase.mjs";
import { ARTEFACTS, world } from "./support.mjs";

const AXE = readFileSync(path("node_modules/axe-core/axe.min.js"), "utf8");
const KEYS = "/organizations/acme/keys";

/** @type {Record<string, string>} */
const ids = {};

const signer = newKey("RS256");
const provider = await startProvider([signer]);
after(() => provider.stop());
const { root, key, personal, open, signIn, asAda, asRoot } = world({
  options: { bindings: provider.bindings },
  furnish: (root) => showcase(root, ids),
});

/**
 * Fails on whatever axe finds, with every rule on.
 * @param {import("./support.mjs").Page} page @param {string} name @param {string[]} [covered] what lies under an open menu
 */
async function audit(page, name, covered = []) {
  // What fades in has no colours to judge yet; only what waits for something goes on for ever.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    for (const animation of ending) animation.finish();
  });
  await page.screenshot({ path: `${ARTEFACTS}/${name}.png`, animations: "disabled" });
  const found = await page.evaluate(async (exclude) => {
    /** @type {any} */
    const { axe } = globalThis;
    const all = {
      rules: Object.fromEntries(
        axe.getRules().map((/** @type {any} */ { ruleId }) => [ruleId, { enabled: true }]),
      ),
    };
    const { violations } = await axe.run({ include: [["html"]], exclude }, all);
    return violations.map(
      (/** @type {any} */ { id, nodes }) =>
        `${id}: ${nodes.map((/** @type {any} */ node) => node.html.slice(0, 160)).join(" | ")}`,
    );
  }, covered);
  assert.deepEqual(found, [], name);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
}

/** A finished view. @param {import("./support.mjs").Page} page @param {string} heading */
const ready = async (page, heading) => {
  await page.getByRole("heading", { name: heading, exact: true }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector(".bone, [aria-busy=true]"));
};

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const [size, viewport] of /** @type {const} */ ([
    ["wide", { width: 1280, height: 860 }],
    ["narrow", { width: 320, height: 720 }],
  ])) {
    const how = { colorScheme, viewport };
    /** @param {string} view */
    const name = (view) => `${view}-${colorScheme}-${size}`;

    test(`sign-in, ${colorScheme}, ${size}`, async (t) => {
      const page = await open(t, how);
      await page.context().addInitScript({ content: AXE });
      await page.goto("/");
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await audit(page, name("sign-in"));
      await page.getByLabel("Key", { exact: true }).fill("kw_sk_test_1abc");
      await page.getByText("The end is missing").first().waitFor();
      await audit(page, name("sign-in-mistyped"));
    });

    test(`pages, ${colorScheme}, ${size}`, async (t) => {
      const page = await open(t, how);
      await page.context().addInitScript({ content: AXE });
      await signIn(page, (await personal("ada")).token);
      for (const [view, address, heading] of [
        ["list", KEYS, "Keys"],
        ["list-no-match", `${KEYS}?q=nothing+like+it&created=custom`, "No matching keys"],
        ["list-empty", "/organizations/globex/keys", "Create your first key"],
        ["list-personal", "/users/ada/keys", "Personal keys"],
        ["key", `${KEYS}/${ids["CI deploys"]}`, "CI deploys"],
        ["key-retiring", `${KEYS}/${ids["Warehouse sync"]}`, "Warehouse sync"],
        ["key-revoked", `${KEYS}/${ids["Partner export"]}`, "Partner export"],
        ["key-publishable", `${KEYS}/${ids.Storefront}`, "Storefront"],
        ["key-missing", `${KEYS}/apk_01ARZ3NDEKTSV4RRFFQ69G5FAV`, "Key not found"],
        ["members", "/organizations/acme/members", "Members"],
        ["activity", "/organizations/acme/activity", "Activity"],
        ["sessions", "/users/ada/sessions", "Sessions"],
        ["check", "/check", "Check a key"],
        ["lost", "/nowhere", "Page not found"],
      ]) {
        await page.goto(/** @type {string} */ (address));
        await ready(page, /** @type {string} */ (heading));
        await audit(page, name(/** @type {string} */ (view)));
      }
      await page.goto(KEYS);
      await page.locator("summary").first().click();
      await page.getByRole("link", { name: "All organizations" }).waitFor();
      await audit(page, name("menu"), [".tabs", "main"]);
      await page.locator(".brand").click();
      await ready(page, "Organizations");
      await audit(page, name("home-own"));
      await page.goto(KEYS);
      await page.route("**/keys?*", (route) => route.abort());
      await page.reload();
      await ready(page, "Can’t reach the server");
      await audit(page, name("list-error"));
      await page.unroute("**/keys?*");
      await page.route("**/keys?*", () => {});
      await page.reload();
      await page.locator(".bone").first().waitFor();
      await audit(page, name("list-loading"));
    });

    test(`invitations, a rolled key and a lookup, ${colorScheme}, ${size}`, async (t) => {
      const user = `ida-${colorScheme}-${size}`;
      for (const [organization, role] of [
        ["acme", "admin"],
        ["globex", "member"],
      ]) {
        await root("POST", `/v1/organizations/${organization}/invitations`, { user, role });
      }
      await root("POST", "/v1/organizations/acme/invitations", {
        user: `${user}~40a-long-name~2Eexample~2Ecom`,
        role: "member",
      });
      await eventually(
        () => root("GET", `/v1/users/${user}/invitations`),
        ({ count }) => count === 2,
      );
      const guest = await open(t, how);
      await guest.context().addInitScript({ content: AXE });
      await signIn(guest, token(signer, provider.claims({ sub: user })));
      await guest.getByText("You’re invited to 2 organizations.").waitFor();
      await ready(guest, "Personal keys");
      await audit(guest, name("invited"));
      await guest.getByRole("link", { name: "View invitations" }).click();
      await guest.getByRole("button", { name: "Accept" }).first().waitFor();
      await audit(guest, name("invitations"));

      const page = await open(t, how);
      await page.context().addInitScript({ content: AXE });
      await signIn(page, token(signer, provider.claims({ sub: "ada" })), "/organizations/acme/members");
      await page.getByRole("heading", { name: "Pending invitations" }).waitFor();
      await audit(page, name("members-invited"));
      const { id, token: text } = await key({ title: "Rolled" });
      await root("POST", `/v1${KEYS}/${id}/roll`, {});
      await page.goto(`${KEYS}/${id}`);
      await page.getByText("Replaced by").waitFor();
      await ready(page, "Rolled");
      await audit(page, name("key-rolled"));
      await page.goto(KEYS);
      await ready(page, "Keys");
      await page
        .getByLabel("Search by title or key")
        .fill(text.slice(0, -1) + (text.at(-1) === "0" ? "1" : "0"));
      await page.getByText("A character is wrong").waitFor();
      await audit(page, name("list-mistyped"));
    });

    test(`dialogs, ${colorScheme}, ${size}`, async (t) => {
      const page = await open(t, how);
      await page.context().addInitScript({ content: AXE });
      await signIn(page, (await personal("ada")).token, KEYS);
      await page.getByRole("button", { name: "Create key" }).click();
      await page.getByRole("dialog").waitFor();
      await audit(page, name("create"));
      await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
      await page.locator("#title-error").waitFor();
      await audit(page, name("create-refused"));
      await page.getByLabel("Title", { exact: true }).fill(`Pictured ${colorScheme} ${size}`);
      await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
      await page.locator("#secret").waitFor();
      await audit(page, name("secret"));
      await page.getByRole("button", { name: "Done" }).click();
      await audit(page, name("secret-leaving"));
      await page.getByRole("button", { name: "Close without copying" }).click();
      for (const button of ["Edit", "Roll", "Revoke", "Revoke and delete"]) {
        await page.getByRole("button", { name: button, exact: true }).click();
        await page.getByRole("dialog").waitFor();
        await audit(page, name(button.toLowerCase().replaceAll(" ", "-")));
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
    });

    test(`the operator's views, ${colorScheme}, ${size}`, async (t) => {
      const page = await asRoot(t, "/", how);
      await page.context().addInitScript({ content: AXE });
      await page.goto("/");
      await ready(page, "Organizations");
      await audit(page, name("home"));
      await page.locator("summary").first().click();
      await page.locator(".switcher li").first().waitFor();
      await audit(page, name("menu-operator"), [".tabs", "main"]);
      for (const [view, address, heading] of /** @type {const} */ ([
        ["operator-keys", "/deployment/keys", "Operator keys"],
        ["operator-activity", "/deployment/activity", "Activity"],
        ["operator-sessions", "/deployment/sessions", "Sessions"],
        ["organization-missing", "/organizations/nowhere/keys", "Organization not found"],
      ])) {
        await page.goto(address);
        await ready(page, heading);
        await audit(page, name(view));
      }
      await page.goto("/");
      await ready(page, "Organizations");
      await page.getByRole("button", { name: "Create organization", exact: true }).click();
      await audit(page, name("create-organization"));
      await page.goto("/organizations/acme/members");
      await ready(page, "Members");
      await page.getByRole("row", { name: "linus" }).waitFor();
      await audit(page, name("members-managed"));
      for (const [view, button] of [
        ["member-add", "Add member"],
        ["member-role", "Change role of linus"],
        ["member-remove", "Remove linus"],
      ]) {
        await page.getByRole("button", { name: button }).click();
        await page.getByRole("dialog").waitFor();
        await audit(page, name(/** @type {string} */ (view)));
        await page.keyboard.press("Escape");
      }
      await page.goto("/check");
      await page.getByLabel("Key", { exact: true }).fill((await personal("ada")).token);
      await page.getByRole("button", { name: "Ask the server" }).click();
      await page.getByText("The server accepts this key.").waitFor();
      await audit(page, name("check-valid"));
    });
  }
}

test("with less motion asked for, nothing moves", async (t) => {
  const page = await asAda(t, KEYS, { reducedMotion: "reduce" });
  await page.getByRole("button", { name: "Create key" }).click();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});

// @ts-check
// What a first visit costs, and what the server says about the files. How long it takes: `npm run bench -- www`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { launchOptions } from "../../scripts/browsers.mjs";
import { world } from "./support.mjs";

const LIMIT = 80_000;

const { root, open, asAda, server } = world();

/** Weighs what a page loads, compressed. @param {import("./support.mjs").Page} page */
function weigh(page) {
  /** @type {Promise<[string, number]>[]} */
  const parts = [];
  page.on("response", (response) => {
    parts.push(response.body().then((body) => [new URL(response.url()).pathname, gzipSync(body).length]));
  });
  return () => Promise.all(parts);
}

/** @param {[string, number][]} sizes */
const total = (sizes) => sizes.reduce((sum, [, bytes]) => sum + bytes, 0);

test("the first load is at most 80 KB compressed, WebAssembly included", async (t) => {
  const page = await open(t);
  const gate = weigh(page);
  await page.goto("/");
  await page.getByLabel("Key", { exact: true }).waitFor();
  await page.getByLabel("Key", { exact: true }).fill("kw_sk_test_1");
  await page.getByText("The end is missing").first().waitFor(); // the core is loaded
  const sizes = await gate();
  t.diagnostic(`first load: ${(total(sizes) / 1000).toFixed(1)} KB compressed in ${sizes.length} files`);
  assert.ok(sizes.some(([path]) => path.endsWith("keyward.wasm")));
  // What the page needs at once it asks for at once, not module by module.
  const head = await page.locator("head").innerHTML();
  const late = sizes
    .map(([path]) => path)
    .filter((path) => path.endsWith(".js") && !head.includes(`"${path}"`));
  // What only whoever is not signed in needs, once that is known.
  assert.deepEqual(late.sort(), ["/format.js", "/vendor/keyward.js", "/views/signin.js"]);
  assert.ok(total(sizes) <= LIMIT, JSON.stringify(sizes.sort(([, a], [, b]) => b - a)));

  const storageState = await (await asAda(t)).context().storageState();
  const again = await open(t, { storageState });
  const list = weigh(again);
  /** @type {string[]} */
  const asked = [];
  again.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await again.goto("/organizations/acme/keys");
  await again.getByRole("heading", { name: "Create your first key" }).waitFor();
  const signedIn = total(await list());
  t.diagnostic(`first load when signed in: ${(signedIn / 1000).toFixed(1)} KB`);
  assert.ok(signedIn <= LIMIT);
  // What may be done comes with the answers that the page needs anyway.
  assert.deepEqual(asked.filter((path) => path.startsWith("/v1/")).sort(), [
    "/v1/organizations/acme/keys",
    "/v1/session/options",
    "/v1/whoami",
  ]);
});

test("a list of keys is shown with at most 80 KB compressed", async (t) => {
  for (const title of ["Nightly job", "Warehouse", "Storefront"]) {
    await root("POST", "/v1/organizations/globex/keys", { type: "secret", title });
  }
  const storageState = await (await asAda(t)).context().storageState();
  const page = await open(t, { storageState });
  const list = weigh(page);
  await page.goto("/organizations/globex/keys");
  await page.getByRole("link", { name: "Storefront" }).waitFor();
  await page.waitForLoadState("networkidle");
  const sizes = await list();
  t.diagnostic(`first load of a list: ${(total(sizes) / 1000).toFixed(1)} KB`);
  assert.ok(total(sizes) <= LIMIT, JSON.stringify(sizes.sort(([, a], [, b]) => b - a)));
});

test("every file comes with the headers that keep the page to itself", async () => {
  for (const path of ["/", "/organizations/acme/keys", "/app.js", "/vendor/keyward.wasm"]) {
    const { headers } = await server().fetch(path, { headers: { Accept: "text/html" } });
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of [
      "default-src 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      assert.ok(policy.includes(rule), `${path}: ${rule}`);
    }
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

test("the policy is in force: inline scripts and styles, eval and HTML from text are refused", async (t) => {
  const page = await open(t, {}, /^(This document requires 'Trusted|Applying inline style violates)/);
  await page.goto("/");
  const refused = await page.evaluate(() => {
    /** @type {string[]} */
    const seen = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      seen.push(effectiveDirective),
    );
    const script = document.createElement("script");
    let html = "allowed";
    try {
      document.body.innerHTML = "<b>text</b>";
    } catch {
      html = "refused";
    }
    try {
      script.textContent = "globalThis.inline = true";
    } catch {}
    document.head.append(script);
    const style = document.createElement("p");
    style.setAttribute("style", "color: red");
    return new Promise((resolve) =>
      setTimeout(() => resolve({ html, inline: "inline" in globalThis, seen }), 100),
    );
  });
  assert.equal(refused.html, "refused");
  assert.equal(refused.inline, false);
  assert.ok(refused.seen.includes("require-trusted-types-for"));
  t.diagnostic(refused.seen.join(" "));
});

test("a browser that lacks what the page needs is told so, and nothing is asked of the server", async (t) => {
  for (const lacking of ["delete AbortSignal.any", "delete Promise.withResolvers"]) {
    const page = await open(t);
    await page.addInitScript(lacking);
    /** @type {string[]} */
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.goto("/organizations/acme/keys", { waitUntil: "load" });
    await page.getByText("This browser is too old for Keyward.").waitFor();
    assert.equal(await page.locator("input, form, [aria-busy]").count(), 0);
    assert.deepEqual(
      asked.filter((path) => path.startsWith("/v1/")),
      [],
    );
  }
});

test("only the page's own origin is asked for anything", async (t) => {
  const page = await open(t);
  /** @type {string[]} */
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(server().url)) foreign.push(request.url());
  });
  await page.goto("/");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(foreign, []);
});

test("over plain HTTP from another machine nothing can be typed, and the page goes on over HTTPS", async (t) => {
  const launch = await launchOptions();
  const rules = "--host-resolver-rules=MAP keys.example.com 127.0.0.1";
  // Chromium's own change to HTTPS would hide that of the page.
  const args = [...launch.args, rules, "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"];
  const browser = await chromium.launch({ ...launch, args });
  t.after(() => browser.close());
  const page = await browser.newPage();
  // An HTTPS that does not answer: the page itself remains.
  await page.route(/^https:/, (route) => route.abort("aborted"));
  const left = page.waitForEvent("requestfailed");
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const { port } = new URL(server().url);
  const address = `keys.example.com:${port}/organizations/acme/keys?search=a`;
  await page.goto(`http://${address}`, { waitUntil: "commit" });
  assert.equal((await left).url(), `https://${address}`);
  await page.getByText("This connection isn’t encrypted.").waitFor();
  assert.equal(await page.locator("input, textarea, form").count(), 0);
  assert.deepEqual(
    asked.filter((path) => path.startsWith("/v1/")),
    [],
  );
});

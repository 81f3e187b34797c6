// @ts-check
// What a first visit costs, what the server says about the files, and that ten thousand keys stay quick.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { world } from "./support.mjs";

const LIMIT = 60_000;
/** Making ten thousand takes minutes: the full number on request, a tenth of it otherwise. */
const MANY = Number(process.env.KEYWARD_KEYS ?? 1_000);

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

test("the first load is at most 60 KB compressed, WebAssembly included, and usable within a second", async (t) => {
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
  assert.deepEqual(late, []);
  assert.ok(total(sizes) <= LIMIT, JSON.stringify(sizes.sort(([, a], [, b]) => b - a)));

  const storageState = await (await asAda(t)).context().storageState();
  const again = await open(t, { storageState });
  const list = weigh(again);
  await again.goto("/organizations/acme/keys");
  await again.getByRole("heading", { name: "Create your first key" }).waitFor();
  const signedIn = total(await list());
  t.diagnostic(`first load when signed in: ${(signedIn / 1000).toFixed(1)} KB`);
  assert.ok(signedIn <= LIMIT);

  // The best of some tries: the machine may be busy with other things.
  const times = [];
  for (let n = 0; n < 10 && !(Math.min(...times) < 1000); n++) {
    const fresh = await open(t);
    const started = performance.now();
    await fresh.goto("/");
    await fresh.getByRole("button", { name: "Sign in" }).waitFor();
    times.push(Math.round(performance.now() - started));
  }
  t.diagnostic(`usable after ${times.join(", ")} ms`);
  assert.ok(Math.min(...times) < 1000, `usable after ${times.join(", ")} ms`);
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

test("a long list of keys stays quick, in pages", { timeout: 600_000 }, async (t) => {
  let made = 0;
  const maker = async () => {
    while (made < MANY) {
      made += 1;
      await root("POST", "/v1/organizations/globex/keys", { type: "secret", title: `Key number ${made}` });
    }
  };
  await Promise.all(Array.from({ length: 16 }, maker));
  const page = await asAda(t, "/organizations/globex/keys");
  const all = `of ${new Intl.NumberFormat("en").format(MANY)}`;
  await page.getByText(`1–20 ${all}`).waitFor();
  /** @param {() => Promise<unknown>} act @param {string | RegExp} text */
  const timed = async (act, text) => {
    const started = performance.now();
    await act();
    await page.getByText(text).waitFor();
    return Math.round(performance.now() - started);
  };
  const next = await timed(() => page.getByRole("link", { name: "Next" }).click(), `21–40 ${all}`);
  const last = await timed(
    () => page.goto(`/organizations/globex/keys?page=${MANY / 20}`),
    new RegExp(`^[\\d,]+–[\\d,]+ ${all}`),
  );
  const search = await timed(
    () => page.getByLabel("Search by title or key").fill(`number ${MANY - 1}`),
    "1–1 of 1",
  );
  const sort = await timed(() => page.goto("/organizations/globex/keys?order=title"), `1–20 ${all}`);
  t.diagnostic(
    `of ${MANY} keys: next page ${next} ms, last page ${last} ms, search ${search} ms, by title ${sort} ms`,
  );
  for (const time of [next, last, search, sort]) assert.ok(time < 3000, `${time} ms`);
  assert.equal(await page.locator("tbody tr").count(), 20);
});

// @ts-check
// `wrangler deploy` takes the project as it stands; what it would upload, and bind, is what wrangler.toml says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { unstable_readConfig } from "wrangler";
import { path, quietly, run } from "../../scripts/run.mjs";
import { clone } from "./clone.mjs";

/** What an upload may weigh, compressed: see docs/adr/0005. */
const LIMIT_KILOBYTES = 400;

test("a dry run finds every binding, and an upload within the limit", async () => {
  const args = ["deploy", "--dry-run", "--outdir", "build/dry-run"];
  const { code, output } = await run("wrangler", args, { env: quietly });
  assert.equal(code, 0, output);
  for (const binding of [/env\.LEDGER \(Ledger\) +Durable Object/, /env\.KEYS +KV Namespace/]) {
    assert.match(output, binding);
  }
  assert.match(output, /env\.BRAND \("kw"\)/);
  assert.match(output, /env\.ENVIRONMENT \("live"\)/);
  const [, kibibytes] = output.match(/gzip: ([\d.]+) KiB/) ?? [];
  const kilobytes = Number(kibibytes) * 1.024;
  assert.ok(kilobytes <= LIMIT_KILOBYTES, `wrangler would upload ${kilobytes.toFixed(1)} KB`);
});

/** @param {import("node:test").TestContext} t @param {string} toml @param {string[]} args */
async function deploy(t, toml, args) {
  const where = clone(t, { wrangler: 'echo "$*" >> called' });
  where.append("wrangler.toml", toml);
  return { ...(await where.run("deploy", args)), called: where.read("called") };
}

const STAGING = `
[env.staging]
secrets.required = ["SEAL_KEYS", "ROOT_KEY_DIGESTS"]
`;
const NO_ADDRESS = /wrangler\.toml gives the worker no address/;

test("npm run deploy passes its options on, an environment among them", async (t) => {
  const { code, output, called } = await deploy(t, STAGING, ["--env", "staging", "--dry-run"]);
  assert.equal(code, 0, output);
  assert.equal(called, "deploy --env staging --dry-run\n");
});

test("a deploy without an address says so, and one with an address does not", async (t) => {
  assert.match((await deploy(t, STAGING, [])).output, NO_ADDRESS);
  for (const [toml, args] of [
    [STAGING, ["--domain", "keys.example.com"]],
    [`${STAGING}workers_dev = true`, ["--env=staging"]],
    [`${STAGING}routes = ["keys.example.com/*"]`, ["-e", "staging"]],
  ]) {
    const { code, output } = await deploy(t, /** @type {string} */ (toml), /** @type {string[]} */ (args));
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, NO_ADDRESS, String(toml));
  }
});

test("no address is published that nobody has asked for", () => {
  const { workers_dev, preview_urls, routes } = unstable_readConfig({ config: path("wrangler.toml") });
  assert.deepEqual([workers_dev, preview_urls, routes], [false, false, undefined]);
});

// @ts-check
// `wrangler deploy` takes the project as it stands; what it would upload, and bind, is what wrangler.toml says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { quietly, run } from "../../scripts/run.mjs";

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

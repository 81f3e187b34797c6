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

/** A wrangler that answers `secret list` so, and notes what it is called with. @param {string} list */
const listing = (list) => `echo "$*" >> called; case "$*" in *"secret list"*) ${list} ;; esac`;
const holds = (/** @type {string[]} */ ...names) =>
  `echo '${JSON.stringify(names.map((name) => ({ name })))}'`;
const NOT_FOUND = `echo '✘ [ERROR] Worker "keyward" not found.' >&2; exit 1`;
const [SEAL, ROOT] = ["5e".repeat(32), "ab".repeat(32)];
const LINES = `SEAL_KEYS="${SEAL}"\nROOT_KEY_DIGESTS="${ROOT}"\n`;

/** @param {import("node:test").TestContext} t @param {string} list @param {string} file @param {string[]} args */
async function deployWith(t, list, file, args) {
  const where = clone(t, { wrangler: listing(list) });
  where.append("wrangler.toml", STAGING);
  where.write("made", file);
  return { ...(await where.run("deploy", args)), called: where.read("called") };
}

for (const [what, list, file, args] of [
  ["both secrets", holds("SEAL_KEYS", "ROOT_KEY_DIGESTS"), LINES, ["--secrets-file", "made"]],
  ["seal keys alone", holds("SEAL_KEYS"), LINES, ["--secrets-file=made"]],
  ["what JSON names", holds("SEAL_KEYS"), JSON.stringify({ SEAL_KEYS: SEAL }), ["--secretsFile", "made"]],
  ["root keys", holds("ROOT_KEY_DIGESTS"), `export ROOT_KEY_DIGESTS=${ROOT}`, ["--secretsFile=made"]],
  ["both, and is not run dry", holds("SEAL_KEYS"), LINES, ["--secrets-file=made", "--dry-run=false"]],
]) {
  test(`no deploy replaces the secrets of a worker that has ${what}`, async (t) => {
    const sent = /** @type {string[]} */ (args);
    const { code, output, called } = await deployWith(t, String(list), String(file), sent);
    assert.equal(code, 1, output);
    assert.match(output, /This worker has (SEAL|ROOT)_KEY.* already.*--secrets-file/);
    assert.match(output, /Nothing was changed\. .*add --replace-secrets\.$/ms);
    assert.equal(called, "secret list\n");
    assert.doesNotMatch(output, /[0-9a-f]{64}/);
    const passed = sent.join(" ");
    const replaced = await deployWith(t, String(list), String(file), ["--replace-secrets", ...sent]);
    assert.equal(replaced.code, 0, replaced.output);
    assert.equal(replaced.called, `deploy ${passed}\n`);
  });
}

test("no deploy with secrets goes on where it is not known whether there are some", async (t) => {
  for (const list of ["exit 1", "echo", "echo '✘ [ERROR] You are not logged in.'; exit 1"]) {
    const { code, output, called } = await deployWith(t, list, LINES, ["--secrets-file", "made"]);
    assert.equal(code, 1, output);
    assert.match(output, /is not known: .* Nothing was changed\.$/m);
    assert.equal(called, "secret list\n");
  }
});

for (const [what, list, file, asked] of [
  ["does not exist yet", NOT_FOUND, LINES, true],
  ["has others only", holds("ROOT_KEY_DIGESTS"), `SEAL_KEYS=${SEAL}`, true],
  ["is not asked, as they are others", "exit 1", "# not SEAL_KEYS\nOTHER=1\n", false],
]) {
  test(`a secrets file is given to a worker that ${what}`, async (t) => {
    const args = ["--secrets-file", "made", "--name", "other", "-e", "staging"];
    const { code, output, called } = await deployWith(t, String(list), String(file), args);
    assert.equal(code, 0, output);
    const asks = asked ? "secret list --env=staging --name=other\n" : "";
    assert.equal(called, `${asks}deploy ${args.join(" ")}\n`);
  });
}

test("a dry run with secrets asks for nothing", async (t) => {
  const { code, output, called } = await deployWith(t, "exit 1", LINES, ["--dry-run", "--secrets-file=made"]);
  assert.equal(code, 0, output);
  assert.equal(called, "deploy --dry-run --secrets-file=made\n");
});

for (const [args, sentence] of [
  [["--var", `SEAL_KEYS:${SEAL}`], /--var: SEAL_KEYS is a secret/],
  [["--var", "BRAND:kw", "JWT_ISUER:x"], /--var: JWT_ISUER is no setting .* JWT_ISSUER\?/],
  [["--secrets-file", "missing"], /cannot be read \(ENOENT\)/],
  [["--secrets-file"], /--secrets-file needs a path/],
  [["--replace-secrets"], /goes together with --secrets-file/],
]) {
  test(`npm run deploy refuses ${String(args).slice(0, 30)}`, async (t) => {
    const { code, output, called } = await deployWith(t, "exit 1", LINES, /** @type {string[]} */ (args));
    assert.equal(code, 1, output);
    assert.match(output, /** @type {RegExp} */ (sentence));
    assert.doesNotMatch(output, /[0-9a-f]{64}/);
    assert.equal(called, undefined);
  });
}

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

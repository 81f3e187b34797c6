// @ts-check
// The operator's secrets: made once, and never told where nobody asked.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deployedSecrets } from "../../scripts/deployed.mjs";
import { aboutRootKey, digest, localRootKey } from "../../scripts/keys.mjs";
import { path, run } from "../../scripts/run.mjs";
import { clean, clone } from "./clone.mjs";

/** A value in use. */
const OLD = "5e".repeat(32);

/** @param {import("node:test").TestContext} t */
function folder(t) {
  const made = mkdtempSync(join(tmpdir(), "keyward-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("the secrets of a clone are made once, for their owner's eyes only, and the root key opens the worker", (t) => {
  const clone = folder(t);
  const rootKey = localRootKey(clone);
  assert.match(rootKey ?? "", /^kwroot_[0-9a-f]{64}$/);
  const vars = readFileSync(join(clone, ".dev.vars"), "utf8");
  assert.match(vars, /^SEAL_KEYS="[0-9a-f]{64}"$/m);
  assert.ok(vars.includes(`ROOT_KEY_DIGESTS="${digest(rootKey ?? "")}"`));
  assert.ok(!vars.includes(rootKey ?? ""));
  for (const file of [".dev.vars", ".keyward/root-key"]) {
    assert.equal(statSync(join(clone, file)).mode & 0o077, 0, file);
  }
  assert.equal(localRootKey(clone), rootKey);
  assert.equal(readFileSync(join(clone, ".dev.vars"), "utf8"), vars);
});

test("where the .dev.vars is somebody's own, no root key is shown that it does not accept", (t) => {
  const clone = folder(t);
  writeFileSync(join(clone, ".dev.vars"), `ROOT_KEY_DIGESTS="${digest("kwroot_mine")}"\n`);
  assert.equal(localRootKey(clone), undefined);
  assert.throws(() => statSync(join(clone, ".keyward")), "and none is made");

  const other = folder(t);
  localRootKey(other);
  writeFileSync(join(other, ".dev.vars"), `ROOT_KEY_DIGESTS="${digest("kwroot_mine")}"\n`);
  assert.equal(localRootKey(other), undefined);
});

for (const [line, sentence] of [
  [
    `ROOT_KEY_DIGESTS="${digest("kwroot_mine")}"`,
    /^Root key: the one whose digest you have put into \.dev\.vars\./,
  ],
  ["", /^Root key: none, .*`npm run secrets -- --print` makes one/],
  ["ROOT_KEY_DIGESTS=", /^Root key: none, /],
  ['ROOT_KEY_DIGESTS=" , "', /^Root key: none, /],
  [`ROOT_KEY_DIGESTS="${digest("")}"`, /^Root key: the one whose digest/],
]) {
  test(`what is said of the root key is true where .dev.vars has ${line || "SEAL_KEYS alone"}`, (t) => {
    const clone = folder(t);
    writeFileSync(join(clone, ".dev.vars"), `SEAL_KEYS="${OLD}"\n${line}\n`);
    assert.match(aboutRootKey(clone), /** @type {RegExp} */ (sentence));
  });
}

test("npm run secrets makes what a deployment needs, and puts new keys before those in use", async () => {
  const secrets = (/** @type {string[]} */ args, input = "") =>
    run(process.execPath, [path("scripts/secrets.mjs"), "--print", ...args], { input, env: clean() });
  const made = await secrets([]);
  assert.equal(made.code, 0, made.output);
  const [, rootKey] = made.output.match(/^Root key: (kwroot_[0-9a-f]{64})$/m) ?? [];
  assert.ok(made.output.includes(`ROOT_KEY_DIGESTS="${digest(rootKey)}"`), made.output);
  assert.match(made.output, /^SEAL_KEYS="[0-9a-f]{64}"$/m);

  const rotated = await secrets(["--rotate-seal"], `${OLD}\n`);
  assert.match(rotated.output, new RegExp(`^SEAL_KEYS="[0-9a-f]{64},${OLD}"$`, "m"));
  assert.doesNotMatch(rotated.output, /Root key|ROOT_KEY/);
  const added = await secrets(["--add-root"], OLD);
  assert.match(added.output, new RegExp(`^ROOT_KEY_DIGESTS="[0-9a-f]{64},${OLD}"$`, "m"));
  const refused = await secrets(["--add-root"], "kwroot_x");
  assert.equal(refused.code, 1);
  assert.match(refused.output, /nothing was changed/);
});

/** A wrangler that answers `secret list` so, and notes what it is called with and given. @param {string} list */
const wrangler = (list) => `
echo "$*" >> called
case "$*" in
  *"secret list"*) ${list} ;;
  *"secret bulk"*) cat > given; exit 0 ;;
esac`;

/** @param {import("node:test").TestContext} t @param {string} list @param {string[]} [args] @param {string} [input] */
async function secretsOf(t, list, args = [], input = "") {
  const where = clone(t, { wrangler: wrangler(list) });
  where.append("wrangler.toml", '[env.staging]\nsecrets.required = ["SEAL_KEYS", "ROOT_KEY_DIGESTS"]\n');
  const { code, output } = await where.run("secrets", args, input);
  return { code, output, called: where.read("called") ?? "", given: where.read("given") };
}

/** What wrangler prints of these secrets. @param {string[]} names */
const names = (...names) =>
  JSON.stringify(
    names.map((name) => ({ name, type: "secret_text" })),
    null,
    2,
  );
const says = (/** @type {string} */ text, code = 0) => `cat <<'END'\n${text}\nEND\nexit ${code}`;
const fails = (/** @type {string} */ text) => `cat >&2 <<'END'\n${text}\nEND\nexit 1`;
const BOTH = says(names("SEAL_KEYS", "ROOT_KEY_DIGESTS"));
const NONE = fails(
  '\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1mWorker "keyward" not found.\u001b[0m\n\nIf this is a new Worker, run `wrangler deploy` first to create it.',
);

for (const [what, list] of [
  ["a worker without secrets", says("[]")],
  ["a worker with other secrets only", says(names("SOMETHING_ELSE"))],
  ["a worker that does not exist yet", NONE],
]) {
  test(`${what} is given its secrets, which are printed once`, async (t) => {
    const { code, output, called, given } = await secretsOf(t, list);
    assert.equal(code, 0, output);
    assert.equal(called, "secret list\nsecret bulk\n");
    const { SEAL_KEYS, ROOT_KEY_DIGESTS } = JSON.parse(given ?? "");
    assert.ok(output.includes(`SEAL_KEYS="${SEAL_KEYS}"`));
    const [rootKey] = output.match(/kwroot_[0-9a-f]{64}/) ?? [];
    assert.equal(ROOT_KEY_DIGESTS, digest(rootKey ?? ""));
  });
}

const UNKNOWN = /Whether this worker has secrets already is not known: .* Nothing was changed\.$/;

for (const [what, list, sentence] of [
  ["wrangler fails without a word", "exit 1", UNKNOWN],
  ["wrangler is killed", "kill -9 $$", UNKNOWN],
  ["nobody is signed in", fails("✘ [ERROR] You are not logged in."), UNKNOWN],
  [
    "the network is down",
    fails("✘ [ERROR] A request to the Cloudflare API failed.\n\nfetch failed"),
    UNKNOWN,
  ],
  ["another thing is not found", fails("✘ [ERROR] Account not found."), UNKNOWN],
  ["two things are wrong", fails('✘ [ERROR] Worker "keyward" not found.\n✘ [ERROR] fetch failed'), UNKNOWN],
  ["it says not found and succeeds", says('✘ [ERROR] Worker "keyward" not found.'), UNKNOWN],
  ["it prints nothing", "exit 0", UNKNOWN],
  ["it prints no JSON", says("SEAL_KEYS"), UNKNOWN],
  ["it prints half of a list", says('[{"name": "SEAL_KEYS"'), UNKNOWN],
  ["it prints a list of something else", says('["SEAL_KEYS"]'), UNKNOWN],
  ["it prints an object", says('{"result": []}'), UNKNOWN],
  ["it prints an empty list and fails", says("[]", 1), UNKNOWN],
  ["the worker has its secrets", BOTH, /has its secrets already; new ones would make all its keys invalid/],
  [
    "it has seal keys only",
    says(names("SEAL_KEYS")),
    /has SEAL_KEYS but no ROOT_KEY_DIGESTS, so nothing was changed/,
  ],
  [
    "it has root keys only",
    says(names("ROOT_KEY_DIGESTS")),
    /has ROOT_KEY_DIGESTS but no SEAL_KEYS, so nothing was changed/,
  ],
]) {
  test(`no secret is made where ${what}`, async (t) => {
    const { code, output, called, given } = await secretsOf(t, /** @type {string} */ (list));
    assert.equal(code, 1, output);
    assert.match(output.trim(), /** @type {RegExp} */ (sentence));
    assert.equal(called, "secret list\n");
    assert.equal(given, undefined);
    assert.doesNotMatch(output, /kwroot_[0-9a-f]|[0-9a-f]{64}/, "and none is shown");
  });
}

test("a wrangler that never answers is not waited for, and says nothing", async (t) => {
  const { folder } = clone(t, { wrangler: "exec sleep 100000" });
  const env = { ...process.env, PATH: `${folder}/node_modules/.bin:${process.env.PATH}` };
  await assert.rejects(deployedSecrets(undefined, { env, timeout: 50 }), /wrangler did not answer in time/);
});

test("one more key is put only where there are some", async (t) => {
  const rotated = await secretsOf(t, BOTH, ["--rotate-seal"], OLD);
  assert.equal(rotated.code, 0, rotated.output);
  const { SEAL_KEYS, ...rest } = JSON.parse(rotated.given ?? "");
  assert.match(SEAL_KEYS, new RegExp(`^[0-9a-f]{64},${OLD}$`));
  assert.deepEqual(rest, {});
  for (const list of [NONE, says("[]"), says(names("ROOT_KEY_DIGESTS")), "exit 1"]) {
    const { code, output, given } = await secretsOf(t, list, ["--rotate-seal"], OLD);
    assert.deepEqual([code, given], [1, undefined], list);
    assert.match(output, /Nothing was changed\./);
  }
});

test("an environment is named to wrangler in every call", async (t) => {
  const { code, output, called } = await secretsOf(t, says("[]"), ["--env", "staging"]);
  assert.equal(code, 0, output);
  assert.equal(called, "secret list --env=staging\nsecret bulk --env=staging\n");
});

test("a failed upload is told, and a file with secrets is never written over", async (t) => {
  const where = clone(t, { wrangler: 'case "$*" in *list*) echo "[]" ;; *) exit 1 ;; esac' });
  const failed = await where.run("secrets");
  assert.equal(failed.code, 1);
  assert.match(failed.output, /wrangler failed, see above\./);

  const first = await where.run("secrets", ["--file", "secrets.env"]);
  assert.equal(first.code, 0, first.output);
  const text = where.read("secrets.env");
  assert.match(text ?? "", /^SEAL_KEYS="[0-9a-f]{64}"\nROOT_KEY_DIGESTS="[0-9a-f]{64}"\n$/);
  assert.equal(statSync(where.at("secrets.env")).mode & 0o077, 0);
  const second = await where.run("secrets", ["--file", "secrets.env"]);
  assert.equal(second.code, 1);
  assert.match(second.output, /secrets\.env is there already/);
  assert.equal(where.read("secrets.env"), text);
});

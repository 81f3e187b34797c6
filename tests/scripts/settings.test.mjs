// @ts-check
// Settings: what is set is used, or refused with a sentence; and whoever looks for one finds it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { unstable_readConfig } from "wrangler";
import { path } from "../../scripts/run.mjs";
import { readVars, SECRETS, SETTINGS } from "../../scripts/settings.mjs";
import { clone } from "./clone.mjs";

const read = (/** @type {string} */ name) => readFileSync(path(name), "utf8");
const variables = SETTINGS.filter(({ secret }) => !secret).map(({ name }) => name);

test("wrangler.toml has every variable and the names of all secrets, and the docs explain each", () => {
  const { vars, secrets } = unstable_readConfig({ config: path("wrangler.toml") });
  assert.deepEqual(Object.keys(vars).sort(), [...variables].sort());
  assert.deepEqual(secrets?.required, SECRETS);
  for (const { name, secret, about } of SETTINGS) {
    const row = `| \`${name}\` | ${secret ? "secret" : "variable"} | ${about} |`;
    assert.ok(read("docs/SETTINGS.md").includes(row), `docs/SETTINGS.md lacks: ${row}`);
  }
  const example = readVars(".dev.vars.example", read(".dev.vars.example"));
  for (const name of SECRETS) assert.ok(example.has(name), name);
  for (const name of example.keys())
    assert.ok(
      SETTINGS.some((setting) => setting.name === name),
      name,
    );
});

test("a line of .dev.vars means what dotenv, which wrangler reads it with, makes of it", () => {
  const text = [
    "\uFEFFA=1",
    "export B = two words  # a comment",
    "C='#3'",
    'D="4\n5"',
    "E: 6",
    "F=",
    "# G=7",
    "",
    "\tH=`8`",
    "I=a=b",
  ].join("\r\n");
  assert.deepEqual(Object.fromEntries(readVars(".dev.vars", text)), {
    A: "1",
    B: "two words",
    C: "#3",
    D: "4\n5",
    E: "6",
    F: "",
    H: "8",
    I: "a=b",
  });
});

/** A value that no sentence may repeat. */
const VALUE = "canary7f3e";

for (const [what, text, sentence] of [
  [
    "a misspelled name",
    `\nJWT_ISUER=${VALUE}`,
    /^\.dev\.vars: JWT_ISUER is no setting .* Do you mean JWT_ISSUER\?$/,
  ],
  ["a name in lower case", `jwt_issuer=${VALUE}`, /jwt_issuer is no setting .* Do you mean JWT_ISSUER\?$/],
  ["a name with a hyphen", `SEAL-KEYS=${VALUE}`, /SEAL-KEYS is no setting .* Do you mean SEAL_KEYS\?$/],
  ["a name in the singular", `SEAL_KEY=${VALUE}`, /SEAL_KEY is no setting .* Do you mean SEAL_KEYS\?$/],
  [
    "a name of something else",
    `DATABASE_URL=${VALUE}`,
    /DATABASE_URL is no setting of Keyward\. There are: SEAL_KEYS, /,
  ],
  [
    "a setting that is set twice",
    `BRAND=kw\nexport BRAND=${VALUE}`,
    /^\.dev\.vars, line 2: BRAND is set twice\.$/,
  ],
  [
    "a line without a name",
    `BRAND=kw\n\n${VALUE}`,
    /^\.dev\.vars, line 3: this is not of the form NAME="value"\.$/,
  ],
  ["a line for another shell", `set BRAND=${VALUE}`, /^\.dev\.vars, line 1: this is not of the form/],
  ["a quote that does not end", `# x\nBRAND="${VALUE}`, /line 2: the quotes around BRAND do not match\.$/],
  ["something behind a quote", `BRAND="${VALUE}" x`, /line 1: the quotes around BRAND do not match\.$/],
  ["a value that # would cut", `JWT_ISSUER=https://${VALUE}/#a`, /line 1: # begins a comment; put quotes/],
]) {
  test(`npm start refuses in .dev.vars ${what}`, async (t) => {
    const where = clone(t);
    where.write(".dev.vars", `${text}\n`);
    const { code, output } = await where.run("start");
    assert.equal(code, 1, output);
    assert.match(output.trim(), /** @type {RegExp} */ (sentence));
    assert.ok(!output.includes(VALUE));
  });
}

for (const [file, text, sentence] of [
  [".env", 'JWT_ISSUER="x"', /^\.env: JWT_ISSUER is not used from here\. Put it into \.dev\.vars\.$/],
  [".env.local", "export seal_keys=x", /^\.env\.local: seal_keys is not used from here/],
  [
    ".dev.vars.stagin",
    'JWT_ISSUER="x"',
    /^\.dev\.vars\.stagin is not used: wrangler\.toml has no environment/,
  ],
]) {
  test(`npm start refuses what wrangler would not read: ${file}`, async (t) => {
    const where = clone(t);
    where.write(/** @type {string} */ (file), `${text}\n`);
    const { code, output } = await where.run("start");
    assert.equal(code, 1, output);
    assert.match(output.trim(), /** @type {RegExp} */ (sentence));
  });
}

const STAGING = `
[env.staging]
secrets.required = ["SEAL_KEYS", "ROOT_KEY_DIGESTS"]
[env.staging.vars]
BRAND = "kw"
ENVIRONMENT = "test"
`;

test("npm start refuses what an environment of wrangler.toml does not take from its file", async (t) => {
  const where = clone(t);
  where.append("wrangler.toml", STAGING);
  where.write(".dev.vars.staging", "JWT_ISSUER=x\n");
  const { code, output } = await where.run("start", ["--env", "staging"]);
  assert.equal(code, 1, output);
  assert.match(
    output,
    /^\.dev\.vars\.staging: wrangler takes JWT_ISSUER from here only if wrangler\.toml, environment staging, has it too/m,
  );
});

/** wrangler.toml with a line before its first table. @param {string} line */
const before = (line) => read("wrangler.toml").replace("\nname =", `\n${line}\nname =`);
/** wrangler.toml with its variables in a table of another name. @param {string} table */
const renamed = (table) => read("wrangler.toml").replace("\n[vars]\n", `\n[${table}]\n`);
/** wrangler.toml with more at its end. @param {string} text */
const appended = (text) => `${read("wrangler.toml")}\n${text}\n`;
const ISSUER = `JWT_ISSUER = "https://${VALUE}/"`;

for (const [toml, sentence] of [
  [
    appended(ISSUER),
    /^wrangler\.toml: JWT_ISSUER stands under \[observability\]; settings belong under \[vars\]\.$/,
  ],
  [before(ISSUER), /JWT_ISSUER stands before the first table; settings belong under \[vars\]\.$/],
  [before(`jwt_issuer = "${VALUE}"`), /jwt_issuer stands before .* Do you mean JWT_ISSUER\?$/],
  [before(`BRAND = "${VALUE}"`), /BRAND stands before the first table/],
  [
    appended(`JWT_ISUER = "${VALUE}"`),
    /JWT_ISUER stands under \[observability\].* Do you mean JWT_ISSUER\?$/,
  ],
  [appended(`SEAL_KEYS = "${VALUE}"`), /SEAL_KEYS stands under \[observability\]/],
  [appended(`[observability.logs]\n${ISSUER}`), /stands under \[observability\.logs\]/],
  [appended(`[observability.vars]\n${ISSUER}`), /stands under \[observability\.vars\]/],
  [appended(`[[kv_namespaces]]\nbinding = "MORE"\n${ISSUER}`), /stands under \[kv_namespaces\]/],
  [appended(`[variables]\n${ISSUER}`), /stands under \[variables\]; settings belong under \[vars\]/],
  [renamed("var"), /^wrangler\.toml: \[var\] is not used\. Do you mean \[vars\]\?$/],
  [renamed("Vars"), /\[Vars\] is not used\. Do you mean \[vars\]\?$/],
  [appended("[VARS]"), /\[VARS\] is not used\. Do you mean \[vars\]\?$/],
  [
    appended(`[env.staging]\n${ISSUER}`),
    /JWT_ISSUER stands under \[env\.staging\]; settings belong under \[env\.staging\.vars\]\.$/,
  ],
  [
    appended(`[env.staging.var]\n${ISSUER}`),
    /\[env\.staging\.var\] is not used\. Do you mean \[env\.staging\.vars\]\?$/,
  ],
  [appended(`[envs.staging.vars]\n${ISSUER}`), /JWT_ISSUER stands under \[envs\.staging\.vars\]/],
]) {
  test(`a setting of wrangler.toml that wrangler would drop is refused: ${sentence}`, async (t) => {
    const where = clone(t, { wrangler: "echo called >> called" });
    where.write("wrangler.toml", String(toml));
    const { code, output } = await where.run("deploy");
    assert.equal(code, 1, output);
    assert.match(output.trim(), /** @type {RegExp} */ (sentence));
    assert.ok(!output.includes(VALUE));
    assert.equal(where.read("called"), undefined);
  });
}

test("what is wrangler's own in wrangler.toml is taken for no setting", async (t) => {
  const where = clone(t, { wrangler: "echo called >> called" });
  const services = '[[services]]\nbinding = "BRAND"\nservice = "other"\nenvironment = "production"\n';
  where.append("wrangler.toml", `\n${services}\n[env.brand.previews.vars]\nBRAND = "kw"\n`);
  const { code, output } = await where.run("deploy");
  assert.equal(code, 0, output);
});

for (const script of ["start", "secrets", "deploy"]) {
  for (const [what, text, args, sentence] of [
    [
      "a misspelled name",
      '\n[env.staging.vars]\nJWT_ISUER = "x"',
      ["--env=staging"],
      /environment staging: JWT_ISUER is no setting .* JWT_ISSUER\?/,
    ],
    ["a secret", `\n[env.staging.vars]\nSEAL_KEYS = "${VALUE}"`, ["--env=staging"], /SEAL_KEYS is a secret/],
    [
      "an environment without secrets",
      "\n[env.staging.vars]",
      ["--env=staging"],
      /SEAL_KEYS has to be in `secrets\.required`/,
    ],
    [
      "an environment that is not there",
      STAGING,
      ["--env=production"],
      /no environment of that name \(--env\); there is: staging\./,
    ],
  ]) {
    test(`npm run ${script} refuses in wrangler.toml ${what}`, async (t) => {
      const where = clone(t, { wrangler: "echo called >> called" });
      where.append("wrangler.toml", /** @type {string} */ (text));
      const { code, output } = await where.run(script, /** @type {string[]} */ (args));
      assert.equal(code, 1, output);
      assert.match(output, /** @type {RegExp} */ (sentence));
      assert.ok(!output.includes(VALUE));
      assert.equal(where.read("called"), undefined);
    });
  }
}

for (const [script, args] of [
  ["start", ["--prot", "1"]],
  ["start", ["x"]],
  ["start", ["--port"]],
  ["start", ["--port", "1", "--port=2"]],
  ["secrets", ["--rotate-seals"]],
  ["secrets", ["--rotate-seal", "--add-root"]],
  ["secrets", ["--file="]],
  ["test", ["--fast"]],
  ["test", ["nothing"]],
  ["deploy", ["--env"]],
  ["build", ["--release"]],
  ["write-contract", ["--bogus"]],
  ["write-contract", ["nothing"]],
  ["../tests/bench/run", ["--fast"]],
  ["../tests/bench/run", ["nothing"]],
]) {
  test(`${script} ${/** @type {string[]} */ (args).join(" ")} gets a sentence and the usage, and nothing is done`, async (t) => {
    const where = clone(t);
    const { run } = await import("../../scripts/run.mjs");
    const file = path("scripts", `${script}.mjs`);
    const { code, output } = await run(process.execPath, [file, .../** @type {string[]} */ (args)], {
      cwd: where.folder,
    });
    assert.equal(code, 1, output);
    assert.match(output, /^npm (run )?\w+/m);
    assert.doesNotMatch(output, /^ +at /m);
    const help = await run(process.execPath, [file, "--help"]);
    assert.equal(help.code, 0);
    assert.match(help.output, /^npm (run )?\w+/);
  });
}

// @ts-check
// `keyward import` of other systems' dumps into the real worker: the examples of docs/MOVING.md, and that each key of a dump
// is then verified as it was there.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { path as inProject } from "../../scripts/run.mjs";
import { eventually, ok, serve } from "../http/client.mjs";
import { keyward, path } from "./asked.mjs";

const server = await serve();
const { root, rootKey, url, organization, fetch } = server;

const DUMPS = inProject("tests/vectors/import");
/** @typedef {{ key: string, title: string, refused?: string, type?: string, scopes?: string[], metadata?: object, created_at?: string, expires_at?: string, links?: string[] }} Expected */
/** What becomes of each key of each dump. @type {Record<string, Expected[]>} */
const KEYS = JSON.parse(readFileSync(`${DUMPS}/keys.json`, "utf8"));
for (const name of readdirSync(DUMPS)) copyFileSync(`${DUMPS}/${name}`, path(name));

/** The commands that a document gives, without what a shell would take off. @param {string} document */
const commandsOf = (document) =>
  [...readFileSync(inProject(document), "utf8").matchAll(/^npx --no-install keyward (import .*)$/gm)].map(
    ([, line]) => line.replace(/\s+#.*$/, "").split(/\s+/),
  );

const ALL = commandsOf("docs/MOVING.md");
/** Not keys, but what those of another dump are linked to. */
const CHANNELS = "medusa-channels.csv";
const EXAMPLES = ALL.filter(([, file]) => file !== CHANNELS);
const SECRETS = [rootKey, ...Object.values(KEYS).flatMap((keys) => keys.map(({ key }) => key))];

/** Runs an example for an organization. @param {string[]} example @param {string} org @param {string[]} more */
const run = (example, org, ...more) =>
  keyward([...example.map((word, at) => (example[at - 1] === "--organization" ? org : word)), ...more], {
    env: { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey },
    secrets: SECRETS,
  });

/** @param {string} org @param {Expected} expected */
async function assertVerified(org, { key, title, refused, type = "secret", ...more }) {
  const verify = () => ok(root.post("/v1/verify", { key, organization: org, consistency: "strong" }));
  // Whether an organization has foreign keys is remembered for a while.
  const verdict = await eventually(verify, ({ code }) => code !== "malformed" && code !== "unknown");
  assert.equal(verdict.code, refused ?? "valid", title);
  const shown = { title, type, ...more };
  if (!refused) assert.deepEqual(verdict.key, { ...verdict.key, ...shown });
  // From the second time on it is found by its digest.
  assert.equal((await verify()).code, refused ?? "valid", title);
}

test("there is an example for every dump, and a dump for every example", () => {
  assert.deepEqual(EXAMPLES.map(([, file]) => file).toSorted(), Object.keys(KEYS).toSorted());
});

for (const example of EXAMPLES) {
  const [, file] = example;
  test(`${file} is imported as docs/MOVING.md says, and each of its keys is verified as it was`, async () => {
    const org = await organization();
    const keys = KEYS[file];
    if (file === "medusa.csv") await importChannels(org);
    const trial = await run(example, org, "--dry-run");
    assert.equal(trial.out, counted(keys.length, 0, "would be imported"), trial.err);
    assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).count, 0);

    const first = await run(example, org);
    assert.deepEqual([first.out, first.status], [counted(keys.length, 0), 0], first.err);
    for (const expected of keys) await assertVerified(org, expected);
    // A key that has been used since is unchanged, too.
    const again = await run(example, org);
    assert.deepEqual([again.out, again.status], [counted(0, keys.length), 0], again.err);
  });
}

/** @param {string} org */
const importChannels = (org) => run(/** @type {string[]} */ (ALL.find(([, file]) => file === CHANNELS)), org);

test("Medusa’s sales channels come with their ids and dates, once, and before the keys that are linked to them", async () => {
  const org = await organization();
  const medusa = /** @type {string[]} */ (EXAMPLES.find(([, file]) => file === "medusa.csv"));
  const early = await run(medusa, org);
  assert.match(early.out, /^line 4: request\.bad_field: \/links must name sales channels .*\n2 imported, /);
  const channels = await importChannels(org);
  assert.deepEqual([channels.out, channels.err], [counted(2, 0), ""]);
  assert.equal((await importChannels(org)).out, counted(0, 2));
  assert.equal((await run(medusa, org)).out, counted(1, 2));
  const headers = { authorization: `Bearer ${rootKey}`, "keyward-organization": org };
  const listed = await fetch("/admin/sales-channels", { headers });
  const [first, second] = (await listed.json()).sales_channels;
  const rest = { metadata: null, deleted_at: null };
  const created = "2025-03-01T09:30:00.123Z";
  assert.deepEqual(first, {
    id: "sc_01JNWKT3M4E7Q8XZ0V5C6A9B2D",
    name: "Default Sales Channel",
    description: "Created by Medusa",
    is_disabled: false,
    created_at: created,
    updated_at: created,
    ...rest,
  });
  assert.deepEqual(second, {
    id: "sc_01JNWKT3M5F8R9YA1W6D7B0C3E",
    name: "Ärmel, & co",
    description: null,
    is_disabled: true,
    created_at: "2025-03-01T09:30:00.124Z",
    updated_at: "2025-04-01T08:00:00.000Z",
    ...rest,
  });
});

/** @param {number} imported @param {number} unchanged @param {string} [done] */
const counted = (imported, unchanged, done = "imported") =>
  `${imported} ${done}, ${unchanged} unchanged, 0 failed, of ${imported + unchanged} row${imported + unchanged === 1 ? "" : "s"}.\n`;

test("what the deployment refuses of a file is told by its lines, and the rest is in", async () => {
  const org = await organization();
  const rows = readFileSync(path("prefixed.csv"), "utf8").trim().split("\n");
  const [header, first, second] = rows;
  const wrong = first.replace("Prefixed 1", "x".repeat(201));
  const input = [header, first, wrong, second].join("\n");
  const args = ["import", "-", "--from", "csv", "--part", "after_last_underscore", "--organization", org];
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  const { status, out } = await keyward(args, { env, secrets: SECRETS, input });
  assert.equal(status, 1);
  assert.match(
    out,
    /^line 3: [a-z_]+\.[a-z_]+: .*title.*\n2 imported, 0 unchanged, 1 failed, of 3 rows\.\n$/,
  );
});

test("whoever may not import into an organization is told so", async () => {
  const org = await organization();
  const { token } = await server.key(`organizations/${org}`, { scopes: ["keys:verify"] });
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: token };
  const { status, err } = await keyward(
    ["import", "prefixed.csv", "--from", "csv", "--part", "after_last_underscore", "--organization", org],
    { env, secrets: [token] },
  );
  assert.equal(status, 2);
  assert.match(err, /refuses: .*\(auth\.insufficient_scope\)/);
});

// @ts-check
// `keyward keys …` and `keyward verify` against the real worker.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { ok } from "../../http/client.mjs";
import { folder, path } from "../asked.mjs";
import { as, asKey, json, server } from "./shell.mjs";

const { root, rootKey, orgKey, organization, key, url } = server;

test("a new key's text is alone on standard output, and everything else beside it", async () => {
  const org = await organization();
  const operator = as({ KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org });
  const made = await operator([
    "keys",
    "create",
    "CI deploys",
    "--scope",
    "deploy,orders:read",
    "--expires-in",
    "90d",
  ]);
  assert.equal(made.status, 0, made.err);
  assert.match(made.out, /^kw_sk_test_1\w+\n$/);
  assert.match(
    made.err,
    /^Created “CI deploys” \(apk_\w+\) of organization .*\. Its text is shown this once:\n$/,
  );
  const { code, key: found } = await ok(
    root.post("/v1/verify", { key: made.out.trim(), consistency: "strong" }),
  );
  assert.deepEqual([code, found.title, found.scopes], ["valid", "CI deploys", ["deploy", "orders:read"]]);
  const days = (Date.parse(found.expires_at) - Date.parse(found.created_at)) / 86_400_000;
  assert.ok(Math.abs(days - 90) < 0.1, `${days}`);
});

test("KEY=$(keyward keys create … --quiet) is the key, and nothing is said", async () => {
  const org = await organization();
  const script = 'KEY=$("$0" keys create "from a shell" --quiet) && printf "<%s>" "$KEY"';
  const env = {
    ...process.env,
    HOME: folder,
    KEYWARD_URL: url,
    KEYWARD_API_KEY: rootKey,
    KEYWARD_ORGANIZATION: org,
  };
  const { stdout, stderr } = await promisify(execFile)(
    "sh",
    ["-c", script, path("node_modules/.bin/keyward")],
    { env },
  );
  assert.match(stdout, /^<kw_sk_test_1\w+>$/);
  assert.equal(stderr, "");
});

test("a new key that nobody can have got is said to be there, with exit code 2", {
  skip: !existsSync("/dev/full"),
}, async () => {
  const org = await organization();
  const env = { PATH: process.env.PATH, HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  for (const more of ["", "--json"]) {
    const script = `"$0" keys create lost --organization ${org} ${more} > /dev/full; echo "code $?" >&2`;
    const command = path("node_modules/.bin/keyward");
    const { stderr } = await promisify(execFile)("sh", ["-c", script, command], { env });
    assert.match(
      stderr,
      /keyward: The key apk_\w+ is there, but its text could not be written[^\n]*\ncode 2\n$/,
    );
  }
});

test("--json is the API's resource, and a list is an array of all entries, whatever pages they are on", async () => {
  const org = await organization();
  for (let count = 0; count < 103; count += 1) await key(`organizations/${org}`, { title: `key ${count}` });
  const operator = asKey(rootKey, org);
  const made = json(
    await operator(["keys", "create", "as JSON", "--json", "--metadata", '{"a":1}'], { reveals: true }),
  );
  assert.match(made.token, /^kw_sk_test_1/);
  const {
    token: _,
    permissions: __,
    ...resource
  } = await ok(root.get(`/v1/organizations/${org}/keys/${made.id}`));
  assert.deepEqual({ ...made, ...resource }, made);
  const all = json(await operator(["keys", "list", "--json"]));
  assert.equal(all.length, 104);
  assert.deepEqual(
    json(await operator(["keys", "list", "--json", "--limit", "2", "--sort", "title"])).map(
      (/** @type {any} */ one) => one.title,
    ),
    ["as JSON", "key 0"],
  );
  const ids = await operator(["keys", "list", "--quiet", "--search", "as JSON"]);
  assert.equal(ids.out, `${made.id}\n`);
  const few = await operator(["keys", "list", "--limit", "3"]);
  assert.equal(few.out.trim().split("\n").length, 4);
  assert.match(few.err, /There are more/);
});

test("filters are those of the API, with times as durations or instants", async () => {
  const org = await organization();
  const soon = await key(`organizations/${org}`, {
    title: "soon",
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  });
  const scoped = await key(`organizations/${org}`, { title: "scoped", scopes: ["orders:read"] });
  const revoked = await key(`organizations/${org}`, { title: "revoked" });
  const publishable = await key(`organizations/${org}`, { title: "public", type: "publishable" });
  await ok(root.post(`${revoked.path}/revoke`));
  const operator = asKey(rootKey, org);
  for (const [args, ids] of /** @type {[string[], string[]][]} */ ([
    [["--expires-before", "7d"], [soon.id]],
    [["--expires-before", "1h"], []],
    [["--scope", "orders:read"], [scoped.id]],
    [["--status", "revoked,expired"], [revoked.id]],
    [["--type", "publishable"], [publishable.id]],
    [["--created-after", "1h", "--search", "SOON"], [soon.id]],
    [["--created-before", "2020-01-01"], []],
    [["--unused-since", "1h"], []],
    [
      ["--never-expires", "--sort=-title"],
      [scoped.id, revoked.id, publishable.id],
    ],
  ])) {
    const { status, out, err } = await operator(["keys", "list", "--quiet", ...args]);
    assert.deepEqual([status, out.trim().split("\n").filter(Boolean)], [0, ids], `${args.join(" ")}: ${err}`);
  }
});

test("a key is shown, renamed, edited and found by its text", async () => {
  const { org, id, token, redacted } = await orgKey({ title: "before" });
  const operator = asKey(rootKey, org, [token]);
  const shown = await operator(["keys", "show", id]);
  for (const word of ["before", id, redacted, "active", `organization ${org}`])
    assert.ok(shown.out.includes(word), shown.out);
  assert.equal(json(await operator(["keys", "rename", id, "after", "--json"])).title, "after");
  const edited = json(
    await operator([
      "keys",
      "edit",
      id,
      "--scope",
      "a",
      "--scope",
      "b",
      "--expires-at",
      "2035-01-31",
      "--metadata",
      '{"team":"x"}',
      "--json",
    ]),
  );
  assert.deepEqual(
    [edited.scopes, edited.expires_at, edited.metadata],
    [["a", "b"], "2035-01-31T00:00:00.000Z", { team: "x" }],
  );
  const freed = json(await operator(["keys", "edit", id, "--no-scopes", "--never-expires", "--json"]));
  assert.deepEqual([freed.scopes, freed.expires_at], [[], null]);
  const looked = await operator(["keys", "lookup", "--json"], { input: `${token}\n` });
  assert.equal(json(looked).id, id);
  assert.equal((await operator(["keys", "lookup", "--quiet"], { input: token })).out, `${id}\n`);
  const named = await as({ KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, OTHER: token }, [token])([
    "keys",
    "lookup",
    "--key-env",
    "OTHER",
  ]);
  assert.ok(named.out.includes(id));
});

test("what cannot be undone needs a terminal to ask on, or --yes, and nothing is asked of the deployment before", async () => {
  const { org, id, path: at, token } = await orgKey();
  const operator = asKey(rootKey, org, [token]);
  for (const args of [
    ["keys", "revoke", id],
    ["keys", "roll", id],
    ["keys", "delete", id, "--revoke"],
    ["members", "remove", "ada"],
    ["orgs", "delete", org],
  ]) {
    const { status, err } = await operator(args);
    assert.equal(status, 2);
    assert.match(err, /no terminal to ask on; with --yes/);
  }
  assert.equal((await ok(root.get(at))).status, "active");
  const later = json(await operator(["keys", "revoke", id, "--revoke-in", "1h", "--yes", "--json"]));
  assert.equal(later.status, "retiring");
  assert.match((await operator(["keys", "show", id])).out, /^to be revoked +\d{4}-/m);
  const revoked = await operator(["keys", "revoke", id, "--reason", "left in a log", "--yes"]);
  assert.equal(revoked.status, 0, revoked.err);
  const now = await ok(root.get(at));
  assert.deepEqual([now.status, now.revocation_reason], ["revoked", "left in a log"]);
  assert.equal((await operator(["keys", "delete", id, "--yes"])).status, 0);
  assert.equal((await operator(["keys", "show", id])).status, 1);
});

test("a key is rolled with grace without a question, and the old one works on meanwhile", async () => {
  const { org, id, token, path: at } = await orgKey({ title: "rolled" });
  const rolled = await asKey(rootKey, org)(["keys", "roll", id, "--grace", "24h"]);
  assert.equal(rolled.status, 0, rolled.err);
  assert.match(rolled.out, /^kw_sk_test_1\w+\n$/);
  assert.match(
    rolled.err,
    /^Created “rolled” .*; apk_\w+ works until \d{4}-.*Z\. Its text is shown this once:\n$/,
  );
  assert.notEqual(rolled.out.trim(), token);
  assert.equal((await ok(root.get(at))).status, "retiring");
});

test("what somebody has made is shown with --dry-run, and revoked with --yes", async () => {
  const org = await organization();
  const maker = await key(`organizations/${org}`, { scopes: ["keys:write", "keys:read"] });
  const made = json(
    await asKey(maker.token, undefined)(["keys", "create", "child", "--json"], { reveals: true }),
  );
  const operator = asKey(rootKey, org);
  const who = ["--created-by", `key:${maker.id}`];
  const trial = await operator(["keys", "revoke", ...who, "--dry-run"]);
  assert.ok(trial.out.includes(made.id));
  assert.match(trial.err, /^1 key would be revoked\.$/m);
  assert.equal((await operator(["keys", "show", made.id, "--json"])).out.includes('"active"'), true);
  const done = json(await operator(["keys", "revoke", ...who, "--yes", "--json"]));
  assert.deepEqual([done.count, done.keys[0].id], [1, made.id]);
  assert.equal(json(await operator(["keys", "show", made.id, "--json"])).status, "revoked");
});

test("verify says yes with exit code 0 and no with 1, and why", async () => {
  const { org, token, path: at, redacted } = await orgKey({ scopes: ["orders:read"] });
  const operator = asKey(rootKey, undefined, [token]);
  const valid = await operator(["verify", "--scope", "orders:read", "--organization", org], { input: token });
  assert.deepEqual([valid.status, valid.err], [0, ""]);
  for (const word of ["valid", redacted, org]) assert.ok(valid.out.includes(word), valid.out);
  const lacking = await operator(["verify", "--scope", "orders:write", "--json"], { input: token });
  assert.deepEqual([lacking.status, json(lacking).code], [1, "insufficient_scope"]);
  await ok(root.post(`${at}/revoke`));
  const revoked = await operator(["verify", "--max-staleness", "0", "--quiet"], { input: token });
  assert.deepEqual([revoked.status, revoked.out, revoked.err], [1, "", ""]);
  const nonsense = await operator(["verify", "--json"], { input: "nonsense" });
  assert.deepEqual([nonsense.status, json(nonsense).code], [1, "malformed"]);
  assert.equal((await operator(["verify"], { input: " \n" })).status, 2);
});

test("keys of a person and of the deployment are reached with --user and --deployment", async () => {
  const { token } = await key("users/ada", { scopes: ["*"] });
  const ada = asKey(token, undefined);
  const made = json(await ada(["keys", "create", "laptop", "--user", "me", "--json"], { reveals: true }));
  assert.deepEqual(made.owner, { type: "user", id: "ada" });
  assert.match((await ada(["keys", "list"])).err, /Say whose: --organization ORG or --user me/);
  const operator = asKey(rootKey, undefined);
  const robot = json(
    await operator(["keys", "create", "robot", "--deployment", "--json"], { reveals: true }),
  );
  assert.equal(robot.owner.type, "deployment");
  assert.ok((await operator(["keys", "list", "--deployment"])).out.includes(robot.id));
  assert.match((await operator(["keys", "list", "--deployment", "--user", "ada"])).err, /Say one of/);
});

test("an organization's key is about its own organization without another word", async () => {
  const { token, id } = await orgKey({ scopes: ["keys:read"] });
  const listed = await asKey(token, undefined)(["keys", "list"]);
  assert.equal(listed.status, 0, listed.err);
  assert.ok(listed.out.includes(id));
  assert.match(listed.out, /^ID +TITLE +KEY +STATUS +SCOPES +CREATED +LAST USED +ENDS\n/);
});

test("a publishable key's text is shown on request, since it is public", async () => {
  const org = await organization();
  const made = await key(`organizations/${org}`, { type: "publishable" });
  const { out } = await asKey(rootKey, org)(["keys", "show", made.id, "--quiet"], { reveals: true });
  assert.equal(out, `${made.token}\n`);
});

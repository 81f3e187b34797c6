// @ts-check
// `keyward login` and what keeps it: one file that its owner alone may read, and never a key for another address.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ok } from "../../http/client.mjs";
import { answering, folder, path } from "../asked.mjs";
import { as, json, server } from "./shell.mjs";

const { root, rootKey, orgKey, url } = server;

/** A machine where nobody has logged in. @param {string[]} [secrets] */
function machine(secrets) {
  const home = mkdtempSync(join(folder, "home-"));
  const env = (/** @type {Record<string, string>} */ more) => ({ HOME: home, ...more });
  const config = join(home, ".config/keyward");
  return { home, config, file: join(config, "profiles.json"), as: (more = {}) => as(env(more), secrets) };
}

/** @param {string} file */
const modeOf = (file) => (statSync(file).mode & 0o777).toString(8);

test("a key that is piped in is tried, kept for its owner alone, used, and forgotten again", async () => {
  const { token, id, org } = await orgKey({ title: "laptop", scopes: ["keys:read"] });
  const here = machine([token]);
  const me = here.as();
  const login = await me(["login", "--url", url, "--with-key"], { input: `${token}\n` });
  assert.equal(login.status, 0, login.err);
  assert.equal(login.out, "");
  assert.ok(login.err.includes(`as “laptop” (${id}) of organization ${org}: profile default`), login.err);
  assert.deepEqual([modeOf(here.config), modeOf(here.file)], ["700", "600"]);
  assert.deepEqual(readdirSync(here.config), ["profiles.json"]);
  const shown = await me(["whoami"]);
  for (const word of [url, "profile default", id, org, "keys:read"])
    assert.ok(shown.out.includes(word), shown.out);
  assert.equal(json(await me(["whoami", "--json"])).id, id);
  assert.equal((await me(["keys", "list", "--quiet"])).out, `${id}\n`);
  assert.equal((await me(["logout"])).status, 0);
  assert.ok(!existsSync(here.file));
  const gone = await me(["whoami"]);
  assert.equal(gone.status, 3);
  assert.match(gone.err, /run `keyward login`, or set KEYWARD_URL and KEYWARD_API_KEY/);
  assert.equal((await me(["logout"])).status, 1);
});

test("a key that the deployment does not accept is not kept", async () => {
  const { token, path: at } = await orgKey();
  await ok(root.post(`${at}/revoke`));
  const here = machine([token]);
  const refused = await here.as()(["login", "--url", url, "--with-key"], { input: token });
  assert.equal(refused.status, 3);
  assert.match(refused.err, /\(auth\.invalid, req_/);
  assert.ok(!existsSync(here.config));
});

test("profiles are told apart by --profile and KEYWARD_PROFILE, and each has its organization", async () => {
  const here = machine([rootKey]);
  const one = await orgKey();
  const two = await orgKey();
  for (const [name, { org }] of Object.entries({ one, two })) {
    const args = ["login", "--url", url, "--with-key", "--profile", name, "--organization", org];
    assert.equal((await here.as()(args, { input: rootKey })).status, 0);
  }
  assert.equal((await here.as()(["keys", "list", "--quiet", "--profile", "one"])).out, `${one.id}\n`);
  assert.equal((await here.as({ KEYWARD_PROFILE: "two" })(["keys", "list", "--quiet"])).out, `${two.id}\n`);
  const both = here.as({ KEYWARD_PROFILE: "two" });
  assert.equal((await both(["keys", "list", "--quiet", "--profile", "one"])).out, `${one.id}\n`);
  const other = here.as({ KEYWARD_PROFILE: "two", KEYWARD_ORGANIZATION: one.org });
  assert.equal((await other(["keys", "list", "--quiet"])).out, `${one.id}\n`);
  assert.equal((await here.as()(["whoami"])).status, 3);
  for (const name of ["../x", "", "__proto__"])
    assert.equal((await here.as()(["whoami", "--profile", name])).status, 2);
  assert.equal((await here.as()(["logout", "--profile", "one"])).status, 0);
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(here.file, "utf8")).profiles), ["two"]);
});

test("a profile's key goes to its own address only, and the environment's key to none that it does not name", async () => {
  const { token } = await orgKey();
  const here = machine([token]);
  const elsewhere = await answering(() => ({ status: 200 }));
  await here.as()(["login", "--url", url, "--with-key"], { input: token });
  for (const [env, args] of /** @type {[Record<string, string>, string[]][]} */ ([
    [{ KEYWARD_URL: elsewhere.url }, []],
    [{}, ["--url", elsewhere.url]],
    [{}, ["--url", elsewhere.url, "--profile", "default"]],
  ])) {
    const { status, err } = await here.as(env)(["whoami", ...args]);
    assert.equal(status, 2);
    assert.match(err, /The key of the profile default is for http:\/\/127\.0\.0\.1:\d+ only/);
  }
  const nowhere = await here.as({ KEYWARD_API_KEY: token })(["whoami"]);
  assert.equal(nowhere.status, 2);
  assert.match(nowhere.err, /Say which deployment to ask/);
  assert.deepEqual(elsewhere.requests, []);
  // What is set in CI counts more than what somebody has logged in with.
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  assert.equal(json(await here.as(env)(["whoami", "--json"])).type, "root");
  assert.equal(json(await here.as(env)(["whoami", "--json", "--profile", "default"])).type, "key");
  for (const empty of ["KEYWARD_API_KEY", "KEYWARD_ORGANIZATION", "KEYWARD_PROFILE"])
    assert.equal((await here.as({ KEYWARD_URL: url, [empty]: "" })(["whoami"])).status, 2, empty);
});

test("a file that others may read is not used, and a folder that they may is closed", async () => {
  const { token } = await orgKey();
  const here = machine([token]);
  mkdirSync(here.config, { recursive: true, mode: 0o755 });
  await here.as()(["login", "--url", url, "--with-key"], { input: token });
  assert.equal(modeOf(here.config), "700");
  chmodSync(here.file, 0o640);
  const open = await here.as()(["whoami"]);
  assert.equal(open.status, 2);
  assert.match(open.err, /Others may read .*profiles\.json, which holds keys: run `chmod 600`/);
  writeFileSync(here.file, "{");
  chmodSync(here.file, 0o600);
  assert.match((await here.as()(["whoami"])).err, /is not what `keyward login` writes/);
});

test("a file that is a link stays one, and logging out takes the key out of where it leads", async () => {
  const { token } = await orgKey();
  const here = machine([token]);
  const kept = join(here.home, "kept.json");
  const login = ["login", "--url", url, "--with-key", "--profile"];
  await here.as()([...login, "a"], { input: token });
  renameSync(here.file, kept);
  symlinkSync(kept, here.file);
  assert.equal((await here.as()([...login, "b"], { input: token })).status, 0);
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(kept, "utf8")).profiles), ["a", "b"]);
  assert.equal(modeOf(kept), "600");
  for (const name of ["a", "b"]) assert.equal((await here.as()(["logout", "--profile", name])).status, 0);
  assert.ok(!existsSync(kept));
  assert.deepEqual((await here.as()(["logout", "--profile", "constructor"])).status, 1);
});

test("who logs in several times at once has all the profiles", async () => {
  const { token } = await orgKey();
  const here = machine([token]);
  const names = ["a", "b", "c", "d", "e", "f"];
  const logins = names.map((name) =>
    here.as()(["login", "--url", url, "--with-key", "--profile", name], { input: token }),
  );
  for (const { status, err } of await Promise.all(logins)) assert.equal(status, 0, err);
  assert.deepEqual(Object.keys(JSON.parse(readFileSync(here.file, "utf8")).profiles).sort(), names);
  assert.deepEqual(readdirSync(here.config), ["profiles.json"]);
});

test("the configuration lies where XDG_CONFIG_HOME says, if that is a whole path", async () => {
  const { token } = await orgKey();
  const here = machine([token]);
  const config = join(here.home, "elsewhere");
  await here.as({ XDG_CONFIG_HOME: config })(["login", "--url", url, "--with-key"], { input: token });
  assert.equal(modeOf(join(config, "keyward/profiles.json")), "600");
  await here.as({ XDG_CONFIG_HOME: "relative" })(["login", "--url", url, "--with-key"], { input: token });
  assert.ok(existsSync(here.file));
});

test("import and export work with a profile, too", async () => {
  const { org } = await orgKey();
  const here = machine([rootKey]);
  await here.as()(["login", "--url", url, "--with-key", "--organization", org], { input: rootKey });
  const exported = await here.as()(["export"]);
  assert.equal(exported.status, 0, exported.err);
  assert.match(exported.out, /^\{"kind":"organization"/);
});

test("without a terminal nothing is asked for", async () => {
  const { status, err } = await machine().as()(["login", "--url", url]);
  assert.equal(status, 2);
  assert.match(err, /no terminal to ask on: pipe the key into/);
});

// `script` of util-linux gives a program a terminal; elsewhere it has other options.
const skip = process.platform !== "linux" && "needs script of util-linux";

/**
 * A conversation on a terminal: what is typed when something is asked. The last answer ends the input.
 * @param {string} line @param {Record<string, string>} env @param {[string, string][]} answers
 */
async function onTerminal(line, env, answers = []) {
  const command = `"${path("node_modules/.bin/keyward")}" ${line}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd: folder,
    env: { PATH: process.env.PATH, TERM: "xterm", ...env },
  });
  const left = [...answers];
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    if (left.length > 0 && output.includes(left[0][0])) child.stdin.write(`${left.shift()?.[1]}\n`);
  });
  const [code] = await once(child, "close");
  return { code, output };
}

test("on a terminal it asks for address and key, and does not show the key", { skip }, async () => {
  const { token, org } = await orgKey();
  const here = machine();
  const { code, output } = await onTerminal("login", { HOME: here.home }, [
    ["keys.example.com: ", url],
    ["(it is not shown): ", token],
  ]);
  assert.equal(code, 0, output);
  assert.ok(output.includes(url) && output.includes(`organization ${org}`), output);
  assert.ok(!output.includes(token.slice(12, -4)), output);
  assert.equal(JSON.parse(readFileSync(here.file, "utf8")).profiles.default.key, token);
});

test("where the environment names the address, the question for the key says which it is", {
  skip,
}, async () => {
  const { token } = await orgKey();
  const env = { HOME: machine().home, KEYWARD_URL: url };
  const { code, output } = await onTerminal("login", env, [["(it is not shown): ", token]]);
  assert.equal(code, 0, output);
  assert.ok(output.includes(`Key for ${new URL(url).host} (it is not shown): `), output);
});

test("a key that is pasted together with the address is not shown either", { skip }, async () => {
  const { token } = await orgKey();
  const here = machine();
  const { code, output } = await onTerminal("login", { HOME: here.home }, [
    ["keys.example.com: ", `${url}\n${token}`],
  ]);
  assert.equal(code, 0, output);
  assert.ok(!output.includes(token.slice(12, -4)), output);
});

test("on a terminal it asks before it revokes, and takes y alone for yes; a table fits into it", {
  skip,
}, async () => {
  const { org, id, path: at } = await orgKey({ title: "a very long title ".repeat(10) });
  const env = { HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org };
  const list = await onTerminal("keys list --color=never", env);
  assert.ok(list.output.includes(`${id}  a very`), list.output);
  for (const row of list.output.split(/\r?\n/)) assert.ok(row.length <= 80, row);
  for (const [answer, code, status] of /** @type {const} */ ([
    ["", 1, "active"],
    ["n", 1, "active"],
    ["y", 0, "revoked"],
  ])) {
    const { code: found, output } = await onTerminal(`keys revoke ${id}`, env, [["[y/N] ", answer]]);
    assert.equal(found, code, output);
    assert.match(output, /Revoke “a very long title .*refused at once, for good\. \[y\/N\]/s);
    assert.ok(output.replaceAll(/\s/g, "").includes(`${org}at${new URL(url).host}?`), output);
    assert.equal((await ok(root.get(at))).status, status);
  }
});

test("a table in 80 columns has whole ids and statuses, and leaves out what there is no room for", {
  skip,
}, async () => {
  const { org, id } = await orgKey({ title: "a very long title ".repeat(10), scopes: ["orders:read"] });
  const env = { HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org };
  const { output } = await onTerminal("keys list --color=never", env);
  const [head, row] = output.trim().split(/\r?\n/);
  assert.match(head, /^ID +TITLE +STATUS +LAST USED +ENDS$/);
  assert.match(row, new RegExp(`^${id}  a very long title.*…  active$`));
});

test("Ctrl-C at a question ends it, and nothing is changed", { skip }, async () => {
  const { org, id, path: at } = await orgKey();
  const env = { HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org };
  const { code } = await onTerminal(`keys delete --revoke ${id}`, env, [["[y/N] ", "\u0003"]]);
  assert.equal(code, 130);
  assert.equal((await ok(root.get(at))).status, "active");
});

test("a question stays on the terminal when its answer is corrected", { skip }, async () => {
  const { org, id, path: at } = await orgKey();
  const env = { HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org };
  const { code, output } = await onTerminal(`keys revoke ${id}`, env, [["[y/N] ", "y\u007fn"]]);
  assert.equal(code, 1);
  // What is drawn last, after the character that was taken back.
  const [, drawn] = output.split(/(?=Revoke “)/).slice(-2);
  assert.match(drawn ?? "", /\[y\/N\] (?!.*> )/s, output);
  assert.equal((await ok(root.get(at))).status, "active");
});

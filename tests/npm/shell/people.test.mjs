// @ts-check
// `keyward orgs …`, `members …`, `invitations …` and `events` against the real worker.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../scripts/run.mjs";
import { ok } from "../../http/client.mjs";
import { answering, folder, keyward, path, started } from "../asked.mjs";
import { asKey, json, server } from "./shell.mjs";

const { root, rootKey, organization, key, url } = server;

test("an organization is created, listed, shown, renamed, given bounds, and deleted", async () => {
  const operator = asKey(rootKey, undefined);
  const made = json(await operator(["orgs", "create", "made-here", "--name", "Made here", "--json"]));
  assert.deepEqual([made.id, made.name], ["made-here", "Made here"]);
  assert.match(
    (await operator(["orgs", "list", "--search", "made h"])).out,
    /^ID .*\nmade-here +Made here +\d{4}-/,
  );
  assert.match((await operator(["orgs", "show", "made-here"])).out, /name +Made here/);
  assert.equal(json(await operator(["orgs", "rename", "made-here", "Other", "--json"])).name, "Other");
  const edited = json(
    await operator([
      "orgs",
      "edit",
      "made-here",
      "--max-staleness",
      "10s",
      "--on-outage-max",
      "1m",
      "--json",
    ]),
  );
  assert.deepEqual([edited.max_staleness_seconds, edited.on_outage_max_seconds], [10, 60]);
  await key("organizations/made-here");
  const kept = await operator(["orgs", "delete", "made-here", "--yes"]);
  assert.equal(kept.status, 1);
  assert.match(kept.err, /owner\.has_keys/);
  assert.equal((await operator(["orgs", "delete", "made-here", "--revoke", "--yes"])).status, 0);
  assert.equal((await operator(["orgs", "show", "made-here"])).status, 1);
});

test("members are added, listed, given another role and removed; who is none is not added by a role", async () => {
  const org = await organization();
  const operator = asKey(rootKey, org);
  assert.equal((await operator(["members", "add", "ada", "--role", "owner"])).status, 0);
  assert.equal((await operator(["members", "add", "bob"])).status, 0);
  const again = await operator(["members", "add", "ada", "--role", "member"]);
  assert.deepEqual([again.status, again.out], [1, ""]);
  assert.match((await operator(["members", "list"])).out, /^USER +ROLE +SINCE\nada +owner .*\nbob +member /);
  assert.equal(json(await operator(["members", "role", "bob", "admin", "--json"])).role, "admin");
  assert.equal((await operator(["members", "role", "eve", "admin"])).status, 1);
  assert.equal((await operator(["members", "remove", "bob", "--yes"])).status, 0);
  assert.deepEqual(
    json(await operator(["members", "list", "--json"])).map((/** @type {any} */ one) => one.user),
    ["ada"],
  );
  assert.equal((await operator(["members", "remove", "ada", "--yes"])).status, 1);
});

test("somebody is invited, sees it, and the invitation is withdrawn; whoever belongs somewhere sees where", async () => {
  const org = await organization();
  const operator = asKey(rootKey, org);
  const { token } = await key("users/cat", { scopes: ["*"] });
  const cat = asKey(token, undefined);
  assert.match((await cat(["orgs", "list"])).err, /There is no organization that this key reaches/);
  assert.equal((await operator(["invitations", "create", "cat", "--role", "admin"])).status, 0);
  assert.equal((await operator(["invitations", "list", "--quiet"])).out, "cat\n");
  assert.match(
    (await cat(["invitations", "list", "--user", "me"])).out,
    new RegExp(`^${org} +cat +admin`, "m"),
  );
  assert.equal((await operator(["invitations", "delete", "cat"])).status, 0);
  assert.equal((await operator(["invitations", "list", "--quiet"])).out, "");
  await operator(["members", "add", "cat", "--role", "admin"]);
  // Her own ledger is told of it by the organization's, a little later.
  let told = "";
  for (let tries = 0; tries < 50 && told === ""; tries += 1) told = (await cat(["orgs", "list"])).out;
  assert.match(told, new RegExp(`^${org} .*admin`, "m"));
});

test("events are listed newest first, with filters", async () => {
  const org = await organization();
  const { id, path: at } = await key(`organizations/${org}`, { title: "first" });
  await ok(root.post(`${at}/revoke`, { reason: "left in a log" }));
  const operator = asKey(rootKey, org);
  const { out } = await operator(["events"]);
  assert.match(
    out,
    /^AT +ACTION +KEY +BY +DETAILS\n.* key\.revoked +first \(apk_.* reason=left in a log.*\n.* key\.created .*\n/,
  );
  const one = json(await operator(["events", "--json", "--key", id, "--action", "key.created"]));
  assert.deepEqual(
    one.map((/** @type {any} */ event) => [event.action, event.key.id]),
    [["key.created", id]],
  );
  assert.equal(json(await operator(["events", "--json", "--limit", "1"])).length, 1);
});

test("--watch tells each event once as it happens, one JSON object a line, and ends at Ctrl-C with exit code 0", async () => {
  const org = await organization();
  await key(`organizations/${org}`, { title: "before" });
  const child = started(["events", "--watch", "--json", "--limit", "1"], {
    KEYWARD_URL: url,
    KEYWARD_API_KEY: rootKey,
    KEYWARD_ORGANIZATION: org,
  });
  let out = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  const lines = () =>
    out
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  /** @param {number} count */
  const until = async (count) => {
    while (lines().length < count) await once(child.stdout, "data");
  };
  await until(1);
  for (const title of ["one", "two", "three"]) await key(`organizations/${org}`, { title });
  await until(4);
  await key(`organizations/${org}`, { title: "four" });
  await until(5);
  child.kill("SIGINT");
  assert.deepEqual(await once(child, "close"), [0, null]);
  assert.deepEqual(
    lines().map((event) => event.key.title),
    ["before", "one", "two", "three", "four"],
  );
});

test("a watch goes on after an outage, which is said once, and ends when the key is refused", async () => {
  const event = (/** @type {string} */ id) => ({
    ...{ id, action: "key.created", at: "2026-01-01T00:00:00.000Z", key: null, details: {} },
    actor: { type: "user", id: "ada" },
  });
  const down = { status: 503, headers: { "retry-after": "0" }, body: { code: "server.busy", title: "Busy" } };
  const pages = [["a"], down, down, down, ["b", "a"], ["c", "b", "a"]];
  const { url: address } = await answering((_, count) => {
    const page = pages[count - 1];
    if (page === undefined) return { status: 401, body: { code: "auth.invalid", title: "No" } };
    if (!Array.isArray(page)) return page;
    return { status: 200, body: { events: page.map(event), after: null, unreadable: 0 } };
  });
  const env = { KEYWARD_URL: address, KEYWARD_API_KEY: "somebody", KEYWARD_ORGANIZATION: "acme" };
  const { status, out, err } = await keyward(["events", "--watch", "--json"], { env });
  assert.deepEqual(
    out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).id),
    ["a", "b", "c"],
  );
  assert.equal(status, 3);
  assert.match(
    err,
    /^keyward: Busy \(server\.busy\); watching on\.\nIt answers again\.\nkeyward: .*auth\.invalid/,
  );
});

test("a watch ends when nobody reads it any more", async () => {
  const org = await organization();
  let isOver = false;
  const watch = run(
    "sh",
    ["-c", `"${path("node_modules/.bin/keyward")}" events --watch --organization ${org} | head -n 1`],
    {
      cwd: folder,
      env: { ...process.env, HOME: folder, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey },
    },
  ).finally(() => {
    isOver = true;
  });
  // That nobody reads is only seen by whoever writes: something has to happen for as long as it watches.
  while (!isOver) {
    await key(`organizations/${org}`);
    await sleep(200);
  }
  const { code, output } = await watch;
  assert.equal(code, 0);
  assert.match(output, /organization\.created/);
});

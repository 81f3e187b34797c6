// @ts-check
// What the command says when it is called wrongly, when a deployment refuses, and when none answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok } from "../../http/client.mjs";
import { answering, keyward } from "../asked.mjs";
import { as, asKey, json, server } from "./shell.mjs";

const { root, rootKey, orgKey, organization, key, url } = server;

test("a key is refused as an argument or an option, whole or damaged, and not repeated", async () => {
  const { org, token } = await orgKey();
  const { requests, url: address } = await answering(() => ({ status: 200 }));
  const operator = as({ KEYWARD_URL: address, KEYWARD_API_KEY: "someone", KEYWARD_ORGANIZATION: org }, [
    token,
    token.slice(12, -4),
  ]);
  for (const args of [
    ["verify", token],
    ["keys", "lookup", token],
    ["keys", "show", token],
    ["keys", "create", token.slice(0, -4)],
    ["keys", "list", "--search", token],
    ["keys", "create", "x", "--metadata", JSON.stringify({ key: token })],
    ["login", "--url", `https://${token}.example.com`],
    ["run", "--env", `API_KEY=${token}`, "--", "true"],
    ["run", "--", "echo", token],
    ["orgs", "create", rootKey],
  ]) {
    const { status, out, err } = await operator(args);
    assert.deepEqual([status, out], [2, ""], args[1]);
    assert.match(err, /must not be an argument/);
    assert.ok(!err.includes(rootKey));
  }
  assert.deepEqual(requests, []);
});

test("a slip is answered by what was meant, and a group by what is in it", async () => {
  for (const [args, message] of /** @type {[string[], RegExp][]} */ ([
    [["kyes"], /There is no such command: did you mean keys\?\nTry `keyward --help`/],
    [
      ["keys", "creat"],
      /There is no such command of keys: did you mean keys create\?\nTry `keyward keys --help`/,
    ],
    [["keys", "zzzzzz"], /There is no such command of keys\.\n/],
    [["keys", "list", "--statsu", "active"], /did you mean --status\?/],
    [["keys", "list", "--grace", "1h"], /The command keys list has no option --grace\./],
    [["keys", "create"], /Usage: keyward keys create TITLE/],
    [["keys", "create", ""], /An argument is empty/],
    [["keys", "list", "--organization", ""], /--organization is empty/],
    [["keys", "create", "x", "--scope", ""], /--scope is empty/],
    [["keys", "rename", "apk_1"], /Usage: keyward keys rename ID TITLE/],
    [["keys", "show", "CI deploys"], /A key is named by its id, apk_…/],
    [["keys", "create", "x", "--expires-in", "soon"], /--expires-in takes a duration, such as 90d/],
    [["keys", "create", "x", "--expires-in", "1d", "--never-expires"], /has no option --never-expires/],
    [["keys", "create", "x", "--expires-in", "1d", "--expires-at", "2030-01-01"], /Say one of --expires-in/],
    [["keys", "create", "x", "--metadata", "[]"], /--metadata takes a JSON object/],
    [["keys", "list", "--limit", "0"], /--limit takes a whole number/],
    [["keys", "edit", "apk_1"], /Say what to change/],
    [["keys", "edit", "apk_1", "--scope", ","], /--scope has an empty part/],
    [["keys", "create", "x", "--scope", "a,", "--link", "sc_1"], /--scope has an empty part/],
    [["keys", "edit", "apk_1", "--link", " "], /--link has an empty part/],
    [["keys", "revoke", "apk_1", "--yes", "--revoke-in", "2020-01-31"], /an instant that has passed/],
    [["keys", "roll", "apk_1", "--yes", "--grace", "2020-01-31"], /an instant that has passed/],
    [["keys", "revoke"], /Say which key to revoke/],
    [["completion", "tcsh"], /bash, zsh and fish/],
    [["run", "--env", "A=b c", "--", "true"], /--env takes NAME/],
    [["run"], /Usage: keyward run/],
  ])) {
    const { status, out, err } = await asKey(rootKey, "acme")(args);
    assert.deepEqual([status, out], [2, ""], args.join(" "));
    assert.match(err, message);
  }
  const group = await keyward(["keys"], {});
  assert.equal(group.status, 2);
  assert.match(group.out, /^Usage: keyward keys COMMAND/);
  assert.equal((await keyward(["keys", "--help"], {})).status, 0);
  assert.deepEqual(
    await keyward(["help", "keys", "create"], {}),
    await keyward(["keys", "create", "--help"], {}),
  );
});

test("a refusal names its code, the request, and the option that is wrong", async () => {
  const org = await organization();
  const operator = asKey(rootKey, org);
  for (const [args, words] of /** @type {[string[], RegExp[]][]} */ ([
    [
      ["keys", "create", "x".repeat(201), "--scope", "no spaces\u0007"],
      [/request\.bad_field, req_[0-9a-f]{32}\)/, /^ {2}title: /m, /^ {2}--scope: /m],
    ],
    [["keys", "create", "x", "--expires-in", "0"], [/^ {2}--expires-at or --expires-in: /m]],
    [["keys", "create", "x", "--expires-at", "2026-02-31"], [/^ {2}--expires-at or --expires-in: /m]],
    [["keys", "create", "x", "--type", "public"], [/^ {2}--type: /m]],
    [
      ["keys", "list", "--sort", "size"],
      [/request\.bad_parameter/, /^ {2}--sort: /m],
    ],
    [
      ["keys", "list", "--status", "gone", "--scope", " "],
      [/^ {2}--status: /m, /^ {2}--scope: /m],
    ],
    [["orgs", "edit", org, "--max-staleness", "400d"], [/^ {2}--max-staleness: /m]],
  ])) {
    const { status, out, err } = await operator(args);
    assert.deepEqual([status, out], [2, ""], `${args.join(" ")}: ${err}`);
    for (const word of words) assert.match(err, word);
  }
});

test("exit codes tell refused credentials, what is not there, and a deployment that does not answer apart", async () => {
  const org = await organization();
  const reader = await key(`organizations/${org}`, { scopes: ["keys:read"] });
  const revoked = await key(`organizations/${org}`);
  await ok(root.post(`${revoked.path}/revoke`));
  const codeOf = async (/** @type {string} */ token, /** @type {string[]} */ args, address = url) =>
    (await as({ KEYWARD_URL: address, KEYWARD_API_KEY: token, KEYWARD_ORGANIZATION: org }, [token])(args))
      .status;
  assert.equal(await codeOf(reader.token, ["keys", "list"]), 0);
  assert.equal(await codeOf(reader.token, ["keys", "show", "apk_01JNWKT3M4E7Q8XZ0V5C6A9B2D"]), 1);
  assert.equal(await codeOf(rootKey, ["orgs", "create", org]), 1);
  assert.equal(await codeOf(reader.token, ["keys", "create", "x"]), 3);
  assert.equal(await codeOf(revoked.token, ["keys", "list"]), 3);
  const closed = await answering(() => undefined);
  assert.equal(await codeOf(reader.token, ["keys", "list"], closed.url), 4);
  const busy = await answering(() => ({
    status: 503,
    headers: { "retry-after": "0" },
    body: { code: "server.busy", title: "Busy" },
  }));
  assert.equal(await codeOf(reader.token, ["keys", "list"], busy.url), 4);
  const other = await answering(() => ({ status: 200, body: "<html>" }));
  assert.equal(await codeOf(reader.token, ["keys", "list"], other.url), 4);
  const moved = await answering(() => ({ status: 301, headers: { location: url } }));
  assert.equal(await codeOf(reader.token, ["keys", "list"], moved.url), 4);
  assert.equal(moved.requests.length, 1);
});

test("a lost answer is asked for again with the same idempotency key, so that one key is made", async () => {
  const org = await organization();
  /** @type {string[]} */
  const made = [];
  const between = await answering(async ({ method, url: at, headers, body }) => {
    const sent = {
      method,
      headers: {
        authorization: headers.authorization ?? "",
        "content-type": "application/json",
        "idempotency-key": String(headers["idempotency-key"]),
      },
      body,
    };
    const response = await server.fetch(at, sent);
    made.push(JSON.parse(await response.clone().text()).id);
    return made.length === 1 ? undefined : { status: response.status, body: await response.text() };
  });
  const created = json(
    await as({ KEYWARD_URL: between.url, KEYWARD_API_KEY: rootKey, KEYWARD_ORGANIZATION: org }, [rootKey])(
      ["keys", "create", "once", "--json"],
      { reveals: true },
    ),
  );
  assert.deepEqual(made, [created.id, created.id]);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).count, 1);
});

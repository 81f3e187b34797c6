// @ts-check
// What answers at a deployment's address and is not Keyward, or is and means ill.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answering } from "../asked.mjs";
import { as, server } from "./shell.mjs";

const { orgKey } = server;
const ID = "apk_01JNWKT3M4E7Q8XZ0V5C6A9B2D";

/** Every command that shows something of an answer, without a question. */
const COMMANDS = [
  ...[["whoami"], ["keys", "list"], ["keys", "list", "--quiet"], ["keys", "list", "--json"]],
  ...[
    ["keys", "create", "x"],
    ["keys", "create", "x", "--json"],
    ["keys", "show", ID],
  ],
  ...[
    ["keys", "show", ID, "--quiet"],
    ["keys", "rename", ID, "x"],
    ["keys", "revoke", ID, "--yes"],
  ],
  ...[
    ["keys", "revoke", "--created-by", "user:ada", "--yes"],
    ["keys", "delete", ID, "--yes"],
  ],
  ["keys", "revoke", "--created-by", "user:ada", "--dry-run", "--quiet"],
  ...[
    ["keys", "roll", ID, "--grace", "1h"],
    ["keys", "lookup"],
    ["keys", "lookup", "--quiet"],
  ],
  ...[["verify"], ["verify", "--json"], ["events"], ["events", "--quiet"], ["orgs", "list"]],
  ...[
    ["orgs", "list", "--quiet"],
    ["orgs", "show", "acme"],
    ["orgs", "rename", "acme", "x"],
  ],
  ...[
    ["orgs", "delete", "acme", "--yes"],
    ["members", "list"],
    ["members", "list", "--quiet"],
  ],
  ...[
    ["members", "add", "ada"],
    ["members", "role", "ada", "admin"],
    ["members", "remove", "ada", "--yes"],
  ],
  ...[
    ["invitations", "list"],
    ["invitations", "create", "ada"],
    ["invitations", "delete", "ada"],
  ],
];

test("no answer but Keyward's is taken for a key, a list or something done", async () => {
  for (const body of [{}, [], { code: "valid", keys: {}, events: [{}], organizations: null, members: [1] }]) {
    const stranger = await answering(() => ({ status: 200, body }));
    const env = { KEYWARD_URL: stranger.url, KEYWARD_API_KEY: "someone", KEYWARD_ORGANIZATION: "acme" };
    for (const args of COMMANDS) {
      const { status, out, err } = await as(env)(args, { input: "some key" });
      assert.deepEqual([status, out], [4, ""], `${args.join(" ")}: ${out}${err}`);
      assert.match(err, /^keyward: 127\.0\.0\.1:\d+.* does not answer as Keyward does .*\n$/, args.join(" "));
    }
  }
});

test("what a hostile deployment says does nothing to the terminal and repeats no key", async () => {
  const { token } = await orgKey();
  const bad = `a\u001b[2J\u009b2J\r\n\u202eb ${token}`;
  const who = { type: bad, id: bad };
  const key = {
    ...{
      id: bad,
      title: bad,
      redacted: bad,
      type: bad,
      status: bad,
      owner: who,
      created_by: who,
      token: bad.slice(0, 9),
    },
    ...{ scopes: [bad], links: [bad], metadata: { [bad]: bad }, created_at: bad, updated_at: bad },
    ...{
      last_used_at: bad,
      expires_at: bad,
      revoked_at: bad,
      revocation_reason: bad,
      rolled: { revoked_at: bad },
    },
  };
  const event = { id: bad, at: bad, action: bad, key, actor: who, details: { [bad]: bad } };
  const organization = {
    id: bad,
    name: bad,
    created_at: bad,
    max_staleness_seconds: 1,
    on_outage_max_seconds: 1,
  };
  const member = { user: bad, role: bad, organization: bad, created_at: bad, expires_at: bad };
  const all = {
    ...{ ...key, ...organization, ...member, effective: { by: bad }, valid: true, code: bad, as_of: bad },
    ...{
      keys: [key],
      events: [event],
      organizations: [organization],
      members: [member],
      invitations: [member],
    },
    ...{ permissions: [bad], count: 1, has_more: false, unreadable: 0, after: null, key },
  };
  const liar = await answering(() => ({ status: 200, body: all }));
  const rude = await answering(() => ({
    ...{ status: 403, headers: { "x-request-id": "\u009b2J" } },
    body: {
      code: "auth.forbidden",
      title: bad,
      detail: bad,
      errors: [{ pointer: bad, detail: bad }],
      request_id: bad,
    },
  }));
  for (const { url } of [liar, rude]) {
    const env = { KEYWARD_URL: url, KEYWARD_API_KEY: token, KEYWARD_ORGANIZATION: "acme" };
    for (const args of COMMANDS) {
      const { out, err } = await as(env, [token])(args, { input: "some key" });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
      assert.doesNotMatch(`${out}${err}`, /[\u001b\u009b\r\u202e]/, args.join(" "));
    }
  }
});

test("nor does what it says while events are watched", async () => {
  const bad = "a\u001b[2J";
  const liar = await answering((_, count) =>
    count === 1
      ? { status: 200, body: { events: [], after: null, unreadable: 0 } }
      : count < 5
        ? {
            status: 503,
            headers: { "retry-after": "0" },
            body: { code: "server.busy", title: "Busy", detail: bad },
          }
        : { status: 403, body: { code: "auth.forbidden", title: "No", detail: bad } },
  );
  const env = { KEYWARD_URL: liar.url, KEYWARD_API_KEY: "someone", KEYWARD_ORGANIZATION: "acme" };
  const { status, err } = await as(env)(["events", "--watch"]);
  assert.equal(status, 3, err);
  assert.match(err, /a\\x1b\[2J.*; watching on\./);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  assert.doesNotMatch(err, /\u001b/);
});

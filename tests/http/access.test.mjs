// @ts-check
// Who may do what, on what is their own and on what is not: the policy's tables hold, cell by cell. access.json is
// written by `npm run contract`, as docs/ACCESS.md is, the same for people.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { browser, caller, eventually, fresh, ok, serveWithClock, startSession } from "./client.mjs";
import { newKey, startProvider, token } from "./provider.mjs";

/** @type {{ heading: string, operation: string, expected: Record<string, string> }[]} */
const rows = JSON.parse(readFileSync(path("tests/http/access.json"), "utf8"));

const signing = newKey("ES256");
const asserting = newKey("RS256");
const provider = await startProvider([signing, asserting]);
after(() => provider.stop());
const access = { ACCESS_TEAM_DOMAIN: provider.url, ACCESS_AUDIENCE: "tag" };
const keyward = await serveWithClock({ bindings: { ...provider.bindings, ...access } });
const { root } = keyward;

const acme = fresh("acme");
const foreign = fresh("foreign");
const nowhere = fresh("nowhere");
const person = (/** @type {string} */ sub) => token(signing, provider.claims({ sub }));

/** A program with a service token of Cloudflare Access. @param {string} common_name */
function service(common_name) {
  const claims = provider.claims({ iss: provider.url, aud: ["tag"], sub: "", common_name });
  return caller((path, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cf-access-jwt-assertion", token(asserting, claims));
    return keyward.fetch(path, { ...init, headers });
  });
}

/** How each principal calls. @type {Map<string, import("./client.mjs").Caller>} */
const principals = new Map();
/** The credential of those who have one as text. @type {Map<import("./client.mjs").Caller, string>} */
const texts = new Map();

before(async () => {
  for (const org of [acme, foreign])
    await ok(root.post("/v1/organizations", { id: org, name: org, owner: "olga" }), 201);
  await ok(root.put(`/v1/organizations/${foreign}/members/fay`, { role: "owner" }), 201);
  await ok(root.delete(`/v1/organizations/${foreign}/members/olga`));
  for (const [user, role] of [
    ["adam", "admin"],
    ["mia", "member"],
    ["second", "owner"],
    ["service~3Abot", "member"],
  ]) {
    await ok(root.put(`/v1/organizations/${acme}/members/${user}`, { role }), 201);
  }
  const issue = async (/** @type {string} */ owner, /** @type {object} */ fields) =>
    keyward.key(owner, fields);
  const bearer = (/** @type {string} */ text) => {
    const who = caller(keyward.fetch, text);
    texts.set(who, text);
    return who;
  };
  const sk = async (/** @type {string[]} */ scopes, org = acme) =>
    bearer((await issue(`organizations/${org}`, { title: "sk", scopes })).token);
  const other = fresh("other");
  await ok(root.post("/v1/organizations", { id: other, name: other }), 201);
  // What has keys is not deleted, whoever may delete it.
  for (const org of [acme, foreign]) await issue(`organizations/${org}`, { title: "kept" });
  const op = async (/** @type {string[]} */ scopes) =>
    bearer((await issue("deployment", { title: "op", scopes })).token);

  const revoked = await issue(`organizations/${acme}`, { title: "revoked", scopes: ["*"] });
  await ok(root.post(`/v1/organizations/${acme}/keys/${revoked.id}/revoke`));
  const expires_at = keyward.ahead(60_000);
  const expired = await issue(`organizations/${acme}`, { title: "expired", scopes: ["*"], expires_at });
  await keyward.reach(expires_at);
  const { cookie } = await startSession(bearer(person("olga")));

  for (const [name, who] of /** @type {[string, import("./client.mjs").Caller][]} */ ([
    ["root", root],
    ["op `*`", await op(["*"])],
    ["op `organizations:read`", await op(["organizations:read"])],
    ["op `organizations:write`", await op(["organizations:write"])],
    ["op `keys:read`", await op(["keys:read"])],
    ["op `keys:write`", await op(["keys:write"])],
    ["op `keys:verify`", await op(["keys:verify"])],
    ["op `events:read`", await op(["events:read"])],
    ["op, no scope", await op([])],
    ["owner", bearer(person("olga"))],
    ["admin", bearer(person("adam"))],
    ["member", bearer(person("mia"))],
    ["outsider", bearer(person("otto"))],
    ["sk `*`", await sk(["*"])],
    ["sk `keys:read`", await sk(["keys:read"])],
    ["sk `keys:write`", await sk(["keys:write"])],
    ["sk, no scope", await sk([])],
    ["sk `keys:verify`", await sk(["keys:verify"])],
    ["sk `members:read`", await sk(["members:read"])],
    ["sk `events:read`", await sk(["events:read"])],
    ["foreign sk `*`", await sk(["*"], other)],
    ["member's pat `*`", bearer((await issue("users/mia", { title: "pat", scopes: ["*"] })).token)],
    ["member's pat, no scope", bearer((await issue("users/mia", { title: "pat" })).token)],
    ["admin's pat `*`", bearer((await issue("users/adam", { title: "pat", scopes: ["*"] })).token)],
    ["owner's pat `*`", bearer((await issue("users/olga", { title: "pat", scopes: ["*"] })).token)],
    ["outsider's pat `*`", bearer((await issue("users/otto", { title: "pat", scopes: ["*"] })).token)],
    ["member service", service("bot")],
    ["outsider service", service("tool")],
    [
      "member service's pat `*`",
      bearer((await issue("users/service~3Abot", { title: "pat", scopes: ["*"] })).token),
    ],
    [
      "pk",
      bearer(
        (await issue(`organizations/${acme}`, { title: "pk", type: "publishable", scopes: ["*"] })).token,
      ),
    ],
    ["owner's session", browser(keyward, cookie)],
    ["session, foreign page", browser(keyward, cookie, "https://evil.example")],
    ["revoked sk", bearer(revoked.token)],
    ["expired sk", bearer(expired.token)],
    ["bad token", bearer(token(newKey("ES256"), provider.claims({ sub: "olga" })))],
    ["nobody", keyward.nobody],
  ])) {
    principals.set(name, who);
  }
  // Callers of verify are looked up in KV, which learns of a revocation a little later.
  for (const { token } of [revoked, expired]) {
    const status = async () => (await bearer(token).post("/v1/verify", { key: "nonsense" })).status;
    await eventually(status, (status) => status === 401);
  }
});

/**
 * Each operation as a request, with what it needs beforehand. `owner` is the path of the owner that it is about.
 * @type {Record<string, (who: import("./client.mjs").Caller, owner: string) => Promise<import("./client.mjs").Answer>>}
 */
const operations = {
  whoami: (who) => who.get("/v1/whoami"),
  get_metrics: (who) => who.get("/metrics"),
  verify_key: (who) => who.post("/v1/verify", { key: "nonsense" }),
  "verify_key of itself": (who) => who.post("/v1/verify", { key: texts.get(who) ?? "nonsense" }),
  "verify_key for the organization": (who) => who.post("/v1/verify", { key: "nonsense", organization: acme }),
  introspect_key: (who) => introspect(who, { token: "nonsense" }),
  "introspect_key of itself": (who) => introspect(who, { token: texts.get(who) ?? "nonsense" }),
  "introspect_key for the organization": (who) => introspect(who, { token: "nonsense", organization: acme }),
  lookup_key: async (who) => {
    const { token } = await ok(root.post(`/v1/organizations/${acme}/keys`, { title: "sought" }), 201);
    return who.post("/v1/lookup", { token });
  },
  start_session: (who) => who.post("/v1/session"),
  create_organization: (who) => who.post("/v1/organizations", { id: fresh("made"), name: "Made" }),
  list_organizations: (who) => who.get("/v1/organizations"),
  get_organization: (who, owner) => who.get(`/v1/${owner}`),
  update_organization: (who, owner) => who.patch(`/v1/${owner}`, { name: "Renamed" }),
  delete_organization: (who, owner) => who.delete(`/v1/${owner}`),
  list_invitations: (who, owner) => who.get(`/v1/${owner}/invitations`),
  create_invitation: (who, owner) =>
    who.post(`/v1/${owner}/invitations`, { user: fresh("ida"), role: "member" }),
  "create_invitation as owner": (who, owner) =>
    who.post(`/v1/${owner}/invitations`, { user: fresh("ida"), role: "owner" }),
  delete_invitation: async (who, owner) =>
    who.delete(`/v1/${owner}/invitations/${await invited(owner, "member")}`),
  "delete_invitation as owner": async (who, owner) =>
    who.delete(`/v1/${owner}/invitations/${await invited(owner, "owner")}`),
  "accept_invitation of somebody else": async (who, owner) =>
    who.post(`/v1/${owner}/invitations/${await invited(owner, "member")}/accept`),
  list_members: (who, owner) => who.get(`/v1/${owner}/members`),
  get_member: async (who, owner) => who.get(`/v1/${owner}/members/${await member(owner, "member")}`),
  "get_member of oneself": (who, owner) => who.get(`/v1/${owner}/members/me`),
  put_member: async (who, owner) =>
    who.put(`/v1/${owner}/members/${await member(owner, "member")}`, { role: "admin" }),
  "put_member as owner": async (who, owner) =>
    who.put(`/v1/${owner}/members/${await member(owner, "member")}`, { role: "owner" }),
  "put_member of somebody new": (who, owner) =>
    who.put(`/v1/${owner}/members/${fresh("new")}`, { role: "member" }),
  remove_member: async (who, owner) => who.delete(`/v1/${owner}/members/${await member(owner, "member")}`),
  "remove_member an owner": async (who, owner) =>
    who.delete(`/v1/${owner}/members/${await member(owner, "owner")}`),
  list_user_organizations: (who, owner) => who.get(`/v1/${owner}/organizations`),
  list_user_invitations: (who, owner) => who.get(`/v1/${owner}/invitations`),
  delete_user: (who, owner) => who.delete(`/v1/${owner}`),
  create_key: (who, owner) => who.post(`/v1/${owner}/keys`, { title: "made" }),
  list_keys: (who, owner) => who.get(`/v1/${owner}/keys`),
  get_key: async (who, owner) => who.get((await key(owner)).path),
  update_key: async (who, owner) =>
    unchanged(await key(owner), (path) => who.patch(path, { title: "changed" })),
  revoke_key: async (who, owner) => unchanged(await key(owner), (path) => who.post(`${path}/revoke`)),
  revoke_keys: (who, owner) => who.post(`/v1/${owner}/keys/revoke`, { created_by: "user:nobody" }),
  roll_key: async (who, owner) => unchanged(await key(owner), (path) => who.post(`${path}/roll`)),
  delete_key: async (who, owner) => unchanged(await key(owner), (path) => who.delete(`${path}?revoke=true`)),
  import_keys: (who, owner) => who.post(`/v1/${owner}/import`, []),
  export_organization: (who, owner) => who.get(`/v1/${owner}/export`),
  list_events: (who, owner) => who.get(`/v1/${owner}/events`),
  list_sessions: (who, owner) => who.get(`/v1/${owner}/sessions`),
  delete_session: async (who, owner) =>
    stillThere(owner, (session) => who.delete(`/v1/${owner}/sessions/${session}`)),
  delete_sessions: async (who, owner) => stillThere(owner, () => who.delete(`/v1/${owner}/sessions`)),
};

/** @param {import("./client.mjs").Caller} who @param {Record<string, string>} form */
const introspect = (who, form) =>
  who.call("POST", "/v1/introspect", new URLSearchParams(form).toString(), {
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });

/** A key of the owner, where there is such an owner. @param {string} owner */
async function key(owner) {
  const made = await root.post(`/v1/${owner}/keys`, { title: "target" });
  const id = made.status === 201 ? made.body.id : "apk_01KAHQ0000000000000000000Z";
  return { path: `/v1/${owner}/keys/${id}`, exists: made.status === 201 };
}

/** A member of the owner, where there is such an owner. @param {string} owner @param {string} role */
async function member(owner, role) {
  const user = fresh("nia");
  await root.put(`/v1/${owner}/members/${user}`, { role });
  return user;
}

/** Somebody who is invited by the owner, where there is such an owner. @param {string} owner @param {string} role */
async function invited(owner, role) {
  const user = fresh("ida");
  const answer = await root.post(`/v1/${owner}/invitations`, { user, role });
  // There is room for a hundred.
  if (answer.body?.code === "organization.invitation_limit") {
    const { invitations } = await ok(root.get(`/v1/${owner}/invitations?limit=100`));
    for (const { user } of invitations) await ok(root.delete(`/v1/${owner}/invitations/${user}`), 204);
    return invited(owner, role);
  }
  return user;
}

/**
 * The answer; a refusal has changed nothing.
 * @param {Awaited<ReturnType<typeof key>>} target @param {(path: string) => Promise<import("./client.mjs").Answer>} act
 */
async function unchanged({ path, exists }, act) {
  const beforehand = exists && (await root.get(path)).text;
  const answer = await act(path);
  if (exists && answer.status >= 400) assert.equal((await root.get(path)).text, beforehand);
  return answer;
}

/**
 * The answer to what should end a session of the owner; a refusal has ended none.
 * @param {string} owner @param {(session: string) => Promise<import("./client.mjs").Answer>} act
 */
async function stillThere(owner, act) {
  const person = principals.get(owner === "deployment" ? "root" : "member");
  assert.ok(person);
  const { answer: started } = await startSession(person);
  const { id } = started.body.session;
  const answer = await act(id);
  const { sessions } = await ok(root.get(`/v1/${owner}/sessions`));
  const isThere = sessions.some((/** @type {{ id: string }} */ session) => session.id === id);
  assert.equal(isThere, answer.status >= 400);
  return answer;
}

/** @type {Record<string, string>} */
const owners = {
  "Not about one owner": "",
  "On the organization": `organizations/${acme}`,
  "On the deployment": "deployment",
  "On the member's account": "users/mia",
  "On an organization that none of them belongs to": `organizations/${foreign}`,
};

/** All but the request's id, which differs anyway. @param {import("./client.mjs").Answer} answer */
const shown = ({ status, body }) => ({ status, ...body, request_id: undefined });

test("the tables are complete", () => {
  const cells = rows.flatMap(({ expected }) => Object.keys(expected));
  assert.equal(cells.length, 36 * (12 + 28 + 12 + 15 + 28));
  assert.deepEqual(new Set(cells), new Set(principals.keys()));
  for (const { heading, operation } of rows)
    assert.ok(heading in owners && operation in operations, `${heading}: ${operation}`);
});

for (const { heading, operation, expected } of rows) {
  const owner = owners[heading];
  test(`${heading}: ${operation}`, async () => {
    for (const [principal, cell] of Object.entries(expected)) {
      const who = principals.get(principal);
      assert.ok(who, principal);
      const answer = await operations[operation](who, owner);
      const status = cell === "✓" ? [200, 201, 204] : [Number(cell)];
      // What has keys is not deleted: policy has let it pass.
      const hasPassed = cell === "✓" && answer.body?.code === "owner.has_keys";
      assert.ok(
        hasPassed || status.includes(answer.status),
        `${principal}: ${answer.status} instead of ${cell}: ${answer.text}`,
      );
      // The operator sees every organization.
      const sees = ["root", "op `*`", "op `organizations:read`"].includes(principal);
      if (!heading.includes("none of them") || cell === "✓" || sees) continue;
      const missing = await operations[operation](who, `organizations/${nowhere}`);
      assert.deepEqual(
        shown(missing),
        shown(answer),
        `${principal}: what is foreign differs from what does not exist`,
      );
    }
  });
}

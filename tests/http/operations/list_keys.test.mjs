// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, pointers, refused, serveWithClock } from "../client.mjs";

const { root, organization, key, orgKey, verdict, ahead, reach } = await serveWithClock();
/** @typedef {Record<string, string | number>} Query */
/** A list's path. @param {string} org @param {Query} query */
const place = (org, query) => {
  const pairs = Object.entries(query).map(([name, value]) => [name, `${value}`]);
  return `/v1/organizations/${org}/keys?${new URLSearchParams(pairs)}`;
};
/** The whole answer. @param {string} org @param {Query} [query] */
const list = (org, query = {}) => ok(root.get(place(org, query)));
/** The titles in their order. @param {string} org @param {Query} [query] @returns {Promise<string[]>} */
const titles = async (org, query) =>
  (await list(org, query)).keys.map((/** @type {any} */ { title }) => title);
/** An organization with a key for each title, made in this order. @param {(string | object)[]} wanted */
const holding = async (...wanted) => {
  const org = await organization();
  const made = [];
  for (const fields of wanted)
    made.push(await key(`organizations/${org}`, typeof fields === "string" ? { title: fields } : fields));
  return { org, made };
};

test("a list without keys is empty, not missing", async () => {
  const empty = { keys: [], count: 0, count_is: "exact", unreadable: 0, limit: 20, offset: 0, after: null };
  const { permissions, ...ofOrganization } = await list(await organization());
  assert.deepEqual(ofOrganization, empty);
  assert.ok(permissions.includes("create_key"));
  assert.deepEqual(await ok(root.get("/v1/users/someone/keys")), {
    ...empty,
    permissions: [
      "list_user_organizations",
      "list_user_invitations",
      "delete_user",
      "list_keys",
      "create_key",
      "revoke_keys",
      "list_events",
      "list_sessions",
      "delete_session",
      "delete_sessions",
    ],
  });
});

test("keys are listed newest first, each as get_key shows it", async () => {
  const { org, made } = await holding("a", "b", "c");
  const { keys, count } = await list(org);
  assert.equal(count, 3);
  assert.deepEqual(
    keys,
    (await Promise.all([...made].reverse().map(({ path }) => root.get(path)))).map(({ body }) => body),
  );
});

test("an owner's list holds no other owner's keys", async () => {
  const { org } = await holding("mine");
  await holding("theirs");
  await key(`users/${org}`, { title: "of the user with the same id" });
  assert.deepEqual(await titles(org), ["mine"]);
});

test("a page has a limit of 1 to 100 and an offset from 0, and count covers all pages", async () => {
  const { org } = await holding(...Array.from({ length: 25 }, (_, n) => `k${String(n).padStart(2, "0")}`));
  assert.equal((await titles(org)).length, 20);
  assert.deepEqual(await titles(org, { limit: 2, offset: 3, order: "title" }), ["k03", "k04"]);
  assert.equal((await titles(org, { limit: 100 })).length, 25);
  const { keys, permissions, ...page } = await list(org, { limit: 1, offset: 10000 });
  assert.deepEqual(
    { keys, page },
    { keys: [], page: { count: 25, count_is: "exact", unreadable: 0, limit: 1, offset: 10000, after: null } },
  );
  const bad = {
    limit: ["0", "101", "-1", "1.5", "1e1", "", "+5", "x", " 5", "99999999999999999999"],
    offset: ["-1", "x", "", "1.0", "10001", "4294967296"],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      const problem = await refused(root.get(place(org, { [name]: value })), "request.bad_parameter");
      assert.deepEqual(pointers(problem), [`?${name}`], `${name}=${value}`);
    }
  }
});

test("every order works in both directions; what never happens comes after all else, and no use before", async () => {
  const { org, made } = await holding(
    "B",
    { title: "a", expires_at: ahead(7_200_000) },
    { title: "c", expires_at: ahead(3_600_000) },
    "Ä",
  );
  const [b, a, c] = made;
  await ok(root.post(`${b.path}/revoke`, { revoke_in: 600 }));
  await ok(root.post(`${a.path}/revoke`, { revoke_in: 300 }));
  await ok(root.patch(c.path, { metadata: { touched: true } }));
  assert.equal(await verdict(c.token), "valid");
  await eventually(
    () => ok(root.get(c.path)),
    ({ last_used_at }) => last_used_at !== null,
  );
  const orders = {
    created_at: ["B", "a", "c", "Ä"],
    "-created_at": ["Ä", "c", "a", "B"],
    updated_at: ["Ä", "B", "a", "c"],
    "-updated_at": ["c", "a", "B", "Ä"],
    title: ["a", "B", "c", "Ä"],
    "-title": ["Ä", "c", "B", "a"],
    expires_at: ["c", "a", "B", "Ä"],
    "-expires_at": ["Ä", "B", "a", "c"],
    revoked_at: ["a", "B", "c", "Ä"],
    "-revoked_at": ["Ä", "c", "B", "a"],
    last_used_at: ["B", "a", "Ä", "c"],
    "-last_used_at": ["c", "Ä", "a", "B"],
  };
  for (const [order, expected] of Object.entries(orders))
    assert.deepEqual(await titles(org, { order }), expected, order);
});

test("`after` and the header Link lead through all pages", async () => {
  const { org } = await holding("a", "b", "c", "d", "e");
  const found = [];
  let next = `${place(org, { order: "-title", limit: 2 })}`;
  for (let pages = 1; next; pages += 1) {
    const { body, headers } = await root.get(next);
    found.push(...body.keys.map((/** @type {any} */ { title }) => title));
    const [, link] = /^<([^>]+)>; rel="next"$/.exec(headers.get("link") ?? "") ?? [];
    assert.equal(
      link,
      body.after === null ? undefined : place(org, { after: body.after, order: "-title", limit: 2 }),
    );
    assert.ok(pages <= 3);
    next = link ?? "";
  }
  assert.deepEqual(found, ["e", "d", "c", "b", "a"]);
});

test("a deleted key is not listed", async () => {
  const { org, path } = await orgKey();
  await ok(root.delete(`${path}?revoke=true`));
  assert.equal((await list(org)).count, 0);
});

test("q finds part of a title in any case, and takes % and _ literally", async () => {
  const { org } = await holding(
    "100% sure",
    "snake_case",
    "snakeXcase",
    "ÄRGER in Köln",
    "plain \\ 'quoted\"",
    "ΟΔΟΣΑΝΑ",
    "deploy",
  );
  const found = {
    SURE: ["100% sure"],
    "%": ["100% sure"],
    _c: ["snake_case"],
    ärger: ["ÄRGER in Köln"],
    KÖLN: ["ÄRGER in Köln"],
    "\\": ["plain \\ 'quoted\""],
    ΔΟΣ: ["ΟΔΟΣΑΝΑ"],
    δος: ["ΟΔΟΣΑΝΑ"],
    "'q": ["plain \\ 'quoted\""],
    "'; --": [],
    "s%e": [],
  };
  for (const [q, expected] of Object.entries(found)) assert.deepEqual(await titles(org, { q }), expected, q);
  assert.equal((await titles(org, { q: "  " })).length, 7);
  assert.deepEqual(await titles(org, { q: "  sure " }), ["100% sure"]);
  assert.deepEqual(await titles(org, { q: "x".repeat(200) }), []);
  for (const q of ["x".repeat(201), "y\nkw_sk"]) {
    assert.deepEqual(pointers(await refused(root.get(place(org, { q })), "request.bad_parameter")), ["?q"]);
  }
});

test("q finds the redacted form, so that a key can be matched with its entry", async () => {
  const { org, made } = await holding("one", "two");
  assert.deepEqual(await titles(org, { q: made[1].redacted }), ["two"]);
  assert.deepEqual(await titles(org, { q: `***${made[0].token.slice(-4)}` }), ["one"]);
  const query = new URLSearchParams({ q: made[0].token });
  await refused(root.get(`/v1/organizations/${org}/keys?${query}`), "request.key_in_url");
});

test("q searches titles as they are now", async () => {
  const { org, made } = await holding("old name");
  await ok(root.patch(made[0].path, { title: "new name" }));
  assert.deepEqual([await titles(org, { q: "old" }), await titles(org, { q: "new" })], [[], ["new name"]]);
});

test("type and status select exactly the keys that show them", async () => {
  const org = await organization();
  const make = (/** @type {object} */ fields) => key(`organizations/${org}`, fields);
  const revoked = await make({ title: "revoked" });
  const expires_at = ahead(60_000);
  const both = await make({ title: "revoked and expired", expires_at });
  await make({ title: "expired", expires_at });
  const retiring = await make({ title: "retiring", type: "publishable" });
  await make({ title: "active" });
  const scheduled = await make({ title: "revocation was scheduled" });
  await ok(root.post(`${revoked.path}/revoke`));
  await ok(root.post(`${both.path}/revoke`));
  await ok(root.post(`${retiring.path}/revoke`, { revoke_in: 3600 }));
  await ok(root.post(`${scheduled.path}/revoke`, { revoke_in: 1 }));
  await reach(expires_at);
  const expected = {
    active: ["active"],
    retiring: ["retiring"],
    expired: ["expired"],
    revoked: ["revoked", "revoked and expired", "revocation was scheduled"],
  };
  const { keys } = await list(org);
  for (const [status, wanted] of Object.entries(expected)) {
    assert.deepEqual(await titles(org, { status, order: "created_at" }), wanted, status);
    const shown = keys.filter((/** @type {any} */ shown) => shown.status === status);
    assert.equal(shown.length, wanted.length, status);
  }
  assert.deepEqual(await titles(org, { type: "publishable" }), ["retiring"]);
  assert.equal((await titles(org, { type: "secret" })).length, 5);
  assert.deepEqual(await titles(org, { type: "secret", status: "retiring" }), []);
});

test("keys that need care are found by the columns that changes of a key, and its use, write", async () => {
  const { org, made } = await holding(
    { title: "a", scopes: ["x", "*"] },
    { title: "b", scopes: ["x:y"] },
    "c",
  );
  const [a, b] = made;
  assert.equal(await verdict(b.token), "valid");
  const { last_used_at } = await eventually(
    () => ok(root.get(b.path)),
    ({ last_used_at }) => last_used_at !== null,
  );
  await ok(root.patch(a.path, { scopes: ["x"], expires_at: ahead(60_000) }));
  assert.deepEqual(await titles(org, { scope: "x" }), ["a"]);
  assert.deepEqual(await titles(org, { scope: "*" }), []);
  assert.deepEqual(await titles(org, { never_expires: "false", expires_before: ahead(60_001) }), ["a"]);
  assert.deepEqual(await titles(org, { unused_since: last_used_at, status: "active,retiring" }), ["c", "a"]);
});

test("created_after and created_before exclude the instant itself", async () => {
  const { org, made } = await holding("a", "b", "c");
  const [, b] = made;
  assert.deepEqual(await titles(org, { created_after: b.created_at }), ["c"]);
  assert.deepEqual(await titles(org, { created_before: b.created_at }), ["a"]);
  assert.deepEqual(
    await titles(org, { created_after: made[0].created_at, created_before: made[2].created_at }),
    ["b"],
  );
  const elsewhere = b.created_at.replace("Z", "+00:00");
  assert.deepEqual(await titles(org, { created_after: elsewhere }), ["c"]);
});

test("a parameter that is unknown, repeated or malformed is refused", async () => {
  const bad = {
    type: "root",
    status: "ACTIVE",
    order: "id",
    created_after: "yesterday",
    created_before: "2026-11-21",
    expires_before: "soon",
    never_expires: "yes",
    unused_since: "90",
    scope: "Orders",
  };
  const org = await organization();
  const problem = await refused(root.get(place(org, bad)), "request.bad_parameter");
  assert.deepEqual(
    pointers(problem).sort(),
    Object.keys(bad)
      .map((name) => `?${name}`)
      .sort(),
  );
  for (const query of ["page=1", "limit=1&limit=1", "status[]=active", "Limit=1", "token=x"]) {
    await refused(root.get(`/v1/organizations/${org}/keys?${query}`), "request.bad_parameter");
  }
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, ok, pointers, refused, serve } from "../client.mjs";
import { ledgerOf, secretOf } from "../mint.mjs";

const { root, operator, organization, key, orgKey } = await serve();
const org = await organization();
const keys = `/v1/organizations/${org}/keys`;
/** The fields that a body is refused for. @param {object} body */
const wrong = async (body) => pointers(await refused(root.post(keys, body), "request.bad_field"));

test("a title is enough for a secret key of the organization", async () => {
  const before = Date.now();
  const body = await ok(root.post(keys, { title: "  CI deploys " }), 201);
  const { id, token, redacted, created_at, updated_at, ...rest } = body;
  assert.deepEqual(rest, {
    type: "secret",
    owner: { type: "organization", id: org },
    title: "CI deploys",
    scopes: [],
    metadata: {},
    consistency: "fast",
    status: "active",
    foreign: false,
    foreign_creator: null,
    created_by: operator,
    last_used_at: null,
    expires_at: null,
    links: [],
    rolled_from: null,
    rolled_to: null,
    revoked_at: null,
    revoked_by: null,
    revocation_reason: null,
    permissions: ["get_key", "update_key", "delete_key", "revoke_key", "roll_key"],
  });
  assert.match(id, /^apk_[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  assert.ok(token.startsWith(`kw_sk_test_1${ledgerOf(`organization:${org}`)}`));
  assert.equal(redacted, `kw_sk_test_***${token.slice(-4)}`);
  assert.equal(created_at, updated_at);
  assert.ok(Date.parse(created_at) >= before && Date.parse(created_at) <= Date.now());
});

test("every field is stored as it was given", async () => {
  const given = {
    type: "secret",
    title: "Données 🔑 <b>&amp;</b>",
    scopes: ["orders:write", "a.b_c*d-e:9", "*", "orders:read", "orders:read"],
    metadata: { team: "platform", deep: { list: [1, 2.5, null, true, "ä"] }, big: 9007199254740991 },
    consistency: "strong",
    expires_at: "2031-01-01T01:00:00.123456+01:00",
  };
  const body = await ok(root.post(keys, given), 201);
  const { type, title, scopes, metadata, consistency, expires_at } = body;
  assert.deepEqual(
    { type, title, metadata, consistency },
    {
      type: "secret",
      title: given.title,
      metadata: given.metadata,
      consistency: "strong",
    },
  );
  assert.deepEqual(scopes, ["*", "a.b_c*d-e:9", "orders:read", "orders:write"]);
  assert.equal(expires_at, "2031-01-01T00:00:00.123Z");
  assert.equal((await ok(root.get(`${keys}/${body.id}`))).title, given.title);
});

test("Location leads to the key", async () => {
  const answer = await root.post(keys, { title: "k" });
  assert.equal(answer.headers.get("location"), `${keys}/${answer.body.id}`);
  const { token, ...rest } = answer.body;
  assert.deepEqual(await ok(root.get(answer.headers.get("location") ?? "")), { ...rest, token: null });
});

test("the text of a secret key is shown once and never again", async () => {
  const { token, path } = await orgKey();
  const places = [path, path.replace(/\/apk_.*/, ""), path.replace(/\/keys\/.*/, "/events")];
  for (const place of places) {
    const { text } = await root.get(place);
    assert.ok(!text.includes(token) && !text.includes(secretOf(token)), place);
  }
  assert.equal((await root.patch(path, { title: "renamed" })).body.token, null);
  assert.equal((await root.post(`${path}/revoke`)).body.token, null);
});

test("the text of a publishable key is always shown", async () => {
  const { token, path, org } = await orgKey({ type: "publishable" });
  assert.match(token, /^kw_pk_test_1/);
  assert.equal((await ok(root.get(path))).token, token);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).keys[0].token, token);
});

test("a user's key is a personal one and never publishable", async () => {
  const { token, owner } = await key("users/ada");
  assert.ok(token.startsWith(`kw_pat_test_1${ledgerOf("user:ada")}`));
  assert.deepEqual(owner, { type: "user", id: "ada" });
  const problem = await refused(
    root.post("/v1/users/ada/keys", { title: "k", type: "publishable" }),
    "request.bad_field",
  );
  assert.deepEqual(pointers(problem), ["/type"]);
});

test("ids sort by the time of creation", async () => {
  const ids = [];
  for (let n = 0; n < 5; n += 1) ids.push((await key(`organizations/${org}`)).id);
  assert.deepEqual(ids, [...ids].sort());
});

test("an organization has to exist, a user need not", async () => {
  await refused(root.post("/v1/organizations/nobody/keys", { title: "k" }), "owner.not_found");
  await ok(root.post("/v1/users/never-seen-before/keys", { title: "k" }), 201);
});

test("a title is 1 to 200 characters, however many bytes", async () => {
  for (const title of ["x", "🔑".repeat(200), `  ${"ä".repeat(200)}  `, "<script>alert(1)</script>"]) {
    assert.equal((await ok(root.post(keys, { title }), 201)).title, title.trim());
  }
  for (const title of ["", "   ", "🔑".repeat(201), "a\0b", "a\nb", "\u0085", 7, null, ["x"]]) {
    assert.deepEqual(await wrong({ title }), ["/title"], JSON.stringify(title));
  }
  assert.deepEqual(await wrong({}), ["/title"]);
});

test("a key has at most 100 scopes, each of 1 to 64 characters of the alphabet", async () => {
  const many = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => `s${i}`);
  assert.equal((await ok(root.post(keys, { title: "k", scopes: many(100) }), 201)).scopes.length, 100);
  assert.equal((await ok(root.post(keys, { title: "k", scopes: ["x".repeat(64)] }), 201)).scopes.length, 1);
  for (const scopes of [
    many(101),
    ["x".repeat(65)],
    [""],
    ["A"],
    ["a b"],
    ["ä"],
    [1],
    [null],
    "orders:read",
    null,
    {},
  ]) {
    assert.deepEqual(await wrong({ title: "k", scopes }), ["/scopes"], JSON.stringify(scopes).slice(0, 40));
  }
});

test("metadata is an object of at most 4,096 bytes", async () => {
  const sized = (/** @type {number} */ bytes) => ({ a: "x".repeat(bytes - '{"a":""}'.length) });
  await ok(root.post(keys, { title: "k", metadata: sized(4096) }), 201);
  for (const metadata of [sized(4097), [], "x", 1, null, { a: "ä".repeat(2045) }]) {
    assert.deepEqual(await wrong({ title: "k", metadata }), ["/metadata"]);
  }
});

test("an expiry has to lie in the future", async () => {
  await ok(root.post(keys, { title: "k", expires_at: null }), 201);
  const at = ahead(3_600_000);
  assert.equal((await ok(root.post(keys, { title: "k", expires_at: at }), 201)).expires_at, at);
  const bad = [
    ahead(-1000),
    "1970-01-01T00:00:00Z",
    "2031-01-01",
    "2031-02-30T00:00:00Z",
    "tomorrow",
    "",
    1924992000,
    "+275760-09-13T00:00:00Z",
    {},
  ];
  for (const expires_at of bad)
    assert.deepEqual(await wrong({ title: "k", expires_at }), ["/expires_at"], `${expires_at}`);
});

test("a request that is sent again with its idempotency key gives the same key again", async () => {
  const send = (/** @type {object} */ body, key = "0123456789abcdef") =>
    root.call("POST", keys, body, { headers: { "idempotency-key": key } });
  const answers = await Promise.all([1, 2, 3].map(() => send({ title: "CI" })));
  for (const { status, text, headers } of answers) {
    assert.deepEqual([status, text], [201, answers[0].text]);
    assert.equal(headers.get("location"), answers[0].headers.get("location"));
  }
  const { key: found } = await ok(root.post("/v1/verify", { key: answers[0].body.token }));
  assert.equal(found.id, answers[0].body.id);
  assert.equal((await refused(send({ title: "CD" }), "idempotency.mismatch")).status, 422);
  await refused(send({ title: "CI" }, "too short"), "request.bad_idempotency_key");
});

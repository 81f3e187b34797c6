// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, ok, pointers, refused, serve } from "./client.mjs";

const { root, organization } = await serve();
const org = await organization();
const keys = `/v1/organizations/${org}/keys`;
/** What refuses a body, by field. @param {object} body */
const wrong = async (body) => pointers(await refused(root.post(keys, body), "request.bad_field"));

test("titles are 1 to 200 characters, whatever their bytes", async () => {
  for (const title of ["x", "🔑".repeat(200), `  ${"ä".repeat(200)}  `, "<script>alert(1)</script>"]) {
    assert.equal((await ok(root.post(keys, { title }), 201)).title, title.trim());
  }
  for (const title of ["", "   ", "🔑".repeat(201), "a\0b", "a\nb", "\u0085", 7, null, ["x"]]) {
    assert.deepEqual(await wrong({ title }), ["/title"], JSON.stringify(title));
  }
  assert.deepEqual(await wrong({}), ["/title"]);
});

test("scopes are at most 100 words of the alphabet", async () => {
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

test("an expiry has to lie ahead", async () => {
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

test("everything that is wrong is said at once", async () => {
  const body = { type: "root", scopes: "x", metadata: [], consistency: "eventual", expires_at: "x" };
  assert.deepEqual((await wrong(body)).sort(), [
    "/consistency",
    "/expires_at",
    "/metadata",
    "/scopes",
    "/title",
    "/type",
  ]);
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, ok, pointers, refused, serve, until } from "./client.mjs";
import { lists } from "./lists.mjs";

const server = await serve();
const { root, organization, key } = server;
const { place, list, titles, holding } = lists(server);

test("q finds a part of the title in any case, with % and _ as ordinary characters", async () => {
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

test("q finds the redacted form, so that a key in hand can be matched with its row", async () => {
  const { org, made } = await holding("one", "two");
  assert.deepEqual(await titles(org, { q: made[1].redacted }), ["two"]);
  assert.deepEqual(await titles(org, { q: `***${made[0].token.slice(-4)}` }), ["one"]);
  assert.deepEqual(await titles(org, { q: made[0].token }), []);
});

test("q sees a title as it is after a change", async () => {
  const { org, made } = await holding("old name");
  await ok(root.patch(made[0].path, { title: "new name" }));
  assert.deepEqual([await titles(org, { q: "old" }), await titles(org, { q: "new" })], [[], ["new name"]]);
});

test("type and status choose exactly the keys that show them", async () => {
  const org = await organization();
  const make = (/** @type {object} */ fields) => key(`organizations/${org}`, fields);
  const revoked = await make({ title: "revoked" });
  const expires_at = ahead(3000);
  const both = await make({ title: "revoked and expired", expires_at });
  await make({ title: "expired", expires_at });
  const retiring = await make({ title: "retiring", type: "publishable" });
  await make({ title: "active" });
  const come = await make({ title: "its time came" });
  await ok(root.post(`${revoked.path}/revoke`));
  await ok(root.post(`${both.path}/revoke`));
  await ok(root.post(`${retiring.path}/revoke`, { revoke_in: 3600 }));
  await ok(root.post(`${come.path}/revoke`, { revoke_in: 1 }));
  await until(expires_at);
  const expected = {
    active: ["active"],
    retiring: ["retiring"],
    expired: ["expired"],
    revoked: ["revoked", "revoked and expired", "its time came"],
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

test("created_after and created_before leave out the instant itself", async () => {
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

test("a parameter that is unknown, twice or of another form is refused", async () => {
  const bad = {
    type: "root",
    status: "ACTIVE",
    order: "id",
    created_after: "yesterday",
    created_before: "2026-11-21",
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

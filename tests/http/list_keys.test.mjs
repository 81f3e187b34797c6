// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, eventually, ok, pointers, refused, serve } from "./client.mjs";
import { lists } from "./lists.mjs";

const server = await serve();
const { root, organization, key, orgKey, verdict } = server;
const { place, list, titles, holding } = lists(server);

test("a list without keys is empty, not missing", async () => {
  const empty = { keys: [], count: 0, limit: 20, offset: 0 };
  const { permissions, ...ofOrganization } = await list(await organization());
  assert.deepEqual(ofOrganization, empty);
  assert.ok(permissions.includes("create_key"));
  assert.deepEqual(await ok(root.get("/v1/users/someone/keys")), {
    ...empty,
    permissions: ["list_organizations", "list_keys", "create_key", "list_events"],
  });
});

test("keys come newest first, each as it is shown by itself", async () => {
  const { org, made } = await holding("a", "b", "c");
  const { keys, count } = await list(org);
  assert.equal(count, 3);
  assert.deepEqual(
    keys,
    (await Promise.all([...made].reverse().map(({ path }) => root.get(path)))).map(({ body }) => body),
  );
});

test("an owner's list holds no key of another owner", async () => {
  const { org } = await holding("mine");
  await holding("theirs");
  await key(`users/${org}`, { title: "of the user with the same id" });
  assert.deepEqual(await titles(org), ["mine"]);
});

test("pages have a limit of 1 to 100 and an offset from 0, and count is of all pages", async () => {
  const { org } = await holding(...Array.from({ length: 25 }, (_, n) => `k${String(n).padStart(2, "0")}`));
  assert.equal((await titles(org)).length, 20);
  assert.deepEqual(await titles(org, { limit: 2, offset: 3, order: "title" }), ["k03", "k04"]);
  assert.equal((await titles(org, { limit: 100 })).length, 25);
  const { keys, permissions, ...page } = await list(org, { limit: 1, offset: 4294967295 });
  assert.deepEqual({ keys, page }, { keys: [], page: { count: 25, limit: 1, offset: 4294967295 } });
  const bad = {
    limit: ["0", "101", "-1", "1.5", "1e1", "", "+5", "x", " 5", "99999999999999999999"],
    offset: ["-1", "x", "", "1.0", "4294967296"],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      const problem = await refused(root.get(place(org, { [name]: value })), "request.bad_parameter");
      assert.deepEqual(pointers(problem), [`?${name}`], `${name}=${value}`);
    }
  }
});

test("every order goes both ways, with keys that lack the value last", async () => {
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
    "-expires_at": ["a", "c", "Ä", "B"],
    revoked_at: ["a", "B", "c", "Ä"],
    "-revoked_at": ["B", "a", "Ä", "c"],
    last_used_at: ["c", "B", "a", "Ä"],
    "-last_used_at": ["c", "Ä", "a", "B"],
  };
  for (const [order, expected] of Object.entries(orders))
    assert.deepEqual(await titles(org, { order }), expected, order);
});

test("pages of one order neither repeat nor miss a key, though all titles are the same", async () => {
  const { org } = await holding(...Array.from({ length: 7 }, () => "same"));
  const pages = await Promise.all([0, 3, 6].map((offset) => list(org, { order: "title", limit: 3, offset })));
  const ids = pages.flatMap(({ keys }) => keys.map((/** @type {any} */ { id }) => id));
  assert.equal(new Set(ids).size, 7);
  assert.deepEqual(ids, [...ids].sort());
});

test("a deleted key is in no list", async () => {
  const { org, path } = await orgKey();
  await ok(root.delete(`${path}?revoke=true`), 204);
  assert.equal((await list(org)).count, 0);
});

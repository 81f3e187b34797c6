// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, eventually, ok, pointers, refused, serve } from "../client.mjs";

const { root, orgKey, verdict } = await serve();

test("an update changes only the fields it names, and updated_at", async () => {
  const { path, org, token, ...before } = await orgKey({
    scopes: ["a"],
    metadata: { n: 1 },
    expires_at: ahead(60_000),
  });
  const changes = [
    { title: "  renamed " },
    { scopes: ["b", "a"] },
    { metadata: { m: { deep: [null] } } },
    { expires_at: "2031-01-01T00:00:00.000Z" },
    { expires_at: null },
    { consistency: "strong" },
    { title: "all", scopes: [], metadata: {}, consistency: "fast" },
  ];
  // To be verified more strictly takes something away, too.
  const restricts = new Set([changes[5], changes[6]]);
  let expected = { ...before, token: null };
  for (const change of changes) {
    const { effective, ...after } = await ok(root.patch(path, change));
    assert.equal(typeof effective?.by === "string", restricts.has(change), JSON.stringify(change));
    assert.ok(after.updated_at > expected.updated_at);
    expected = { ...expected, ...change, updated_at: after.updated_at };
    if (change.title) expected.title = change.title.trim();
    if (change.scopes) expected.scopes = [...change.scopes].sort();
    assert.deepEqual(after, expected);
    assert.deepEqual(await ok(root.get(path)), expected);
  }
});

test("an update to what is there already changes nothing", async () => {
  const { path, org } = await orgKey({ scopes: ["a"], metadata: { n: 1 } });
  const before = await ok(root.get(path));
  const { title, scopes, metadata, consistency, expires_at } = before;
  const after = await ok(root.patch(path, { title, scopes, metadata, consistency, expires_at }));
  assert.deepEqual(after, { ...before, effective: null });
  const { events } = await ok(root.get(`/v1/organizations/${org}/events`));
  assert.deepEqual(
    events.map((/** @type {any} */ { action }) => action),
    ["key.created", "organization.created"],
  );
});

test("new scopes count for the next strong verification, and soon for a fast one", async () => {
  const { path, token } = await orgKey({ scopes: ["a"] });
  await ok(root.patch(path, { scopes: ["b"] }));
  assert.equal(await verdict(token, { scopes: ["b"], consistency: "strong" }), "valid");
  assert.equal(await verdict(token, { scopes: ["a"], consistency: "strong" }), "insufficient_scope");
  await eventually(
    () => verdict(token, { scopes: ["a"] }),
    (code) => code === "insufficient_scope",
  );
});

test("an empty update, an unknown field and a malformed one are refused and change nothing", async () => {
  const { path } = await orgKey();
  const before = await ok(root.get(path));
  const bad = {
    "": [{}],
    "/type": [{ type: "publishable" }],
    "/status": [{ status: "active" }],
    "/revoked_at": [{ revoked_at: null }],
    "/owner": [{ title: "x", owner: {} }],
    "/title": [{ title: null }, { title: " " }],
    "/scopes": [{ scopes: null }, { scopes: ["A"] }],
    "/metadata": [{ metadata: null }],
    "/consistency": [{ consistency: null }, { consistency: "Strong" }],
    "/expires_at": [{ expires_at: ahead(-1) }, { expires_at: 0 }],
  };
  for (const [pointer, bodies] of Object.entries(bad)) {
    for (const body of bodies) {
      const problem = await refused(root.patch(path, body), "request.bad_field");
      assert.deepEqual(pointers(problem), [pointer], JSON.stringify(body));
    }
  }
  await refused(root.call("PATCH", path), "request.bad_field");
  await refused(root.patch(`${path}?x=1`, { title: "x" }), "request.bad_parameter");
  assert.deepEqual(await ok(root.get(path)), before);
});

test("a key that does not exist cannot be updated", async () => {
  const { org } = await orgKey();
  await refused(
    root.patch(`/v1/organizations/${org}/keys/apk_01KAHQ0000000000000000000Z`, { title: "x" }),
    "key.not_found",
  );
  await refused(root.patch(`/v1/organizations/${org}/keys/nonsense`, { title: "x" }), "request.bad_id");
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { acts, eventually, fresh, ok, pointers, refused, serve } from "../client.mjs";
import { digestOf, secretOf } from "../mint.mjs";

const { root, operator, as, key, orgKey, organization } = await serve();
/** @param {string} org @param {string} [query] */
const events = (org, query = "") => ok(root.get(`/v1/organizations/${org}/events${query}`));
/** @param {string} org @param {string} [query] @returns {Promise<string[]>} */
const actions = async (org, query) =>
  (await events(org, query)).events.map((/** @type {any} */ { action }) => action);

test("the trail records a key's whole life, newest first, and outlives the key", async () => {
  const { org, id, path, redacted } = await orgKey({
    title: "deploys",
    scopes: ["a"],
    expires_at: "2031-01-01T00:00:00.000Z",
  });
  await ok(root.patch(path, { title: "renamed", scopes: ["b"] }));
  const { id: successor, rolled } = await ok(root.post(`${path}/roll`, { grace: 60 }), 201);
  const { revoked_at } = await ok(root.post(`${path}/revoke`, { reason: "leaked" }));
  await ok(root.delete(path));
  const trail = await events(org);
  assert.deepEqual([trail.count, trail.limit, trail.offset], [7, 20, 0]);
  const reference = { id, title: "renamed", redacted };
  const recorded = trail.events.map((/** @type {any} */ { action, key, details }) => ({
    action,
    key,
    details,
  }));
  const made = recorded.find(
    (/** @type {any} */ { action, key }) => action === "key.created" && key.id === successor,
  );
  assert.deepEqual(made?.details, {
    type: "secret",
    scopes: ["b"],
    expires_at: "2031-01-01T00:00:00.000Z",
    rolled_from: id,
  });
  assert.deepEqual(
    recorded.filter((/** @type {any} */ event) => event !== made),
    [
      { action: "key.deleted", key: reference, details: {} },
      {
        action: "key.revoked",
        key: reference,
        details: { revoked_at, old_revoked_at: rolled.revoked_at, reason: "leaked" },
      },
      {
        action: "key.rolled",
        key: reference,
        details: { rolled_to: successor, revoked_at: rolled.revoked_at },
      },
      {
        action: "key.updated",
        key: reference,
        details: {
          changes: [
            { field: "scopes", old: ["a"], new: ["b"] },
            { field: "title", old: "deploys", new: "renamed" },
          ],
        },
      },
      {
        action: "key.created",
        key: { id, title: "deploys", redacted },
        details: { type: "secret", scopes: ["a"], expires_at: "2031-01-01T00:00:00.000Z" },
      },
      { action: "organization.created", key: null, details: { name: org } },
    ],
  );
  const times = trail.events.map((/** @type {any} */ { at }) => at);
  assert.deepEqual(times, [...times].sort().reverse());
  for (const { actor } of trail.events) assert.deepEqual(actor, operator);
});

test("revoking and deleting in one step records both events", async () => {
  const { org, path } = await orgKey();
  await ok(root.delete(`${path}?revoke=true`));
  assert.deepEqual((await actions(org)).sort(), [
    "key.created",
    "key.deleted",
    "key.revoked",
    "organization.created",
  ]);
  assert.equal((await actions(org)).at(-1), "organization.created");
});

test("the key filter shows one key's events, deleted or not", async () => {
  const { org, id, path } = await orgKey();
  const other = await key(`organizations/${org}`);
  await ok(root.delete(`${path}?revoke=true`));
  assert.deepEqual((await actions(org, `?key=${id}`)).sort(), ["key.created", "key.deleted", "key.revoked"]);
  assert.deepEqual(await actions(org, `?key=${other.id}`), ["key.created"]);
  assert.deepEqual(await actions(org, "?key=apk_01KAHQ0000000000000000000Z"), []);
  const foreign = await organization();
  assert.deepEqual(await actions(foreign, `?key=${id}`), [], "not the events of another owner's key");
});

test("an event names who acted", async () => {
  const { org, id, token } = await orgKey({ scopes: ["keys:write"] });
  const made = await acts(as(token)).key(`organizations/${org}`);
  assert.deepEqual(made.created_by, { type: "key", id });
  const [{ actor, key: about }] = (await events(org)).events;
  assert.deepEqual([actor, about.id], [{ type: "key", id }, made.id]);
});

test("an event names its request, and more of it where the operator wants that", async () => {
  const bindings = { EVENTS_RECORD: "address,user_agent" };
  for (const [server, expected] of /** @type {const} */ ([
    [root, [null, null]],
    [(await serve({ bindings })).root, ["2001:db8::7", "a program"]],
  ])) {
    const org = fresh("recorded");
    const headers = { "user-agent": "a program", "cf-connecting-ip": "2001:db8::7" };
    const answer = await server.call("POST", "/v1/organizations", { id: org, name: org }, { headers });
    const [{ request_id, address, user_agent }] = (await ok(server.get(`/v1/organizations/${org}/events`)))
      .events;
    assert.deepEqual([request_id, address, user_agent], [answer.headers.get("x-request-id"), ...expected]);
  }
});

test("a refused change records no event", async () => {
  const { org, path } = await orgKey();
  await refused(root.delete(path), "key.not_revoked");
  await refused(root.patch(path, { title: "" }), "request.bad_field");
  assert.deepEqual(await actions(org), ["key.created", "organization.created"]);
});

test("verifying, reading and repeating a name record no event", async () => {
  const { org, path, token } = await orgKey();
  await ok(root.post("/v1/verify", { key: token }));
  await ok(root.get(path));
  await ok(root.patch(`/v1/organizations/${org}`, { name: org }));
  assert.deepEqual(await actions(org), ["key.created", "organization.created"]);
});

test("a revoked key that is still presented, for a verdict or as a credential, is recorded as refused", async () => {
  for (const present of [
    (/** @type {string} */ token) => root.post("/v1/verify", { key: token, consistency: "strong" }),
    (/** @type {string} */ token) => as(token).get("/v1/whoami"),
  ]) {
    const { org, path, id, token } = await orgKey();
    await ok(root.post(`${path}/revoke`));
    await present(token);
    const [event] = await eventually(
      async () => (await events(org, "?action=key.refused")).events,
      ({ length }) => length > 0,
    );
    assert.deepEqual([event.details.count, event.key.id, event.actor], [1, id, { type: "key", id }]);
  }
});

test("pages of the trail neither repeat nor skip an event", async () => {
  const { org, path } = await orgKey();
  for (const title of ["b", "c", "d"]) await ok(root.patch(path, { title }));
  const pages = await Promise.all([0, 2, 4].map((offset) => events(org, `?limit=2&offset=${offset}`)));
  const ids = pages.flatMap(({ events }) => events.map((/** @type {any} */ { id }) => id));
  assert.deepEqual([ids.length, new Set(ids).size], [5, 5]);
  assert.deepEqual(
    pages.map(({ count, limit, offset }) => [count, limit, offset]),
    [
      [5, 2, 0],
      [5, 2, 2],
      [5, 2, 4],
    ],
  );
});

test("a user has a trail of their own", async () => {
  const { id } = await key("users/ada");
  const { events: trail } = await ok(root.get("/v1/users/ada/events"));
  assert.deepEqual(
    trail.map((/** @type {any} */ { action, key }) => [action, key.id]),
    [["key.created", id]],
  );
});

test("no event holds a key, its secret or its digest", async () => {
  const { org, path, token } = await orgKey({ type: "publishable" });
  const { token: next } = await ok(root.post(`${path}/roll`), 201);
  const { text } = await root.get(`/v1/organizations/${org}/events`);
  for (const key of [token, next]) {
    for (const part of [key, secretOf(key), digestOf(key)]) assert.ok(!text.includes(part));
  }
});

test("parameters are read strictly", async () => {
  const org = await organization();
  for (const [query, pointer] of Object.entries({
    "limit=0": "?limit",
    "offset=x": "?offset",
    "key=1": "?key",
    "actor=ada": "?actor",
    "action=key.made": "?action",
  })) {
    const problem = await refused(
      root.get(`/v1/organizations/${org}/events?${query}`),
      "request.bad_parameter",
    );
    assert.deepEqual(pointers(problem), [pointer]);
  }
  await refused(root.get(`/v1/organizations/${org}/events?order=at`), "request.bad_parameter");
  await refused(root.get("/v1/organizations/nobody/events"), "owner.not_found");
});

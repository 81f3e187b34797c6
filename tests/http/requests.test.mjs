// @ts-check
// Paths, methods and headers, whatever is asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refused, serve } from "./client.mjs";

const { root, nobody, organization, orgKey } = await serve();
const keys = `/v1/organizations/${await organization()}/keys`;

test("a path that is not in the contract is not found, whoever asks", async () => {
  const paths = [
    "/v1/",
    "/v1/verify/",
    "/v1/Verify",
    "/v1/organizations",
    "/v1/organizations/",
    "/v1/organizations//keys",
    "/v1/teams/acme/keys",
    `${keys}/`,
    `${keys}/x/y`,
    "/v1/users/ada",
    "/v1/users/ada/members",
    "/v1/users",
    "/v1/%76erify",
    "/v1/keys",
  ];
  for (const path of paths) {
    for (const caller of [nobody, root]) await refused(caller.call("GET", path), "route.not_found");
    await refused(root.call("POST", path, { title: "k" }), "route.not_found");
  }
});

test("a path's dots are resolved before it is looked up, and lead nowhere else", async () => {
  await refused(nobody.get("/v1/../v1/organizations/acme/keys"), "auth.missing");
  await refused(nobody.get("/v1/organizations/%2e%2e/keys"), "route.not_found");
});

test("another method learns which ones there are", async () => {
  const allowed = {
    "/health": "GET, HEAD",
    "/v1/verify": "POST",
    [keys]: "GET, HEAD, POST",
    [`${keys}/x`]: "GET, HEAD, PATCH, DELETE",
    [`${keys}/x/revoke`]: "POST",
  };
  for (const [path, methods] of Object.entries(allowed)) {
    for (const method of ["HEAD", "OPTIONS", "PUT", "PROPFIND"].filter(
      (method) => !methods.includes(method),
    )) {
      const answer = await nobody.call(method, path);
      assert.deepEqual([answer.status, answer.headers.get("allow")], [405, methods], `${method} ${path}`);
    }
  }
});

test("HEAD answers as GET does, without the body, and to nobody else", async () => {
  const { path } = await orgKey();
  for (const at of ["/health", "/v1/whoami", keys, path, `${keys}?limit=0`, `${path}/nothing`]) {
    for (const caller of [root, nobody]) {
      const [get, head] = [await caller.call("GET", at), await caller.call("HEAD", at)];
      assert.deepEqual([head.status, head.text], [get.status, ""], at);
      for (const name of ["content-type", "cache-control", "www-authenticate", "allow"])
        assert.equal(head.headers.get(name), get.headers.get(name), `${at} ${name}`);
    }
  }
});

test("no method override is listened to", async () => {
  const { path } = await orgKey();
  const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
  await refused(root.call("POST", path, { revoke: true }, { headers }), "route.method_not_allowed");
});

test("every answer is sent with nosniff and without anything to keep it", async () => {
  for (const answer of [await nobody.get("/health"), await nobody.get("/v1/nothing"), await root.get(keys)]) {
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
});

test("request ids are the server's own, and never the same twice", async () => {
  const headers = { "x-request-id": "req_00000000000000000000000000000000" };
  const ids = new Set();
  for (let n = 0; n < 20; n += 1)
    ids.add((await nobody.call("GET", "/health", undefined, { headers })).headers.get("x-request-id"));
  assert.equal(ids.size, 20);
  assert.ok(!ids.has(headers["x-request-id"]));
});

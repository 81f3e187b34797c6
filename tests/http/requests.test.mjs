// @ts-check
// How strictly a request is read, whatever it asks for: path, method, headers and body.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "./client.mjs";

const { root, nobody, rootKey, fetch, organization, orgKey } = await serve();
const keys = `/v1/organizations/${await organization()}/keys`;
const MAX = 65_536;

/** A body of so many bytes, otherwise a good request. @param {number} bytes */
const sized = (bytes) => '{"title":"k"}'.padEnd(bytes, " ");
/** The same without an announced length. @param {string} text */
const chunked = (text) => {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 5000));
      at += 5000;
    },
  });
};

test("a path outside the contract is not found, whoever asks", async () => {
  const paths = [
    "/v1/",
    "/v1/verify/",
    "/v1/Verify",
    "/v1/organizations/",
    "/v1/deployment",
    "/v1/organizations//keys",
    "/v1/teams/acme/keys",
    `${keys}/`,
    `${keys}/x/y`,
    "/v1/users/ada/",
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

test("dots in a path are resolved first and lead nowhere else", async () => {
  await refused(nobody.get("/v1/../v1/organizations/acme/keys"), "auth.missing");
  await refused(nobody.get("/v1/organizations/%2e%2e/keys"), "route.not_found");
});

test("another method is refused with a list of those allowed", async () => {
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

test("HEAD answers as GET does, without the body, and to the same callers", async () => {
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

test("headers that override the method are ignored", async () => {
  const { path } = await orgKey();
  const headers = { "x-http-method-override": "DELETE", "x-method-override": "DELETE" };
  await refused(root.call("POST", path, { revoke: true }, { headers }), "route.method_not_allowed");
});

test("every answer is sent with nosniff, without a cookie and without CORS", async () => {
  for (const answer of [await nobody.get("/health"), await nobody.get("/v1/nothing"), await root.get(keys)]) {
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("set-cookie"), null);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
});

test("request ids are made by the server and never repeat", async () => {
  const headers = { "x-request-id": "req_00000000000000000000000000000000" };
  const ids = new Set();
  for (let n = 0; n < 20; n += 1)
    ids.add((await nobody.call("GET", "/health", undefined, { headers })).headers.get("x-request-id"));
  assert.equal(ids.size, 20);
  assert.ok(!ids.has(headers["x-request-id"]));
});

test("a body has to be declared as JSON", async () => {
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "application/merge-patch+json",
    "",
    "*/*",
    "text/json",
  ]) {
    const headers = { "content-type": type };
    await refused(root.call("POST", keys, sized(20), { headers }), "request.media_type");
  }
  for (const type of [
    "application/json",
    "Application/JSON",
    "application/json;charset=utf-8",
    "application/json ; charset=utf-8",
  ]) {
    await ok(root.call("POST", keys, sized(20), { headers: { "content-type": type } }), 201);
  }
});

test("a body without a content type is refused, not guessed at", async () => {
  const body = new TextEncoder().encode(sized(20));
  const response = await fetch(keys, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${rootKey}` },
  });
  assert.equal((await response.json()).code, "request.media_type");
});

test("a body has at most 65,536 bytes, whether or not its length is announced", async () => {
  await ok(root.post(keys, sized(MAX)), 201);
  await refused(root.post(keys, sized(MAX + 1)), "request.too_large");
  await ok(root.call("POST", keys, chunked(sized(MAX)), { duplex: "half" }), 201);
  await refused(root.call("POST", keys, chunked(sized(MAX + 1)), { duplex: "half" }), "request.too_large");
  await refused(root.post(keys, sized(2_000_000)), "request.too_large");
  await refused(root.post("/v1/verify", { key: "x".repeat(MAX) }), "request.too_large");
  await ok(nobody.get("/health"));
});

test("a body that is not a JSON object is refused, and the answer says where", async () => {
  for (const path of [keys, "/v1/verify"]) {
    for (const body of [
      "[]",
      '"x"',
      "1",
      "null",
      "true",
      '[{"title":"k"}]',
      '["x"]',
      ' ["x",null,[],"strong"]',
    ]) {
      const { detail } = await refused(root.post(path, body), "request.bad_json");
      assert.equal(detail, "The body has to be a JSON object.", body);
    }
  }
  for (const body of [
    "{",
    "{]",
    '{"title":"k",}',
    "{'title':'k'}",
    '{"title":"k"}x',
    '{"title":NaN}',
    "\ufeff{}",
    "title=k",
    " ",
    '{"title":01}',
    '{"metadata":{"n":.5}}',
  ]) {
    const { detail } = await refused(root.post(keys, body), "request.bad_json");
    assert.match(
      detail,
      /^The body (is not JSON: line \d+, column \d+(: [^.]+)?\.$|begins with a byte order mark)/,
      body,
    );
  }
});

test("a body that is not UTF-8 is refused", async () => {
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
    const body = Buffer.concat([Buffer.from('{"title":"'), Buffer.from(bytes), Buffer.from('"}')]);
    await refused(root.post(keys, body), "request.bad_json");
  }
  await refused(root.post(keys, Buffer.from('{"title":"k"}', "utf16le")), "request.bad_json");
});

test("JSON that nothing here can hold is refused as what it is", async () => {
  const { token } = await orgKey();
  for (const [body, said] of [
    ['{"title":"k","metadata":{"n":1e400}}', /^holds a number that is larger/],
    ['{"title":"\\ud83d"}', /a lone surrogate/],
    ['{"title":"first","title":"second"}', /^gives a name more than once/],
    ['{"title":"k","metadata":{"a":1,"a":2}}', /^gives a name more than once/],
  ]) {
    const { errors } = await refused(root.post(keys, String(body)), "request.bad_field");
    assert.match(errors[0].detail, /** @type {RegExp} */ (said));
  }
  await refused(root.post("/v1/verify", `{"key":"${token}","key":"x"}`), "request.bad_field");
});

test("deep nesting is refused, not followed", async () => {
  const deep = (/** @type {number} */ n) => `{"title":"k","metadata":{"a":${"[".repeat(n)}${"]".repeat(n)}}}`;
  await ok(root.post(keys, deep(31)), 201);
  for (const n of [32, 100]) {
    const problem = await refused(root.post(keys, deep(n)), "request.bad_field");
    assert.deepEqual(pointers(problem), ["/metadata"]);
  }
  for (const n of [200, 30_000]) {
    const { errors } = await refused(root.post(keys, deep(n)), "request.bad_field");
    assert.match(errors[0].detail, /^is nested more deeply/);
  }
});

test("huge numbers are refused or kept, never wrapped around", async () => {
  const { path } = await orgKey();
  for (const number of ["4294967296", "18446744073709551616", "-1", "0.5", "1e20"]) {
    const problem = await refused(
      root.post(`${path}/revoke`, `{"revoke_in":${number}}`),
      "request.bad_field",
    );
    assert.deepEqual(pointers(problem), ["/revoke_in"], number);
  }
  assert.equal((await ok(root.get(path))).status, "active");
  const later = await ok(root.post(`${path}/revoke`, '{"revoke_in":1e3}'));
  assert.equal(later.status, "retiring", "as JSON Schema has it, a number without a fraction is a whole one");
  const body = await ok(
    root.post(keys, '{"title":"k","metadata":{"n":[18446744073709551615,-9223372036854775808,1e300]}}'),
    201,
  );
  assert.deepEqual(body.metadata.n, [2 ** 64, -(2 ** 63), 1e300]);
});

test("an unknown field is refused, and named if its name is a plain word", async () => {
  for (const [body, pointer] of [
    ['{"title":"k","colour":1}', "/colour"],
    ['{"title":"k","__proto__":{}}', "/__proto__"],
    ['{"title":"k","constructor":1}', "/constructor"],
    ['{"title":"k","Title":"k"}', "/Title"],
    ['{"title":"k","title ":"k"}', ""],
    ['{"title":"k","":1}', ""],
  ]) {
    const { errors } = await refused(root.post(keys, body), "request.bad_field");
    const detail =
      "is not known here; known are type, title, scopes, metadata, consistency, expires_at, links";
    assert.deepEqual(errors, [{ pointer, detail }], body);
  }
});

test("texts are composed by the platform's tables, metadata is left as it was sent", async () => {
  const metadata = { "cafe\u0301": "cafe\u0301" };
  const { id, ...key } = await ok(root.post(keys, { title: "cafe\u0301", metadata }), 201);
  assert.deepEqual([key.title, key.metadata], ["caf\u00e9", metadata]);
  for (const q of ["CAF\u00c9", "CAFE\u0301"]) {
    const found = await ok(root.get(`${keys}?q=${encodeURIComponent(q)}`));
    assert.deepEqual(
      found.keys.map((/** @type {{ id: string }} */ found) => found.id),
      [id],
    );
  }
});

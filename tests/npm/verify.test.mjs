// @ts-check
// `keyward scan --verify` asks the real worker what it knows of the keys that were found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, ok, serveWithClock } from "../http/client.mjs";

import { mint } from "../http/mint.mjs";
import { answering, keyward, write } from "./asked.mjs";
import { issueVectors } from "./project.mjs";
import { sarifOf } from "./sarif.mjs";

const server = await serveWithClock();
const { root, rootKey, url, orgKey, key, reach, organization } = server;
const FOREIGN = issueVectors.cases.find((/** @type {any} */ item) => item.key.startsWith("kw_sk_test_")).key;

let folders = 0;

/** Scans files of these contents. @param {string[]} texts @param {string[]} args @param {Record<string, string>} [env] */
async function scan(texts, args, env = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey }) {
  const name = `case-${++folders}`;
  for (const [index, text] of texts.entries()) write(`${name}/${index}.txt`, text);
  const secrets = [...texts.flatMap((text) => text.match(/[a-z]+_[a-z]+_[a-z]+_1\w{40,}/g) ?? []), rootKey];
  const result = await keyward(["scan", name, ...args], { env, secrets });
  return { ...result, out: result.out.replaceAll(`${name}/`, "") };
}

/** The findings of a scan as JSON. @param {string[]} texts @param {string[]} [args] @param {Record<string, string>} [env] */
async function findings(texts, args = [], env) {
  const { status, out, err } = await scan(texts, ["--verify", "--json", ...args], env);
  return { status, err, found: JSON.parse(out).findings };
}

test("each finding carries what the deployment knows of its key, those that work first", async () => {
  const active = await orgKey({ title: "CI deploys" });
  const revoked = await orgKey({ title: "old" });
  await ok(root.post(`${revoked.path}/revoke`));
  const expiring = await orgKey({ expires_at: ahead(60_000) });
  await reach(expiring.expires_at);
  const texts = [revoked.token, expiring.token, FOREIGN, active.token.slice(0, -3), `x=${active.token}`];
  const { status, found } = await findings(texts);
  assert.equal(status, 1);
  assert.deepEqual(
    found.map((/** @type {any} */ { path, status, key }) => [path, status, key?.id]),
    [
      ["4.txt", "active", active.id],
      ["2.txt", "unknown", undefined],
      ["3.txt", "unverified", undefined],
      ["0.txt", "revoked", revoked.id],
      ["1.txt", "expired", expiring.id],
    ],
  );
  const owner = { type: "organization", id: active.org };
  assert.deepEqual(found[0].key, {
    id: active.id,
    title: "CI deploys",
    owner,
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
  });
  assert.equal(found[0].page, `${url}/organizations/${active.org}/keys/${active.id}`);
  assert.equal(found[1].reason, "this deployment did not issue it");
  assert.match(found[2].reason, /damaged/);
  assert.ok(found.every((/** @type {any} */ finding) => !("token" in finding)));

  const { out } = await scan(texts, ["--verify"]);
  const [first] = out.split("\n");
  assert.equal(
    first,
    `4.txt:1:3  ${active.redacted}  active, “CI deploys” ${active.id} of organization ${active.org}`,
  );
  assert.ok(out.includes(`${active.redacted}  ${found[0].page}`));

  const { results } = sarifOf((await scan(texts, ["--verify", "--sarif"])).out).runs[0];
  assert.deepEqual(
    results.map((/** @type {any} */ { level, rank, properties }) => [properties.status, level, rank]),
    [
      ["active", "error", 100],
      ["unknown", "error", 50],
      ["unverified", "warning", 60],
      ["revoked", "note", 0],
      ["expired", "note", 10],
    ],
  );
  assert.ok(results[0].message.text.endsWith(found[0].page));
});

test("a key that was rolled is active as long as its grace period lasts", async () => {
  const { token, path } = await orgKey();
  await ok(root.post(`${path}/roll`, { grace: 60 }), 201);
  const { revoked_at } = await ok(root.get(path));
  const statusOf = async () => (await findings([token])).found[0];
  const { status, key } = await statusOf();
  assert.deepEqual([status, key.revoked_at], ["active", revoked_at]);
  await reach(revoked_at);
  assert.equal((await statusOf()).status, "revoked");
});

test("a key that is found often is asked for once, which is no use of it", async () => {
  const { token, path, redacted } = await orgKey();
  const asked = await answering(({ body }) => ({
    status: 404,
    body: { code: "key.not_found", sent: body.length },
  }));
  await findings([token, `${token}\n${token}`], [], { KEYWARD_URL: asked.url, KEYWARD_API_KEY: rootKey });
  assert.deepEqual(
    asked.requests.map(({ url }) => url),
    ["/v1/lookup", "/v1/verify"],
  );
  const { found } = await findings([token, `${token}\n${token}`]);
  assert.deepEqual(
    found.map((/** @type {any} */ finding) => [finding.redacted, finding.status]),
    Array(3).fill([redacted, "active"]),
  );
  assert.equal((await ok(root.get(path))).last_used_at, null);
});

test("whoever may only verify learns what a verification says, of what it may see", async () => {
  const org = await organization();
  const caller = await key(`organizations/${org}`, { scopes: ["keys:verify"] });
  const active = await key(`organizations/${org}`, { title: "ours" });
  const revoked = await key(`organizations/${org}`);
  await ok(root.post(`${revoked.path}/revoke`));
  const foreign = await orgKey();
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: caller.token };
  const { status, found } = await findings([active.token, revoked.token, foreign.token], [], env);
  assert.equal(status, 1);
  assert.deepEqual(
    found.map((/** @type {any} */ { path, status, key }) => [path, status, key?.id]),
    [
      ["0.txt", "active", active.id],
      ["2.txt", "unknown", undefined],
      ["1.txt", "revoked", revoked.id],
    ],
  );
});

test("with --only-active what is revoked or expired does not count, and all else does", async () => {
  const revoked = await orgKey();
  await ok(root.post(`${revoked.path}/revoke`));
  const dead = await scan([revoked.token], ["--verify", "--only-active"]);
  assert.deepEqual([dead.status, dead.out.split("\n")[0]], [0, "0 keys in 1 file (0.1 KB)"]);
  assert.equal((await scan([revoked.token], ["--verify"])).status, 1);
  const active = await orgKey();
  for (const text of [active.token, FOREIGN, active.token.slice(0, -1)]) {
    const { status, found } = await findings([text, revoked.token], ["--only-active"]);
    assert.deepEqual([status, found.length], [1, 1]);
  }
});

test("whoever may neither read nor verify keys is told so, and what was found is still reported", async () => {
  const caller = await orgKey({ scopes: ["keys:write"] });
  const { token } = await orgKey();
  const { status, found, err } = await findings([token, FOREIGN], [], {
    KEYWARD_URL: url,
    KEYWARD_API_KEY: caller.token,
  });
  assert.deepEqual([status, found.length, found[0].status], [2, 2, "unverified"]);
  assert.match(err, /^keyward: 2 keys could not be verified: .*auth\.insufficient_scope/);
});

test("a wrong credential, a server that is down, in trouble or no Keyward, and a redirect are said, with exit code 2", async () => {
  const target = await answering(() => ({ status: 200 }));
  const gone = await answering(() => ({ status: 200 }));
  gone.close();
  /** @type {[string, string, RegExp][]} */
  const cases = [
    [url, "kw_sk_test_wrong", /refuses: .*\(auth\.\w+\)/],
    [gone.url, rootKey, /does not answer \(ECONNREFUSED\)/],
    [(await answering(() => undefined)).url, rootKey, /does not answer/],
    [
      (await answering(() => ({ status: 200, body: "<html>" }))).url,
      rootKey,
      /does not answer as Keyward does/,
    ],
    [
      (await answering(() => ({ status: 404, body: "<html>" }))).url,
      rootKey,
      /does not answer as Keyward does/,
    ],
    [(await answering(() => busy(429))).url, rootKey, /cannot answer now \(429/],
    [(await answering(() => busy(503))).url, rootKey, /cannot answer now \(503/],
    [
      (await answering(() => to(target.url))).url,
      rootKey,
      /redirects to http:\/\/127\.0\.0\.1:\d+, which is not followed/,
    ],
  ];
  for (const [address, credential, message] of cases) {
    const env = { KEYWARD_URL: address, KEYWARD_API_KEY: credential };
    const { status, found, err } = await findings([FOREIGN], [], env);
    assert.deepEqual([status, found.length, found[0].status], [2, 1, "unverified"], message.source);
    assert.match(err, message);
  }
  assert.deepEqual(target.requests, []);
});

/** @param {number} status */
const busy = (status) => ({ status, headers: { "retry-after": "0" } });
/** @param {string} location */
const to = (location) => ({ status: 307, headers: { location: `${location}/v1/lookup` } });

test("a server in trouble is asked again, and one that does not answer is not asked for every key", async () => {
  const { token } = await orgKey();
  const known = await ok(root.post("/v1/lookup", { token }));
  const moody = await answering((_, count) => (count < 3 ? busy(503) : { status: 200, body: known }));
  const env = (/** @type {string} */ address) => ({ KEYWARD_URL: address, KEYWARD_API_KEY: rootKey });
  const { status, found } = await findings([token], [], env(moody.url));
  assert.deepEqual([status, found[0].status, moody.requests.length], [1, "active", 3]);
  const many = Array.from({ length: 100 }, (_, index) => mint({ owner: `organization:acme-${index}` }));
  const busyAll = await answering(() => busy(503));
  assert.equal((await findings(many, [], env(busyAll.url))).status, 2);
  assert.ok(busyAll.requests.length < many.length, `${busyAll.requests.length} requests`);
});

test("keys travel in bodies only, and the credential in its header only", async () => {
  const { url: address, requests } = await answering(() => ({
    status: 404,
    body: { code: "key.not_found" },
  }));
  await findings([FOREIGN], ["--url", address], { KEYWARD_API_KEY: rootKey });
  assert.equal(requests.length, 2);
  for (const { method, url, headers, body } of requests) {
    const { authorization, ...others } = headers;
    assert.equal(method, "POST");
    assert.equal(authorization, `Bearer ${rootKey}`);
    assert.ok(!`${url}${JSON.stringify(others)}`.includes(FOREIGN.slice(11)));
    assert.ok(!`${url}${JSON.stringify(others)}${body}`.includes(rootKey));
    assert.ok(body.includes(FOREIGN));
  }
});

test("an address that is not safe, no address, no credential and options without their use are refused before anything is read", async () => {
  const key = { KEYWARD_API_KEY: rootKey };
  /** @type {[string[], Record<string, string>, RegExp][]} */
  const cases = [
    [["--verify", "--url", "http://keys.example.com"], key, /https:\/\//],
    [["--verify", "--url", "http://127.0.0.1.example.com"], key, /https:\/\//],
    [["--verify", "--url", "http://localhost.example.com"], key, /https:\/\//],
    [["--verify", "--url", `https://ada:${rootKey}@keys.example.com`], key, /no password/],
    [["--verify", "--url", `https://keys.example.com/?key=${rootKey}`], key, /no password, query/],
    [["--verify", "--url", "https://keys.example.com/?"], key, /no password, query/],
    [["--verify", "--url", "https://keys.example.com#"], key, /no password, query or fragment/],
    [["--verify", "--url", `https://keys.example.com/${FOREIGN}/`], key, /must not hold a key/],
    [["--verify", "--url", `https://${FOREIGN}.example.com`], key, /must not hold a key/],
    [["--verify", "--url", "keys.example.com"], key, /has to be one such as/],
    [["--verify", "--url", "ftp://keys.example.com"], key, /has to be one such as/],
    [["--verify"], key, /KEYWARD_URL/],
    [["--verify"], { KEYWARD_URL: url }, /KEYWARD_API_KEY/],
    [["--verify"], { KEYWARD_URL: url, KEYWARD_API_KEY: `${rootKey}\u00e9` }, /characters that no key has/],
    [["--only-active"], {}, /goes with --verify/],
    [["--url", url], {}, /goes with --verify or --revoke/],
    [["--yes"], {}, /goes with --revoke/],
  ];
  for (const [args, env, message] of cases) {
    const { status, out, err } = await keyward(["scan", "missing", ...args], {
      env,
      secrets: [rootKey, FOREIGN],
    });
    assert.deepEqual([status, out], [2, ""], message.source);
    assert.match(err, message);
    assert.ok(!err.includes("missing"), "something was read");
  }
});

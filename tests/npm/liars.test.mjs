// @ts-check
// `keyward scan --verify` and `--revoke` against servers that lie, and in surroundings that would send keys elsewhere.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { answering, keyward, write } from "./asked.mjs";
import { issueVectors } from "./project.mjs";

const KEY = issueVectors.cases.find((/** @type {any} */ item) => item.key.startsWith("kw_sk_test_")).key;
const CREDENTIAL = `kwroot_${"5e".repeat(32)}`;
const MISSING = { status: 404, body: { code: "key.not_found" } };
const TRUE = { id: "key_1", title: "CI", status: "active", owner: { type: "user", id: "ada" } };

/** What does something to a terminal, and lines that a CI takes for commands. */
const HIDDEN = /(?!\n)\p{Cc}|\u202e|^::/mu;

write("found/a.txt", KEY);

/** @param {string} url @param {string[]} args @param {Record<string, string>} [env] */
const scan = (url, args, env) =>
  keyward(["scan", "found", ...args], {
    env: { KEYWARD_URL: url, KEYWARD_API_KEY: CREDENTIAL, ...env },
    secrets: [KEY, CREDENTIAL],
  });

/** What is left of an answer to a look-up, in text and JSON. @param {unknown} body */
async function told(body) {
  const { url } = await answering(() => ({ status: 200, body }));
  const [text, json] = [await scan(url, ["--verify"]), await scan(url, ["--verify", "--json"])];
  assert.equal(text.status, json.status);
  return { ...text, finding: JSON.parse(json.out).findings[0], json: json.out };
}

test("nothing that a server says reaches the terminal as more than text, and no key or credential that it repeats", async () => {
  const title = `\u001b[2J\u009b1m\u202e\n::error::${KEY} ${CREDENTIAL}`;
  const { status, out, json, finding } = await told({ ...TRUE, title });
  assert.equal(status, 1);
  assert.equal(finding.status, "active");
  for (const text of [out, json]) assert.doesNotMatch(text, HIDDEN);
  const refusing = await answering(() => ({
    status: 400,
    body: {
      code: "request.bad_field",
      detail: `\u001b]0;x\u0007 Bearer ${CREDENTIAL} ${KEY}${"x".repeat(5000)}`,
    },
  }));
  const { err } = await scan(refusing.url, ["--verify"]);
  assert.match(err, /refuses: .*\*\*\*/);
  assert.doesNotMatch(err, /x{301}/);
  assert.doesNotMatch(err, HIDDEN);
});

test("an answer of another form than Keyward's is none, whatever is in it", async () => {
  for (const body of [
    [],
    7,
    null,
    { ...TRUE, status: "constructor" },
    { ...TRUE, status: ["active"] },
    { ...TRUE, id: "\u001b[31m" },
    { ...TRUE, id: { length: 3 } },
    { ...TRUE, title: 7 },
    { ...TRUE, title: { toString: "x" } },
    { ...TRUE, owner: { type: "\u001b[31m", id: "ada" } },
    { ...TRUE, owner: { type: "../..", id: "ada" } },
    { ...TRUE, owner: { type: "user", id: "a/../b" } },
    { ...TRUE, owner: { type: "user", id: ["ada"] } },
    { ...TRUE, owner: "ada" },
    { ...TRUE, revoked_at: "\u001b[31m" },
    { ...TRUE, expires_at: 7 },
  ]) {
    const { status, err, finding } = await told(body);
    assert.deepEqual([status, finding.status], [2, "unverified"], JSON.stringify(body));
    assert.match(err, /does not answer as Keyward does/);
  }
  for (const code of ["toString", "__proto__", 7, { x: 1 }, "\u001b[31m"]) {
    const liar = await answering(({ url }) =>
      url.endsWith("lookup") ? MISSING : { status: 200, body: { valid: false, code } },
    );
    const { status, err } = await scan(liar.url, ["--verify"]);
    assert.equal(status, 2);
    assert.match(err, /does not answer as Keyward does/);
  }
  const odd = await answering(() => ({ status: 400, body: { code: "\u001b[31m", detail: { x: 1 } } }));
  assert.match((await scan(odd.url, ["--verify"])).err, /does not answer as Keyward does \(400\)/);
});

test("no more of an answer is read than Keyward gives, and none is unpacked", async () => {
  let sent = 0;
  const endless = createServer((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, "x"))) sent += 65_536;
      response.once("drain", more);
    };
    more();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => endless.once("listening", resolve));
  const { port } = /** @type {import("node:net").AddressInfo} */ (endless.address());
  for (const args of [["--verify"], ["--revoke", "--yes"]]) {
    const { status, err } = await scan(`http://127.0.0.1:${port}`, args);
    assert.equal(status, 2);
    assert.match(err, /answers with more than Keyward does/);
  }
  endless.close();
  assert.ok(sent < 100_000_000, `${sent} bytes`);
  const packed = gzipSync(JSON.stringify(TRUE)).toString("latin1");
  const bomb = await answering(() => ({
    status: 200,
    headers: { "content-encoding": "gzip" },
    body: packed,
  }));
  assert.match((await scan(bomb.url, ["--verify"])).err, /does not answer as Keyward does/);
});

test("no proxy of the environment is sent what is for this machine", async () => {
  const [proxy, server] = [
    await answering(() => MISSING),
    await answering(() => ({ status: 200, body: TRUE })),
  ];
  const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxy.url, http_proxy: proxy.url };
  const { status, out } = await scan(server.url, ["--verify"], env);
  assert.deepEqual([status, proxy.requests, server.requests.length], [1, [], 1], out);
});

test("a server is waited for as long as it asks in seconds, and no other time", async () => {
  for (const wanted of ["0", "-5", "soon", "1e9x", ""]) {
    const moody = await answering((_, count) =>
      count < 2 ? { status: 503, headers: { "retry-after": wanted } } : { status: 200, body: TRUE },
    );
    const { status, err } = await scan(moody.url, ["--verify"]);
    assert.deepEqual([status, err], [1, ""], wanted);
  }
});

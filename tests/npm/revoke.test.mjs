// @ts-check
// `keyward scan --revoke` revokes at the real worker what was found, by possession.
import assert from "node:assert/strict";
import { test } from "node:test";
import { revoke } from "../../pkg/cli/scan/revoke.mjs";
import { run } from "../../scripts/run.mjs";
import { ok, serve } from "../http/client.mjs";
import { mint } from "../http/mint.mjs";
import { answering, folder, path as inProject, keyward, write } from "./asked.mjs";
import { issueVectors } from "./project.mjs";

const { root, rootKey, url, orgKey, key, organization } = await serve();
const FOREIGN = issueVectors.cases.find((/** @type {any} */ item) => item.key.startsWith("kw_sk_test_")).key;
const statusOf = async (/** @type {string} */ path) => (await ok(root.get(path))).status;

let folders = 0;

/** Scans files of these contents and revokes what is found. @param {string[]} texts @param {string[]} args @param {Record<string, string>} [env] */
async function scan(texts, args, env = { KEYWARD_URL: url }) {
  const name = `found-${++folders}`;
  for (const [index, text] of texts.entries()) write(`${name}/${index}.txt`, text);
  const secrets = texts.flatMap((text) => text.match(/[a-z]+_[a-z]+_[a-z]+_1\w{40,}/g) ?? []);
  const result = await keyward(["scan", name, "--revoke", ...args], { env, secrets });
  return { ...result, name };
}

test("whole secret keys are revoked without a credential, once each, and it is told what became of them and where they were", async () => {
  const [found, before] = [await orgKey({ title: "leaked" }), await orgKey()];
  await ok(root.post(`${before.path}/revoke`));
  const texts = [`\nKEY=${found.token}`, `${found.token}\n${before.token}`, FOREIGN];
  const { status, out, err, name } = await scan(texts, ["--yes", "--json"]);
  assert.equal(status, 1);
  assert.deepEqual(
    JSON.parse(out).findings.map((/** @type {any} */ item) => [
      item.path,
      item.line,
      item.status,
      item.revocation,
    ]),
    [
      [`${name}/2.txt`, 1, "unknown", "unknown"],
      [`${name}/0.txt`, 2, "revoked", "revoked"],
      [`${name}/1.txt`, 1, "revoked", "revoked"],
      [`${name}/1.txt`, 2, "revoked", "already_revoked"],
    ],
  );
  assert.match(err, /^1 key revoked, 1 revoked before, 1 unknown to 127\.0\.0\.1:\d+\.$/m);
  assert.equal(await statusOf(found.path), "revoked");
  const { events } = await ok(root.get(`/v1/organizations/${found.org}/events?action=key.revoked`));
  assert.ok(JSON.stringify(events).includes(`${name}/0.txt:2 and 1 other place`), JSON.stringify(events));
});

test("damaged and publishable keys are left as they are, whatever kinds are asked for", async () => {
  const org = await organization();
  const publishable = await key(`organizations/${org}`, { type: "publishable" });
  const cut = await orgKey();
  const texts = [publishable.token, cut.token.slice(0, -3)];
  for (const kinds of [[], ["--kinds", "pk,sk"]]) {
    const { status, err } = await scan(texts, ["--yes", ...kinds]);
    assert.equal(status, 1);
    assert.equal(
      err,
      "Not revoked: 2 findings of damaged or publishable keys.\nThere is nothing to revoke.\n",
    );
  }
  for (const { path } of [publishable, cut]) assert.equal(await statusOf(path), "active");
});

test("without a terminal it has to be told --yes: nothing is read, asked or revoked", async () => {
  const { token } = await orgKey();
  const { url: address, requests } = await answering(() => ({ status: 200 }));
  const { status, out, err } = await scan([token], ["--url", address]);
  assert.deepEqual([status, out, requests], [2, "", []]);
  assert.match(err, /no terminal to ask on; with --yes/);
});

test("keys that are allowed to stand where they stand are neither verified nor revoked", async () => {
  const { token, path } = await orgKey();
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  const { status, out, err } = await scan([`${token} # keyward:allow`], ["--verify", "--yes", "--json"], env);
  assert.deepEqual([status, err], [0, "There is nothing to revoke.\n"]);
  assert.equal(JSON.parse(out).findings[0].status, undefined);
  assert.equal(await statusOf(path), "active");
});

// `script` of util-linux gives a program a terminal; elsewhere it has other options.
const skip = process.platform !== "linux" && "needs script of util-linux";

test("on a terminal it shows what it would revoke and where, and goes on with yes alone", {
  skip,
}, async () => {
  const { token, path, redacted, id } = await orgKey({ title: "CI deploys" });
  write("asked/a.txt", `${token}\n${token}`);
  const line = `"${inProject("node_modules/.bin/keyward")}" scan asked --revoke --verify`;
  for (const [answer, status, said] of /** @type {const} */ ([
    ["", "active", "Nothing was revoked."],
    ["y", "active", "Nothing was revoked."],
    ["yes", "revoked", "1 key revoked."],
  ])) {
    const { code, output } = await run("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
      cwd: folder,
      env: { ...process.env, KEYWARD_URL: url, KEYWARD_API_KEY: rootKey },
      input: `${answer}\n`,
    });
    assert.equal(code, 1, output);
    assert.ok(output.includes(`${redacted}  active, “CI deploys” ${id} of organization`), output);
    assert.ok(output.includes("asked/a.txt:1 and 1 other place"), output);
    assert.ok(output.includes(said), output);
    assert.ok(!output.includes(token));
    assert.equal(await statusOf(path), status);
  }
});

test("what is not confirmed is not revoked", async () => {
  const { token, redacted } = await orgKey();
  const { url: address, requests } = await answering(() => ({ status: 200 }));
  /** @type {any} */
  const finding = { path: "a", line: 1, kind: "sk", token, redacted, damaged: false };
  /** @type {string[]} */
  const questions = [];
  const answer = async (/** @type {string} */ question) => questions.push(question) > 1;
  const server = { address, post: async () => assert.fail("revokes") };
  assert.deepEqual(await revoke([finding, { ...finding, line: 2 }], server, answer), []);
  assert.match(questions[0], /^Revoke this key at 127\.0\.0\.1:\d+\? /);
  assert.deepEqual(requests, []);
});

test("verified first, what is revoked afterwards is told with its title, and with --only-active nothing is left", async () => {
  const { token, path, id } = await orgKey({ title: "CI deploys" });
  const env = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  const { status, out, err } = await scan([token], ["--verify", "--only-active", "--yes"], env);
  assert.deepEqual([status, out.split("\n")[0]], [0, "0 keys in 1 file (0.1 KB)"]);
  assert.ok(err.includes(`active, “CI deploys” ${id} of organization`), err);
  assert.equal(await statusOf(path), "revoked");
});

test("many keys are revoked in requests that a deployment can answer, each with where it was found in 500 characters", async () => {
  const keys = Array.from({ length: 90 }, (_, index) => mint({ owner: `organization:acme-${index}` }));
  const long = Array(12).fill("a".repeat(80)).join("/");
  write(`${long}/b.txt`, keys.join("\n"));
  const { url: address, requests } = await answering(({ body }) => ({
    status: 200,
    body: { results: JSON.parse(body).found.map(() => ({ outcome: "unknown" })) },
  }));
  const { status } = await keyward(["scan", long.split("/")[0], "--revoke", "--yes", "--url", address], {
    secrets: keys,
  });
  assert.equal(status, 1);
  const sent = requests.map(({ url, headers, body }) => ({ url, headers, ...JSON.parse(body) }));
  assert.deepEqual(
    sent.map(({ url, headers, found }) => [url, headers.authorization, found.length]),
    [40, 40, 10].map((count) => ["/v1/revoke/found", undefined, count]),
  );
  assert.deepEqual(
    sent.flatMap(({ found }) => found.map((/** @type {any} */ { token }) => token)),
    keys,
  );
  for (const { found } of sent) for (const { source } of found) assert.match(source, /^….*\/b\.txt:\d+$/u);
  assert.ok(sent.every(({ found }) => found.every((/** @type {any} */ { source }) => source.length <= 500)));
});

test("what cannot be revoked is said with exit code 2, and what was found is still reported", async () => {
  const { token } = await orgKey();
  for (const [answer, message] of /** @type {[() => any, RegExp][]} */ ([
    [() => ({ status: 503, headers: { "retry-after": "0" } }), /cannot answer now \(503/],
    [() => ({ status: 200, body: {} }), /does not answer as Keyward does/],
    [() => ({ status: 200, body: { results: [] } }), /does not answer as Keyward does/],
    [() => ({ status: 200, body: { results: [{ outcome: "gone" }] } }), /does not answer as Keyward does/],
    [
      () => ({ status: 200, body: { results: [{ outcome: ["revoked"] }] } }),
      /does not answer as Keyward does/,
    ],
    [() => undefined, /does not answer/],
  ])) {
    const { url: address } = await answering(answer);
    const { status, out, err } = await scan([token], ["--yes", "--url", address, "--json"]);
    assert.deepEqual([status, JSON.parse(out).findings.length], [2, 1], message.source);
    assert.match(err, /^keyward: 1 key may not be revoked: /m);
    assert.match(err, message);
  }
});

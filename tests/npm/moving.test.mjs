// @ts-check
// `keyward import` and `keyward export` beside a server that answers as it is told: what is sent, what is asked again, what
// becomes of it when something goes wrong, and what is printed.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { answering, keyward, path, started, write } from "./asked.mjs";

const CREDENTIAL = "kwroot_of_this_test";
const SALT = "salt-that-nobody-sees";
const PEPPER = "pepper-that-nobody-sees";
const HASH = "5e".repeat(32);

/** @typedef {import("./asked.mjs").Sent} Sent */

/** The rows of a request. @param {Sent} request @returns {any[]} */
const rowsIn = ({ body }) => body.split("\n").map((line) => JSON.parse(line));

/** What a deployment says that takes every row. @param {Sent} request */
const taken = (request) => ({
  status: 200,
  body: { imported: rowsIn(request).length, unchanged: 0, failed: [] },
});

/** @param {string} url */
const env = (url) => ({ KEYWARD_URL: url, KEYWARD_API_KEY: CREDENTIAL });

/**
 * Imports a file, or standard input.
 * @param {string} url @param {string} content @param {string[]} [args]
 */
const imported = (url, content, args = []) =>
  keyward(
    [
      "import",
      "-",
      "--organization",
      "acme",
      ...(args.includes("--from") ? args : ["--from", "csv", ...args]),
    ],
    {
      env: env(url),
      secrets: [CREDENTIAL, SALT, PEPPER, HASH],
      input: content,
    },
  );

/** Rows of a table. @param {number} count @param {object} [more] */
const table = (count, more = {}) =>
  Array.from(
    { length: count },
    (_, index) => `${JSON.stringify({ title: `k${index}`, hash: HASH, ...more })}\n`,
  ).join("");

test("rows go in the order of the file, in batches of at most 1,000 and 1 MiB, and failures are told by their lines in it", async () => {
  const { url, requests } = await answering((request, count) => {
    const rows = rowsIn(request).length;
    const failed = count === 2 ? [{ row: 5, code: "key.title_invalid", detail: "/title is wrong" }] : [];
    return { status: 200, body: { imported: rows - failed.length - 1, unchanged: 1, failed } };
  });
  const { status, out, err } = await imported(url, `\n${table(2500)}`);
  assert.deepEqual(
    requests.map(({ method, url, headers }) => [method, url, headers["content-type"], headers.authorization]),
    Array(3).fill(["POST", "/v1/organizations/acme/import", "application/x-ndjson", `Bearer ${CREDENTIAL}`]),
  );
  assert.deepEqual(
    requests.map((request) => rowsIn(request).length),
    [1000, 1000, 500],
  );
  assert.deepEqual(
    requests.flatMap(rowsIn).map(({ title }) => title),
    Array.from({ length: 2500 }, (_, index) => `k${index}`),
  );
  assert.equal(
    out,
    "line 1006: key.title_invalid: /title is wrong\n2,496 imported, 3 unchanged, 1 failed, of 2,500 rows.\n",
  );
  assert.deepEqual([status, err], [1, ""]);

  const large = await answering(taken);
  await imported(large.url, table(30, { metadata: { text: "é".repeat(50_000) } }));
  assert.equal(large.requests.flatMap(rowsIn).length, 30);
  assert.ok(large.requests.every(({ body }) => Buffer.byteLength(body) <= 1 << 20));
  assert.equal(large.requests.length, 3);
});

test("a batch is sent as soon as it is there, whatever follows", async () => {
  /** @type {(() => void)[]} */
  const waiting = [];
  const { url, requests } = await answering((request) => {
    waiting.shift()?.();
    return taken(request);
  });
  const first = new Promise((resolve) => waiting.push(() => resolve(undefined)));
  const child = started(["import", "-", "--from", "csv", "--organization", "acme"], env(url));
  const out = text(child.stdout);
  child.stdin.write(table(1001));
  // Without the first request this waits for good.
  await first;
  child.stdin.end(table(1));
  assert.equal(await out, "1,002 imported, 0 unchanged, 0 failed, of 1,002 rows.\n");
  assert.equal(requests.length, 2);
});

test("rows that cannot be read, mapped or sent fail by their lines, and are not sent", async () => {
  const { url, requests } = await answering(taken);
  const rows = [
    table(1).trim(),
    "nonsense",
    JSON.stringify({ title: "no hash" }),
    JSON.stringify({ hash: HASH, expires_at: "soon" }),
    JSON.stringify({ hash: HASH, metadata: { text: "x".repeat(1 << 20) } }),
    `{"hash":"${HASH}","metadata":{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`,
    table(1).trim(),
  ];
  const { status, out } = await imported(url, rows.join("\n"));
  assert.equal(status, 1);
  assert.deepEqual(
    out.split("\n").map((line) => line.split(": ").slice(0, 2).join(" ")),
    [
      "line 2 row.unreadable",
      "line 3 row.hash_missing",
      "line 4 row.field_invalid",
      "line 5 row.too_large",
      "line 6 row.unreadable",
      "2 imported, 0 unchanged, 5 failed, of 7 rows.",
      "",
    ],
  );
  assert.equal(requests.flatMap(rowsIn).length, 2);
});

test("with --dry-run it says what would be, and asks for nothing else", async () => {
  const { url, requests } = await answering(taken);
  const { status, out } = await imported(url, table(2), ["--dry-run"]);
  assert.deepEqual([status, requests.length], [0, 1]);
  assert.equal(requests[0].url, "/v1/organizations/acme/import?dry_run=true");
  assert.equal(out, "2 would be imported, 0 unchanged, 0 failed, of 2 rows.\n");
});

test("how hashes were made comes from options and files, and a row's own word counts more", async () => {
  const { url, requests } = await answering(taken);
  write("salt.txt", `${SALT}\n`);
  write("pepper.txt", `${PEPPER}\r\n`);
  const rows = `${JSON.stringify({ hash: HASH })}\n${JSON.stringify({ hash: HASH, salt: "own", encoding: "base64" })}`;
  const salted = ["--salt-file", path("salt.txt"), "--salt-position", "after", "--salt-encoding", "hex"];
  await imported(url, rows, [...salted, "--algorithm", "sha512", "--part", "after_last_underscore"]);
  const [first, second] = rowsIn(requests[0]).map(({ hash }) => hash);
  const shared = { algorithm: "sha512", value: HASH, part: "after_last_underscore" };
  const position = { salt_encoding: "hex", salt_position: "after" };
  assert.deepEqual(first, { ...shared, encoding: "hex", salt: SALT, ...position });
  assert.deepEqual(second, { ...shared, encoding: "base64", salt: "own", ...position });
  await imported(url, rows, ["--algorithm", "hmac-sha256", "--pepper-file", path("pepper.txt")]);
  assert.deepEqual(rowsIn(requests[1])[0].hash, {
    algorithm: "hmac-sha256",
    encoding: "hex",
    value: HASH,
    pepper: PEPPER,
  });
});

test("no hash, salt or pepper is printed, even if the deployment repeats it", async () => {
  write("pepper.txt", PEPPER);
  const { url } = await answering(() => ({
    status: 200,
    body: {
      imported: 0,
      unchanged: 0,
      failed: [{ row: 1, code: "x.y", detail: `${HASH} and ${SALT} and ${PEPPER} and \u001b[31m` }],
    },
  }));
  const row = JSON.stringify({ hash: HASH, salt: SALT });
  const { out } = await imported(url, row, ["--pepper-file", path("pepper.txt")]);
  assert.match(out, /^line 1: x\.y: \*\*\* and \*\*\* and \*\*\* and \\x1b\[31m\n/);
});

test("what another system limits and Keyward does not is said, once for each", async () => {
  const { url } = await answering(taken);
  const rows = [1, 2, 3].map((number) =>
    JSON.stringify({
      id: `${number}`,
      key: "x".repeat(43),
      rateLimitEnabled: true,
      remaining: number > 2 ? 5 : null,
    }),
  );
  const { err } = await imported(url, rows.join("\n"), ["--from", "better-auth"]);
  assert.deepEqual(err.trim().split("\n"), [
    "keyward: 3 rows with rateLimit, which Keyward does not have: left out.",
    "keyward: 1 row with remaining, which Keyward does not have: left out.",
  ]);
});

test("a deployment that is busy is asked again a few times, as late as it wants, and then no more", async () => {
  const busy = { headers: { "retry-after": "0" } };
  const moody = await answering((request, count) =>
    count <= 5 ? { status: count % 2 ? 429 : 503, ...busy } : taken(request),
  );
  assert.equal((await imported(moody.url, table(1))).status, 0);
  assert.equal(moody.requests.length, 6);
  assert.ok(moody.requests.every(({ body }) => body === moody.requests[0].body));

  const never = await answering((request, count) =>
    count === 1 ? taken(request) : { status: 503, ...busy },
  );
  const { status, out, err } = await imported(never.url, table(1500));
  assert.deepEqual([status, never.requests.length], [2, 7]);
  assert.match(out, /^1,000 imported, 0 unchanged, 0 failed, of [\d,]+ rows\.\n$/);
  assert.match(err, /cannot answer now \(503\)\. Run it again to go on: what is in stays as it is\.\n$/);
});

test("a refusal, a wrong credential and an answer that is not Keyward's end it, and nothing more is sent", async () => {
  /** @type {[import("./asked.mjs").Said, RegExp][]} */
  const cases = [
    [
      { status: 403, body: { code: "auth.forbidden", detail: "Owners only." } },
      /refuses: Owners only\. \(auth/,
    ],
    [{ status: 401, body: { code: "auth.invalid", detail: "No." } }, /refuses: No\. \(auth\.invalid\)/],
    [{ status: 413, body: { code: "request.too_large", detail: "Too large." } }, /refuses: Too large\./],
    [{ status: 200, body: "<html>" }, /does not answer as Keyward does/],
    [{ status: 200, body: { imported: 5, unchanged: 0, failed: [] } }, /does not answer as Keyward does/],
    [
      { status: 200, body: { imported: 999, unchanged: 0, failed: [{ row: 1001, code: "a.b" }] } },
      /does not answer as Keyward does/,
    ],
    [{ status: 200, body: { imported: 1000 } }, /does not answer as Keyward does/],
    [{ status: 307, headers: { location: "http://127.0.0.1:1/v1" } }, /redirects/],
  ];
  for (const [said, message] of cases) {
    const { url, requests } = await answering(() => said);
    const { status, err } = await imported(url, table(1001));
    assert.match(err, message);
    assert.deepEqual([status, requests.length], [2, 1], err);
  }
});

test("a file that breaks off is imported up to there, and that is said", async () => {
  const { url } = await answering(taken);
  const { status, out, err } = await imported(url, `[${table(3).trim().replaceAll("\n", ",\n")}`);
  assert.deepEqual([status, out], [2, "3 imported, 0 unchanged, 0 failed, of 3 rows.\n"]);
  assert.match(
    err,
    /the file cannot be read to its end: line 3 is not JSON, or the array does not end\. Run it again/,
  );
});

test("Ctrl-C waits for what was sent and sends nothing more", async () => {
  /** @type {Promise<void>} */
  let noticed = Promise.resolve();
  const { url, requests } = await answering(async (request) => {
    child.kill("SIGINT");
    await noticed;
    return taken(request);
  });
  const child = started(["import", "-", "--from", "csv", "--organization", "acme"], env(url));
  let err = "";
  noticed = new Promise((resolve) => {
    child.stderr.on("data", (chunk) => {
      err += chunk;
      if (err.includes("Stopping")) resolve();
    });
  });
  const [out, ended] = [text(child.stdout), new Promise((resolve) => child.on("close", resolve))];
  child.stdin.end(table(3000));
  assert.equal(await ended, 2);
  assert.equal(requests.length, 1);
  assert.match(await out, /^1,000 imported, 0 unchanged, 0 failed, of /);
  assert.match(err, /stopped before the end of the file\. Run it again to go on/);
});

test("wrong usage is said before anything is read or sent", async () => {
  const { url, requests } = await answering(taken);
  const whose = ["--organization", "acme"];
  /** @type {[string[], RegExp][]} */
  const cases = [
    [["import", "--from", "csv", ...whose], /takes one file/],
    [["import", "a", "b", "--from", "csv", ...whose], /takes one file/],
    [["import", "missing", ...whose], /Say where it is from: --from medusa/],
    [["import", "missing", "--from", "auth0", ...whose], /Say where it is from/],
    [["import", "missing", "--from", "csv"], /--organization/],
    [["import", "missing", "--from", "csv", "--organization", ".."], /organization's id/],
    [["import", "missing", "--from", "csv", "--organization", "a/b"], /organization's id/],
    [
      ["import", "missing", "--from", "unkey", "--encoding", "hex", ...whose],
      /--encoding goes with --from csv/,
    ],
    [["import", "missing", "--from", "medusa", "--salt-file", "x", ...whose], /--salt-file goes with/],
    [["import", "missing", "--from", "csv", "--kinds", "sk", ...whose], /import has no option --kinds/],
    [["import", "missing", "--from", "csv", ...whose], /no such file/],
    [["import", "-", "--from", "csv", "--pepper-file", "missing", ...whose], /no such file/],
    [["export", "file", ...whose], /takes no arguments/],
    [["export"], /--organization/],
    [["export", "--brand", "kw", ...whose], /export has no option --brand/],
  ];
  for (const [args, message] of cases) {
    const { status, out, err } = await keyward(args, { env: env(url) });
    assert.deepEqual([status, out], [2, ""], args.join(" "));
    assert.match(err, message);
  }
  const anonymous = await keyward(["import", "-", "--from", "csv", ...whose], { env: { KEYWARD_URL: url } });
  assert.match(anonymous.err, /KEYWARD_API_KEY/);
  assert.deepEqual(requests, []);
});

const LINES = { "content-type": "application/x-ndjson" };

/** A page of an export. @param {string} body @param {string} [next] */
const page = (body, next) => ({
  status: 200,
  headers: { ...LINES, ...(next === undefined ? {} : { link: `<${next}>; rel="next"` }) },
  body,
});

/** @param {string} url @param {string[]} [args] */
const exported = (url, args = []) =>
  keyward(["export", "--organization", "acme", ...args], { env: env(url), secrets: [CREDENTIAL] });

/** What an export has left behind. @param {string} name */
const filesOf = (name) => readdirSync(path(".")).filter((file) => file.startsWith(name));

test("an export is every page, in a file that its owner alone may read", async () => {
  const { url, requests } = await answering((_, count) =>
    count === 1 ? page('{"a":1}\n{"a":2}\n', "/v1/organizations/acme/export?after=x%2Fy") : page('{"a":3}\n'),
  );
  const { status, out, err } = await exported(url, ["--output", "whole.ndjson"]);
  assert.deepEqual([status, out, err], [0, "", "3 rows exported.\n"]);
  assert.equal(readFileSync(path("whole.ndjson"), "utf8"), '{"a":1}\n{"a":2}\n{"a":3}\n');
  assert.equal(statSync(path("whole.ndjson")).mode & 0o777, 0o600);
  assert.deepEqual(filesOf("whole"), ["whole.ndjson"]);
  assert.deepEqual(
    requests.map(({ method, url, body }) => [method, url, body]),
    [
      ["GET", "/v1/organizations/acme/export", ""],
      ["GET", "/v1/organizations/acme/export?after=x%2Fy", ""],
    ],
  );
  const piped = await answering(() => page('{"a":1}\n'));
  assert.equal((await exported(piped.url)).out, '{"a":1}\n');
});

test("rows that the deployment cannot read are said to be missing", async () => {
  const lines = ['{"kind":"member"}', '{"kind":"unreadable"}', '{"kind":"unreadable","id":"apk_1"}'];
  const { url } = await answering(() => page(`${lines.join("\n")}\n`));
  const { status, err } = await exported(url, ["--output", "missing.ndjson"]);
  assert.equal(status, 1);
  assert.match(err, /^3 rows exported\.\nkeyward: 2 rows could not be read there/);
});

test("of a link to the next page only the cursor is taken, so that the credential goes nowhere else", async () => {
  const stranger = await answering(() => page('{"a":2}\n'));
  const { url, requests } = await answering((_, count) =>
    count === 1 ? page('{"a":1}\n', `${stranger.url}/v1/elsewhere?after=b`) : page('{"a":2}\n'),
  );
  assert.equal((await exported(url)).status, 0);
  assert.equal(requests[1].url, "/v1/organizations/acme/export?after=b");
  assert.deepEqual(stranger.requests, []);
});

test("an export that does not come to its end leaves no file, and the one before as it was", async () => {
  write("kept.ndjson", "before");
  const half = '{"a":1}\n';
  const next = "/v1/organizations/acme/export?after=b";
  /** @type {[(count: number) => import("./asked.mjs").Said | undefined, RegExp][]} */
  const cases = [
    [() => ({ status: 403, body: { code: "auth.forbidden", detail: "No." } }), /refuses: No\./],
    [(count) => (count === 1 ? page(half, next) : undefined), /does not answer/],
    [(count) => (count === 1 ? page(half, next) : { status: 503, headers: { "retry-after": "0" } }), /503/],
    [(count) => (count === 1 ? page(half, next) : page('{"a":2}\n{"a"')), /does not answer as Keyward does/],
    [() => page(half, next), /does not answer as Keyward does/],
    [() => ({ status: 200, body: "{}\n" }), /does not answer as Keyward does/],
  ];
  for (const [answer, message] of cases) {
    const { url } = await answering((_, count) => answer(count));
    for (const name of ["kept.ndjson", "new.ndjson"]) {
      const { status, err } = await exported(url, ["--output", name]);
      assert.match(err, message);
      assert.match(err, /Nothing was written/);
      assert.equal(status, 2);
    }
    assert.deepEqual([...filesOf("kept"), ...filesOf("new")], ["kept.ndjson"]);
    assert.equal(readFileSync(path("kept.ndjson"), "utf8"), "before");
  }
  const { status, err } = await exported((await answering(() => page(half))).url, [
    "--output",
    "no/such/folder",
  ]);
  assert.equal(status, 2);
  assert.match(err, /no such file or folder/);
  assert.ok(!existsSync(path("no")));
});

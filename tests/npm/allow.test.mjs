// @ts-check
// Keys that are allowed, and files that are left out.
import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { test } from "node:test";
import { path as inProject } from "../../scripts/run.mjs";
import { folder, KEY, keyward, OTHER, repository, scanned } from "./command.mjs";
import { sarifOf } from "./sarif.mjs";

/** @param {string} key */
const fingerprint = (key) => scanned(folder({ key }).path, []).findings[0].fingerprint;

test("our own checkout passes its own scan", () => {
  const { status, out, err } = keyward(inProject("."), ["scan"]);
  assert.deepEqual([status, err], [0, ""], out);
  assert.match(out, /, \d+ allowed\n$/);
});

test("a fingerprint is that of the key, wherever it stands and however it is written", () => {
  const escaped = KEY.replaceAll("_", "%5F");
  const base64 = Buffer.from(`user:${KEY}`).toString("base64");
  const wide = Buffer.from(`\ufeffx ${KEY}`, "utf16le");
  const { findings } = scanned(
    folder({ a: `x ${KEY}`, "b/c": escaped, d: base64, e: wide, f: OTHER }).path,
    [],
  );
  const [first, ...rest] = findings.map((finding) => finding.fingerprint);
  assert.match(first, /^[0-9a-f]{16}$/);
  assert.deepEqual(rest.slice(0, 3), [first, first, first]);
  assert.notEqual(rest[3], first);
  const cut = folder({ a: KEY.slice(0, -3), b: `x\n"${KEY.slice(0, -3)}"` });
  const damaged = scanned(cut.path, []).findings.map((finding) => finding.fingerprint);
  assert.equal(damaged[0], damaged[1]);
  assert.notEqual(damaged[0], first);
});

test("an allow-list allows keys by fingerprint and files by pattern; they are counted, not hidden", () => {
  const repo = repository({
    ".keywardallow": `# samples\r\n\n${fingerprint(KEY)} # the sample\nvectors/\n!vectors/not\n`,
    a: KEY,
    "b/moved": `x ${KEY}`,
    "vectors/x": OTHER,
  });
  const { status, out } = keyward(repo.path, ["scan"]);
  assert.deepEqual(
    [status, out.split("\n")[0].replace(/\(.*\)/, "()")],
    [0, "0 keys in 4 files (), 3 allowed"],
  );
  repo.write("c", OTHER);
  repo.write("d", KEY.slice(0, -3));
  const { status: now, keys, damaged, allowed, findings } = scanned(repo.path, []);
  assert.deepEqual([now, keys, damaged, allowed], [1, 1, 1, 3]);
  assert.deepEqual(
    findings.map((finding) => [finding.path, finding.allowed]),
    [
      ["a", "list"],
      ["b/moved", "list"],
      ["c", null],
      ["d", null],
      ["vectors/x", "list"],
    ],
  );
  const { results } = sarifOf(keyward(repo.path, ["scan", "--sarif"]).out).runs[0];
  assert.deepEqual(
    results.map((/** @type {any} */ result) => result.suppressions.map((/** @type {any} */ one) => one.kind)),
    [["external"], ["external"], [], [], ["external"]],
  );
  assert.equal(results[0].partialFingerprints["keyward/v1"], fingerprint(KEY));
  assert.equal(scanned(repo.path, ["--no-allow"]).keys, 4);
  assert.equal(keyward(repo.path, ["scan", "-"], { input: KEY }).status, 0);
  repo.git("add", "--all");
  assert.deepEqual([scanned(repo.path, ["--staged"]).keys, scanned(repo.path, ["--staged"]).allowed], [1, 3]);
});

test("an allow-list counts from the scanned folder up to the repository's top, and no further", () => {
  const list = `${fingerprint(KEY)}\n`;
  const outer = folder({ ".keywardallow": list });
  outer.git("init", "--quiet", "repo");
  outer.write("repo/a/b/x", KEY);
  assert.equal(keyward(outer.in("repo"), ["scan", "a/b"]).status, 1);
  outer.write("repo/.keywardallow", list);
  for (const [cwd, args] of /** @type {const} */ ([
    ["repo", ["a/b"]],
    ["repo/a", ["b/x"]],
    ["repo/a/b", []],
    [".", ["repo/a"]],
  ]))
    assert.equal(keyward(outer.in(cwd), ["scan", ...args]).status, 0, cwd);
  const plain = folder({ ".keywardallow": list, "a/x": KEY });
  assert.equal(keyward(plain.path, ["scan", "a"]).status, 0);
  assert.equal(keyward(plain.in("a"), ["scan", "."]).status, 1);
  assert.equal(keyward(outer.in("repo"), ["scan", "--quiet", plain.in("a")]).status, 1, "it is elsewhere");
});

test("an allow-list of one folder allows nothing in another that is scanned with it", () => {
  const both = folder({ "a/.keywardallow": `${fingerprint(KEY)}\n*\n`, "a/x": KEY, "b/x": KEY });
  for (const args of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    const { findings } = scanned(both.path, args);
    assert.deepEqual(findings.map(({ path, allowed }) => `${path} ${allowed}`).toSorted(), [
      "a/x list",
      "b/x null",
    ]);
  }
  assert.equal(
    keyward(both.in("b"), ["scan", "../a", "-"], { input: KEY }).status,
    1,
    "standard input is here",
  );
});

test("an allow-list that cannot be read, or has a mistake, is no clean result", () => {
  const wrong = folder({ ".keywardallow": `ok/\n${fingerprint(KEY).slice(1)}\n` });
  const { status, out, err } = keyward(wrong.path, ["scan"]);
  assert.deepEqual([status, out], [2, ""]);
  assert.match(
    err,
    /^keyward: .*\.keywardallow, line 2: a fingerprint has 16 digits, 0 to 9 and a to f\.\n$/,
  );
  const wide = folder({ ".keywardallow": Buffer.from("\ufeffok/\n", "utf16le") });
  assert.match(keyward(wide.path, ["scan"]).err, /\.keywardallow is no text in UTF-8\.\n$/);
  const odd = folder({ ".keywardallow/x": "" });
  assert.match(keyward(odd.path, ["scan"]).err, /\.keywardallow: it is a folder, not a file\.\n$/);
  assert.equal(keyward(odd.path, ["scan"]).status, 2);
  const closed = folder({ ".keywardallow": "" });
  chmodSync(closed.in(".keywardallow"), 0);
  if (process.getuid?.() !== 0) assert.equal(keyward(closed.path, ["scan"]).status, 2);
});

test("a comment allows the keys of its line, before or behind them, also in a line of many pieces", () => {
  const long = " ".repeat(1 << 20);
  for (const [text, keys, allowed] of /** @type {const} */ ([
    [`a = "${KEY}" // keyward:allow\nb = "${KEY}"\n`, 1, 1],
    [`<!-- keyward:allow --> ${KEY} ${OTHER}\r\n${KEY}`, 1, 2],
    [`# keyward:allow\n${KEY}`, 1, 0],
    [`${KEY}\n# keyward:allow`, 1, 0],
    [`${KEY}${long}keyward:allow\n${KEY}`, 1, 1],
    [`keyward:allow${long}${KEY}`, 0, 1],
    [`${long.slice(7)}keyward:allow ${KEY}`, 0, 1],
    [`${KEY.slice(0, -3)} keyward:allow`, 0, 1],
    [`${KEY} //keyward:allow, since it is a sample`, 0, 1],
    // Other words, and an address with a password.
    [`${KEY} keyward:allowed`, 1, 0],
    [`${KEY} keyward:allow-list`, 1, 0],
    [`${KEY} not-keyward:allow`, 1, 0],
    [`${KEY} https://keyward:allow@example.com`, 1, 0],
    [`${KEY}${long.slice(KEY.length + "keyward:allow".length)}keyward:allowed`, 1, 0],
  ])) {
    const found = scanned(folder({ x: text }).path, []);
    assert.deepEqual([found.keys + found.damaged, found.allowed], [keys, allowed], text.slice(0, 90).trim());
    assert.equal(found.status, keys > 0 ? 1 : 0);
  }
  const wide = Buffer.from(`\ufeff${KEY} keyward:allow\n${KEY}`, "utf16le");
  const { findings } = scanned(folder({ wide }).path, []);
  assert.deepEqual(findings.map(({ line, allowed }) => [line, allowed]).toSorted(), [
    [1, "comment"],
    [2, null],
  ]);
  const { results } = sarifOf(keyward(folder({ wide }).path, ["scan", "--sarif"]).out).runs[0];
  assert.deepEqual(results[0].suppressions[0].kind, "inSource");
  assert.equal(scanned(folder({ x: `${KEY} keyward:allow` }).path, ["--no-allow"]).keys, 1);
});

test("with a baseline only what is new counts", () => {
  const repo = folder({ a: KEY, b: `${OTHER} keyward:allow` });
  const baseline = folder({ "old.json": keyward(repo.path, ["scan", "--json"]).out }).in("old.json");
  const { status, allowed, findings } = scanned(repo.path, ["--baseline", baseline]);
  assert.deepEqual([status, allowed, findings[0].allowed], [0, 2, "baseline"]);
  repo.write("moved", KEY);
  assert.equal(keyward(repo.path, ["scan", "--baseline", baseline]).status, 0);
  // What a comment allowed then is not allowed without it.
  repo.write("b", OTHER);
  assert.deepEqual(scanned(repo.path, ["--baseline", baseline]).keys, 1);
  for (const [name, text] of Object.entries({
    "no.json": "{",
    "other.json": "{}",
    "odd.json": '{"findings":[{}]}',
  })) {
    const file = folder({ [name]: text }).in(name);
    const { status: code, out, err } = keyward(repo.path, ["scan", "--baseline", file]);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /is not what `keyward scan --json` prints\.\n$/);
  }
  assert.match(
    keyward(repo.path, ["scan", "--baseline", "none"]).err,
    /^keyward: none: there is no such file/,
  );
});

test("--exclude leaves out what matches, as .gitignore would, however it is named", () => {
  const names = ["a/x.lock", "a/b/y", "tests/z", "src/tests/z", "keep"];
  const repo = repository(Object.fromEntries(names.map((name) => [name, KEY])));
  repo.commit("1");
  for (const [patterns, expected] of /** @type {const} */ ([
    [["*.lock"], ["a/b/y", "keep", "src/tests/z", "tests/z"]],
    [
      ["/tests/", "a/*", "!a/b"],
      ["a/b/y", "keep", "src/tests/z"],
    ],
    [["tests"], ["a/b/y", "a/x.lock", "keep"]],
  ])) {
    const options = patterns.flatMap((pattern) => ["--exclude", pattern]);
    assert.deepEqual(scanned(repo.path, options).paths, expected);
    assert.deepEqual(scanned(repo.path, [...options, ...names]).paths.toSorted(), expected);
  }
  assert.equal(scanned(repo.path, ["--history", "--exclude", "*", "--exclude", "!keep"]).paths[0], "keep");
  const elsewhere = scanned(folder().path, ["--exclude", "/tests", repo.path]);
  assert.equal(elsewhere.keys, 4);
});

test("in the history a key at an allowed path is still seen at another", () => {
  const repo = repository({ ".keywardallow": "vectors/\n", "vectors/x": KEY });
  repo.commit("1");
  assert.equal(keyward(repo.path, ["scan", "--history"]).status, 0);
  repo.write("src/x", KEY);
  repo.commit("2");
  const { keys, paths } = scanned(repo.path, ["--history"]);
  assert.deepEqual([keys, paths], [1, ["vectors/x", "src/x"]]);
});

test("--verbose shows fingerprints, allowed keys and what is allowed for nothing; --quiet only what is found", () => {
  const unused = "0123456789abcdef";
  const repo = folder({ ".keywardallow": `${unused}\n`, a: KEY, b: `${OTHER} keyward:allow` });
  const { out } = keyward(repo.path, ["scan", "--verbose"]);
  assert.ok(out.includes(`  ${fingerprint(KEY)}\n`), out);
  assert.match(out, /^b:1:1 .* allowed by a comment\n/m);
  assert.ok(out.includes(`${unused} is allowed, but is nowhere\n`));
  assert.ok(!keyward(repo.path, ["scan"]).out.includes(unused));
  assert.match(keyward(repo.path, ["scan", "-q"]).out, /^a:1:1 {2}\S+\n$/);
  assert.equal(keyward(folder({ a: "" }).path, ["scan", "--quiet"]).out, "");
});

// @ts-check
// What `keyward scan --history` reads, and what it says of it.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { folder, KEY, keyward, OTHER, REDACTED, repository, scanned } from "./command.mjs";

const history = (/** @type {string} */ cwd, /** @type {string[]} */ ...args) =>
  scanned(cwd, ["--history", ...args]);

test("--history names the first commit that brought a key, its author and date, also if the key is gone", () => {
  const repo = repository({ "a/x": "1" });
  repo.commit("1");
  repo.write("a/x", `1\n ${KEY}\n`);
  const second = repo.commit("2");
  repo.write("a/x", `0\n1\n ${KEY}\n`);
  repo.commit("3");
  repo.git("mv", "a/x", "moved");
  repo.commit("4");
  rmSync(repo.in("moved"));
  repo.commit("5");
  assert.equal(scanned(repo.path, []).keys, 0);
  const { status, findings, keys } = history(repo.in("a/.."));
  assert.deepEqual([status, keys], [1, 1]);
  const { path, line, column, commit, author, email, date, tag } = findings[0];
  assert.deepEqual({ path, line, column }, { path: "a/x", line: 2, column: 2 });
  assert.deepEqual(
    { commit, author, email, date, tag },
    { commit: second, author: "Ada", email: "ada@example.com", date: "2024-01-02T03:04:05Z", tag: null },
  );
  const { out } = keyward(repo.path, ["scan", "--history"]);
  assert.ok(out.startsWith(`a/x:2:2  ${REDACTED}  ${second.slice(0, 12)}, Ada, 2024-01-02\n`), out);
  assert.match(out, /\n1 key in 3 versions of files and 5 commits \(/);
  const [result] = JSON.parse(keyward(repo.path, ["scan", "--history", "--sarif"]).out).runs[0].results;
  assert.equal(result.properties.commit, second);
  assert.equal(result.properties.author, "Ada");
  assert.equal(result.locations[0].physicalLocation.artifactLocation.uri, "a/x");
});

test("--history reads every ref: branches, tags of all kinds, stashes, notes, and what only a merge has", () => {
  const repo = repository({ base: "1" });
  const base = repo.commit("1");
  /** @param {string} name @param {() => void} act */
  const onBranch = (name, act) => {
    repo.git("checkout", "--quiet", "-B", "now", base);
    repo.write(name, `${name} ${KEY}\n`);
    act();
    repo.git("checkout", "--quiet", "--force", "main");
    repo.git("clean", "--quiet", "--force");
  };
  onBranch("of-branch", () => repo.git("branch", "other", repo.commit("b")));
  onBranch("of-tag", () => repo.git("tag", "light", repo.commit("t")));
  onBranch("of-remote", () => repo.git("update-ref", "refs/remotes/origin/x", repo.commit("r")));
  for (const name of ["stash-1", "stash-2"])
    onBranch(name, () => repo.git("stash", "push", "--quiet", "--include-untracked"));
  onBranch("of-blob", () =>
    repo.git("tag", "-a", "-m", "b", "blob", repo.git("hash-object", "-w", "of-blob")),
  );
  onBranch("of-tree", () => {
    repo.git("add", ".");
    repo.git("update-ref", "refs/trees/x", repo.git("write-tree"));
    repo.git("reset", "--quiet");
  });
  repo.git("notes", "add", "-m", `note ${KEY}`);
  repo.git("tag", "-a", "-m", "inner", "inner");
  repo.git("tag", "-a", "-m", `outer\n\n${KEY}`, "outer", "inner");
  repo.git("tag", "--delete", "inner");
  repo.git("branch", "--quiet", "--delete", "--force", "now");
  repo.git("checkout", "--quiet", "-b", "side");
  repo.write("side", "1");
  repo.commit("side");
  repo.git("checkout", "--quiet", "main");
  repo.write("main", "1");
  repo.commit("main");
  repo.git("merge", "--quiet", "--no-commit", "side");
  repo.write("of-merge", KEY);
  const merge = repo.commit("merge");
  const { findings, paths } = history(repo.path);
  const files = paths.filter((path) => path !== null && /^(of|stash)-/.test(path));
  const names = ["branch", "merge", "remote", "tag", "tree"].map((name) => `of-${name}`);
  assert.deepEqual(files.toSorted(), [...names, "stash-1", "stash-2"]);
  const at = (/** @type {string | null} */ path) => findings.find((finding) => finding.path === path);
  assert.equal(at("of-merge").commit, merge);
  assert.equal(at("refs/tags/blob").tag, "refs/tags/blob");
  assert.equal(at(null).tag, "refs/tags/outer");
  assert.equal(at(null).author, "Bob");
  assert.equal(paths.length, files.length + 3, "the note, too");
  assert.match(keyward(repo.path, ["scan", "--history"]).out, /^tag message:3:1 .*refs\/tags\/outer, Bob/m);
});

test("--history reads the messages of commits", () => {
  const repo = repository({ x: "1" });
  const commit = repo.commit(`title\n\nbody ${KEY}`);
  const { findings, status } = history(repo.path);
  assert.deepEqual([status, findings.length], [1, 1]);
  assert.deepEqual([findings[0].path, findings[0].commit, findings[0].author], [null, commit, "Ada"]);
  const { out } = keyward(repo.path, ["scan", "--history"]);
  assert.match(out, /^commit message:3:6 {2}kw_sk_test_\*{3}JnsL {2}[0-9a-f]{12}, Ada, 2024-01-02\n/);
  const [result] = JSON.parse(keyward(repo.path, ["scan", "--history", "--sarif"]).out).runs[0].results;
  assert.equal(result.locations[0].logicalLocations[0].fullyQualifiedName, commit);
  assert.equal(history(repo.path, "x").status, 0, "not if files are named");
  repo.git(
    "-c",
    `user.name=${OTHER}`,
    "commit",
    "--quiet",
    "--allow-empty",
    "--message",
    "x",
    `--author=${OTHER} <x@y>`,
  );
  assert.match(keyward(repo.path, ["scan", "--history"]).out, /^commit header:\d:\d+ /m);
});

test("--history reads each version once, of the paths that are named", () => {
  const repo = repository({ "a/x": KEY, "b/x": KEY, "b/copy": KEY });
  repo.commit("1");
  repo.write("b/y", OTHER);
  repo.commit("2");
  assert.equal(history(repo.path).keys, 2);
  assert.equal(history(repo.path).files, 2);
  assert.deepEqual(history(repo.path, "b").paths, ["b/copy", "b/y"]);
  assert.deepEqual(history(repo.in("b"), "x", "../a").paths, ["a/x"]);
  const { status, err } = keyward(repo.path, ["scan", "--history", "a/y"]);
  assert.deepEqual([status, err], [2, "keyward: a/y: there is no such file in the history\n"]);
});

test("--history of a repository without commits, or without files, is read", () => {
  const repo = repository();
  assert.equal(keyward(repo.path, ["scan", "--history"]).status, 0);
  repo.write("x", KEY);
  repo.commit("1");
  const bare = folder();
  bare.git("clone", "--quiet", "--bare", repo.path, "bare");
  assert.deepEqual(history(bare.in("bare")).paths, ["x"]);
  assert.deepEqual(history(bare.in("bare"), "x").paths, ["x"]);
});

test("a history that is not all here is no clean result", () => {
  const repo = repository({ x: "1" });
  repo.commit("1");
  repo.write("x", "2");
  repo.commit("2");
  repo.git("config", "uploadpack.allowFilter", "true");
  for (const [name, option, reason] of [
    ["shallow", "--depth=1", /^keyward: \.git: the history is shallow/],
    [
      "blobless",
      "--filter=blob:none",
      /^keyward: \.git: 2 versions of files are not here \(a partial clone\)/,
    ],
    ["treeless", "--filter=tree:0", /^keyward: \.git: git says: /],
  ]) {
    const clone = folder();
    clone.git("clone", "--quiet", String(option), "--no-checkout", `file://${repo.path}`, String(name));
    const { status, err } = keyward(clone.in(String(name)), ["scan", "--history"]);
    assert.equal(status, 2, String(name));
    assert.match(err, /** @type {RegExp} */ (reason));
  }
});

test("--history reads long files that come in pieces, and many", () => {
  const long = `${"0123456789abcde\n".repeat(20_000)}${KEY}\n`;
  const files = Array.from({ length: 5000 }, (_, index) => [`f${index}`, `${index}\n`]);
  const repo = repository({ ...Object.fromEntries(files), long });
  repo.commit("1");
  const { files: count, findings } = history(repo.path);
  assert.equal(count, 5001);
  assert.deepEqual(
    findings.map(({ path, line, column }) => [path, line, column]),
    [["long", 20_001, 1]],
  );
});

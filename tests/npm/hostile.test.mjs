// @ts-check
// Repositories, names and texts that somebody has made to hide a key, to have it printed or to stop the command.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMMAND, ENV, folder, KEY, keyward, OTHER, REDACTED, repository, scanned } from "./command.mjs";
import { GAPS, WRITINGS } from "./writings.mjs";

const BODY = KEY.slice(KEY.lastIndexOf("_") + 1);

test("in a repository whose name has the end of a line, what is tracked is not taken for ignored", () => {
  const outer = folder();
  const top = join(outer.path, "a\nb");
  mkdirSync(top);
  const git = (/** @type {string[]} */ ...args) => execFileSync("git", args, { cwd: top, env: ENV });
  git("init", "--quiet");
  writeFileSync(join(top, ".gitignore"), "x\n");
  writeFileSync(join(top, "x"), KEY);
  git("add", "--force", ".");
  for (const cwd of [top, outer.path]) assert.equal(scanned(cwd, []).keys, 1);
  assert.deepEqual(scanned(top, ["--staged"]).paths, ["x"]);
});

test("nothing in a repository hides a commit, or shows another in its place", () => {
  const repo = repository({ x: KEY });
  const first = repo.commit("1");
  rmSync(repo.in("x"));
  repo.write("y", "");
  const last = repo.commit("2");
  repo.write(".git/info/grafts", `${last}\n`);
  assert.equal(scanned(repo.path, ["--history"]).keys, 1);
  rmSync(repo.in(".git/info/grafts"));
  const empty = repo.git("commit-tree", `${last}^{tree}`, "-m", "nothing");
  repo.git("replace", first, empty);
  assert.equal(scanned(repo.path, ["--history"]).keys, 1);
});

test("names in a tree that no file can have are read, and excluded by no pattern", () => {
  const repo = repository({ x: KEY });
  repo.git("add", "--all");
  const blob = Buffer.from(repo.git("rev-parse", ":x"), "hex");
  for (const name of ["..", ".", "a/b", "../x", "/x"]) {
    repo.write("tree", Buffer.concat([Buffer.from(`100644 ${name}\0`), blob]));
    const tree = repo.git("hash-object", "-w", "-t", "tree", "--literally", "tree");
    repo.git("update-ref", "refs/heads/main", repo.git("commit-tree", tree, "-m", "x"));
    repo.write(".keywardallow", "z\n");
    const { status, findings } = scanned(repo.path, ["--history", "--exclude", "z"]);
    assert.deepEqual([status, findings.length], [1, 1], name);
  }
});

test("where git stops answering, that is said in one sentence, with what was found", () => {
  const repo = repository({ x: KEY });
  repo.git("add", "--all");
  repo.git("config", "diff.orderFile", "missing");
  assert.deepEqual(scanned(repo.path, ["--staged"]).paths, ["x"]);
  repo.write(".git/index", "broken");
  const { status, out, err } = keyward(repo.path, ["scan", "--staged"]);
  assert.equal(status, 2);
  assert.match(out, /^0 keys in 0 files/);
  assert.match(err, /^keyward: \.git: git says: [^\n]+\n$/);
});

test("no list is waited for: one that is no file is said, or counts as git would have it", () => {
  const pipe = folder({ x: KEY });
  execFileSync("mkfifo", [pipe.in(".keywardallow")]);
  const { status, err } = keyward(pipe.path, ["scan"]);
  assert.equal(status, 2);
  assert.match(err, /\.keywardallow: it is no regular file/);
  const ignoring = folder({ x: KEY });
  execFileSync("mkfifo", [ignoring.in(".gitignore")]);
  assert.deepEqual(scanned(ignoring.path, []).paths, ["x"]);
  const endless = folder({ x: KEY });
  symlinkSync("/dev/zero", endless.in(".gitignore"));
  assert.deepEqual(scanned(endless.path, []).paths, ["x"]);
  symlinkSync("/dev/zero", endless.in(".keywardallow"));
  assert.equal(keyward(endless.path, ["scan"]).status, 2);
  const listed = folder({ x: KEY, other: "x\n" });
  symlinkSync("other", listed.in(".gitignore"));
  assert.deepEqual(scanned(listed.path, []).paths, ["x"], "git reads no .gitignore by a link");
});

test("what git-lfs keeps is not waited for either", () => {
  const id = "a".repeat(64);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize 5\n`;
  const repo = repository({ x: pointer });
  repo.git("add", "--all");
  const place = `.git/lfs/objects/aa/aa/${id}`;
  repo.write(`${place}/../other`, "");
  execFileSync("mkfifo", [repo.in(place)]);
  const { status, err } = keyward(repo.path, ["scan", "--staged"]);
  assert.equal(status, 2);
  assert.match(err, /^keyward: x: git-lfs keeps its content elsewhere/);
});

test("a name in whatever writing is shown without the key that is in it", () => {
  // Numbers and the like have something between them.
  const apart = /numbers|bytes of C/;
  const writings = WRITINGS.map(({ name, pieces }) => ({
    name,
    text: pieces(KEY).join(apart.test(name) ? "," : ""),
  }));
  const broken = GAPS.map((gap) => ({
    name: JSON.stringify(gap),
    text: KEY.slice(0, 40) + gap + KEY.slice(40),
  }));
  const tried = [...writings, ...broken].filter(({ text }) => text.length < 240 && !/[\0/]/.test(text));
  assert.ok(tried.length > 20);
  const all = folder();
  for (const { text } of tried) all.write(text, KEY);
  assert.equal(readdirSync(all.path).length, new Set(tried.map(({ text }) => text)).size);
  for (const args of [[], ["--json"], ["--sarif"], ["--verbose"], ["--json", "--exclude", "*"]]) {
    const missing = tried.map(({ text }) => `missing-${text}`);
    const { out, err } = keyward(all.path, ["scan", ".", ...missing, ...args]);
    for (const { name, text } of tried) {
      // Halves of a broken key are not seen by whoever looks for the whole.
      for (const part of [text, BODY, BODY.slice(0, 20), BODY.slice(-20)])
        assert.ok(!`${out}${err}`.includes(part), `${name} ${args}`);
    }
  }
});

test("authors and messages of commits are shown without keys, also if they are broken by what cannot be seen", () => {
  const repo = repository({ x: KEY });
  repo.git("config", "user.name", "x");
  const author = `${OTHER.slice(0, 40)}\u200b${OTHER.slice(40)} <a@example.com>`;
  repo.git("add", "--all");
  repo.git("commit", "--quiet", "--author", author, "--message", `x ${KEY}`);
  for (const args of [[], ["--json"], ["--sarif"]]) {
    const { out } = keyward(repo.path, ["scan", "--history", ...args]);
    assert.ok(!out.includes(OTHER.slice(20, 40)) && !out.includes(OTHER.slice(40)), String(args));
    assert.ok(out.includes(REDACTED));
  }
});

test("a folder is no empty input", () => {
  const { path } = folder();
  for (const args of ["scan -", "redact", "check"]) {
    const { status, stderr } = spawnSync("sh", ["-c", `"$0" ${args} < .`, COMMAND], { cwd: path, env: ENV });
    assert.deepEqual([status, stderr.toString()], [2, "keyward: it is a folder, not a file\n"]);
  }
  const nothing = spawnSync("sh", ["-c", `"$0" scan - < ${devNull}`, COMMAND], { cwd: path, env: ENV });
  assert.equal(nothing.status, 0);
});

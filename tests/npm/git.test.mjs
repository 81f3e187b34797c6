// @ts-check
// What of a git repository `keyward scan` reads.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import yaml from "yaml";
import { path as inProject } from "../../scripts/run.mjs";
import { COMMAND, ENV, folder, KEY, keyward, repository, scanned } from "./command.mjs";

/** Files that all hold a key. @param {string[]} names */
const keys = (...names) => Object.fromEntries(names.map((name) => [name, `${KEY}\n`]));

/** A PATH on which there is no git. */
const NO_GIT = { env: { PATH: "/nowhere" } };

test("what git tracks is scanned whatever .gitignore says, what else is there only if it is not ignored", () => {
  const repo = repository({
    ".gitignore": "build/\n*.log\n!kept.log\n",
    "deep/.gitignore": "local\n",
    ...keys("build/tracked", "a.log"),
  });
  repo.git("add", "--force", ".");
  const rest = ["build/other", "b.log", "kept.log", "deep/local", "new", "own", "everywhere"];
  for (const [name, text] of Object.entries(keys(...rest))) repo.write(name, text);
  repo.write(".git/info/exclude", "own\n");
  const excludes = folder({ excludes: "everywhere\n" });
  repo.git("config", "core.excludesFile", excludes.in("excludes"));
  const expected = ["a.log", "build/tracked", "kept.log", "new"];
  assert.deepEqual(scanned(repo.path, []).paths, expected);
  repo.git("commit", "--quiet", "--message", "x");
  assert.deepEqual(scanned(repo.path, []).paths, expected);
  assert.deepEqual(scanned(repo.in("deep"), ["../build", "../b.log"]).paths, [
    "../build/tracked",
    "../b.log",
  ]);
  assert.equal(scanned(repo.path, ["--no-ignore"]).keys, 9);
});

test("whoever names an ignored folder sees what is in it", () => {
  const repo = repository({ ".gitignore": "modules\n", ...keys("modules/a/x") });
  repo.git("add", ".");
  for (const name of ["modules", "modules/a", "./modules/a/"])
    assert.equal(scanned(repo.path, [name]).keys, 1, name);
  assert.equal(scanned(repo.path, ["."]).keys, 0);
});

test("submodules, nested repositories and work trees are read by their own rules", () => {
  const inner = repository({ ".gitignore": "mine\n", ...keys("x") });
  inner.commit("x");
  const outer = repository({ ".gitignore": "x\n" });
  outer.git("submodule", "--quiet", "add", inner.path, "module");
  outer.git("clone", "--quiet", inner.path, "nested");
  outer.write("module/mine", KEY);
  outer.write("nested/mine", KEY);
  outer.write("plain/x", KEY);
  assert.deepEqual(scanned(outer.path, []).paths, ["module/x", "nested/x"]);
  assert.deepEqual(scanned(outer.in("module"), []).paths, ["x"]);
  outer.commit("x");
  const tree = folder();
  outer.git("worktree", "add", "--quiet", tree.in("tree"));
  tree.write("tree/x", KEY);
  tree.write("tree/y", KEY);
  assert.deepEqual(scanned(tree.in("tree"), []).paths, ["y"]);
  // Also where a hook of another repository has started it.
  const env = { GIT_DIR: inner.in(".git"), GIT_INDEX_FILE: inner.in(".git/index") };
  assert.deepEqual(scanned(tree.in("tree"), [], { env }).paths, ["y"]);
});

test("what is tracked but not in the folder is not missed, and tracked links are not followed", () => {
  const repo = repository(keys("in/x", "out/y", "gone", "replaced/z"));
  symlinkSync("in/x", repo.in("link"));
  repo.commit("x");
  repo.git("sparse-checkout", "set", "--no-cone", "/in/", "/gone", "/replaced/", "/link");
  rmSync(repo.in("gone"));
  rmSync(repo.in("replaced"), { recursive: true });
  repo.write("replaced", KEY);
  const { status, paths, err } = scanned(repo.path, []);
  assert.deepEqual([status, paths, err], [1, ["in/x", "replaced"], ""]);
});

test("outside of a repository .gitignore means what it means to git", () => {
  const tree = folder({
    ".gitignore":
      "\ufeffmarked\r\nLower\n/top\na/*\n!a/kept\nfoo/**/bar\n*.tmp\n!keep.tmp\nonlyfolder/\n\\#hash\n\\!bang\ntrail \nspace\\ \n[ab].c\nq?.d\n**/any\nb/c/\n",
    "sub/.gitignore": "!x.tmp\n/inner\nLOUD\n",
    ...keys(
      "marked",
      "lower",
      "Lower",
      "top",
      "s/top",
      "a/one",
      "a/kept",
      "a/deep/kept",
      "foo/bar",
      "foo/1/2/bar",
    ),
    ...keys(
      "x.tmp",
      "keep.tmp",
      "sub/x.tmp",
      "sub/y.tmp",
      "sub/inner",
      "sub/s/inner",
      "sub/loud",
      "s/onlyfolder/x",
    ),
    ...keys(
      "onlyfolder2/onlyfolder",
      "#hash",
      "!bang",
      "trail",
      "space ",
      "a.c",
      "c.c",
      "q1.d",
      "qé.d",
      "z/any/x",
    ),
    ...keys("b/c/d", "d/b/c/d", ".hidden", "é/x", "Marked"),
  });
  const outside = scanned(tree.path, []).paths;
  tree.git("init", "--quiet");
  const list = ["-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard", "-z"];
  const byGit = tree
    .git(...list)
    .split("\0")
    .filter(Boolean);
  const expected = byGit.filter((name) => !name.endsWith(".gitignore")).sort();
  assert.deepEqual(outside.toSorted(), expected);
  assert.deepEqual(scanned(tree.path, []).paths.toSorted(), expected);
  assert.equal(expected.length, 14);
});

test("where git cannot say what it tracks nothing is left out, and that is said", () => {
  const repo = repository({ ".gitignore": "x\n", ...keys("x") });
  const refuses = { env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" } };
  for (const [options, reason] of /** @type {const} */ ([
    [NO_GIT, /git is not installed\n$/],
    [refuses, /belongs to somebody else/],
  ])) {
    const { status, paths, err } = scanned(repo.path, [], options);
    assert.deepEqual([status, paths], [1, ["x"]]);
    assert.match(
      err,
      /^keyward: what \.gitignore names is scanned, too, since git cannot say what it tracks: /,
    );
    assert.match(err, reason);
  }
  const plain = folder({ ".gitignore": "x\n", ...keys("x") });
  assert.deepEqual(scanned(plain.path, [], NO_GIT).status, 0);
});

test("nothing that a repository configures is started", () => {
  const repo = repository(keys("x"));
  repo.write("program", `#!/bin/sh\ntouch '${repo.in("started")}'\n`);
  chmodSync(repo.in("program"), 0o755);
  repo.commit("x");
  for (const setting of ["core.fsmonitor", "diff.external", "core.pager", "filter.f.clean", "gpg.program"])
    repo.git("-c", "core.fsmonitor=false", "config", setting, repo.in("program"));
  repo.git("-c", "core.fsmonitor=false", "config", "log.showSignature", "true");
  repo.write(".gitattributes", "* filter=f\n");
  for (const args of [[], ["--staged"], ["--history"]]) scanned(repo.path, args);
  assert.ok(!existsSync(repo.in("started")));
});

test("a file whose content git-lfs keeps elsewhere is no clean result; what it keeps here is read", () => {
  const name = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${name}\nsize 12345\n`;
  const repo = repository({ big: pointer });
  repo.git("add", ".");
  for (const args of [[], ["--staged"]]) {
    const { status, err } = keyward(repo.path, ["scan", ...args]);
    assert.equal(status, 2);
    assert.match(err, /^keyward: big: git-lfs keeps its content elsewhere/);
  }
  repo.write(`.git/lfs/objects/4d/7a/${name}`, `\n${KEY}`);
  const { status, findings } = scanned(repo.path, ["--staged"]);
  assert.deepEqual([status, findings[0]?.path, findings[0]?.line], [1, "big", 2]);
});

test("--staged reads what is staged of the paths that are named, from any folder, before the first commit", () => {
  const repo = repository(keys("a/x", "a/y", "b/x"));
  repo.git("add", "a", "b/x");
  repo.write("a/x", "gone again, but staged\n");
  repo.write("a/z", KEY);
  const all = ["a/x", "a/y", "b/x"];
  for (const [cwd, args, expected] of /** @type {[string, string[], string[]][]} */ ([
    [".", [], all],
    ["a", [], all],
    ["a", ["."], ["a/x", "a/y"]],
    ["a", ["../b", "y"], ["a/y", "b/x"]],
    [".", ["a/x"], ["a/x"]],
    [".", [repo.in("b")], ["b/x"]],
    [".", ["a/z"], []],
  ]))
    assert.deepEqual(scanned(repo.in(cwd), ["--staged", ...args]).paths, expected, args.join(" "));
  const missing = keyward(repo.path, ["scan", "--staged", "nowhere"]);
  assert.deepEqual([missing.status, missing.err], [2, "keyward: nowhere: there is no such file or folder\n"]);
  const outside = keyward(repo.path, ["scan", "--staged", ".."]);
  assert.deepEqual([outside.status, outside.err], [2, "keyward: .. is outside of the repository.\n"]);
  const sarif = JSON.parse(keyward(repo.in("a"), ["scan", "--staged", "--sarif", "y"]).out).runs[0];
  assert.equal(sarif.results[0].locations[0].physicalLocation.artifactLocation.uri, "a/y");
});

test("--staged sees renames, changes of type and names of any bytes, and no submodules or deletions", () => {
  const module = repository(keys("m"));
  module.commit("x");
  const repo = repository({ ...keys("moved", "deleted"), typed: "x" });
  repo.commit("x");
  repo.git("mv", "moved", "new name");
  repo.git("rm", "--quiet", "deleted");
  unlinkSync(repo.in("typed"));
  symlinkSync(KEY, repo.in("typed"));
  writeFileSync(Buffer.concat([Buffer.from(repo.in("caf")), Buffer.from([0xe9])]), KEY);
  repo.write("a\nb", KEY);
  repo.git("submodule", "--quiet", "add", module.path, "module");
  repo.git("add", "--all");
  const { status, out, err } = keyward(repo.path, ["scan", "--staged", "--quiet"]);
  assert.deepEqual([status, err], [1, ""]);
  const names = out
    .trim()
    .split("\n")
    .map((line) => line.split(":")[0]);
  assert.deepEqual(names, ["a\\x0ab", "caf\\xe9", "new name", "typed"]);
});

test("--staged starts one process for all contents", () => {
  const repo = repository(keys(...Array.from({ length: 200 }, (_, index) => `f${index}`)));
  repo.git("add", ".");
  const env = { GIT_TRACE: repo.in(".git/trace") };
  assert.equal(scanned(repo.path, ["--staged"], { env }).keys, 200);
  assert.equal(readFileSync(repo.in(".git/trace"), "utf8").match(/built-in: git cat-file/g)?.length, 1);
});

test("--staged in a hook sees what this commit takes, also with `commit -a` and `commit path`", () => {
  const repo = repository({ a: "1", b: "1" });
  repo.commit("x");
  const hook = `#!/bin/sh\nexec '${COMMAND}' scan --staged\n`;
  repo.write(".git/hooks/pre-commit", hook);
  chmodSync(repo.in(".git/hooks/pre-commit"), 0o755);
  const refused = (/** @type {string[]} */ ...args) =>
    assert.throws(() => repo.git("commit", "--message", "y", ...args), /a:1:1 {2}kw_sk_test_\*\*\*JnsL/);
  repo.write("a", KEY);
  refused("--all");
  refused("a");
  repo.write("b", "2");
  repo.git("commit", "--message", "y", "b");
  repo.git("add", "a");
  refused();
});

test("the hook of the manifest for pre-commit finds keys in the files that it is given, whatever their names", () => {
  const [hook] = yaml.parse(readFileSync(inProject(".pre-commit-hooks.yaml"), "utf8"));
  const repo = repository(keys("-x.txt", "a b"));
  repo.write("clean", "");
  symlinkSync(join(dirname(COMMAND), ".."), repo.in("node_modules"));
  const run = (/** @type {string[]} */ ...names) => {
    const [program, ...args] = [...hook.entry.split(" "), ...hook.args, ...names];
    return spawnSync(program, args, { cwd: repo.path, env: ENV, encoding: "utf8" });
  };
  assert.deepEqual(run("clean").status, 0);
  const { status, stdout } = run("-x.txt", "a b", "clean");
  assert.equal(status, 1);
  assert.match(stdout, /^-x\.txt:1:1 .*\na b:1:1 .*\n2 keys in 3 files /);
});

test("--staged and --history say in one sentence why they cannot read", () => {
  const plain = folder();
  const repo = repository();
  const bare = folder();
  bare.git("init", "--quiet", "--bare");
  for (const [cwd, args, options, sentence] of /** @type {[string, string[], object, RegExp][]} */ ([
    [plain.path, ["--staged"], {}, /this folder is in no git repository/],
    [plain.path, ["--history"], {}, /this folder is in no git repository/],
    [repo.path, ["--staged"], NO_GIT, /git is not installed/],
    [repo.path, ["--history"], { env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" } }, /belongs to somebody else/],
    [bare.path, ["--staged"], {}, /nothing can be committed here/],
    [repo.path, ["--staged", "--history"], {}, /not both/],
    [repo.path, ["--staged", "-"], {}, /not standard input/],
  ])) {
    const { status, out, err } = keyward(cwd, ["scan", ...args], options);
    assert.deepEqual([status, out], [2, ""]);
    assert.match(err, /^keyward: [^\n]*\.\n$/);
    assert.match(err, sentence);
  }
});

test("--staged says what is in conflict", () => {
  const repo = repository({ a: "1" });
  repo.commit("1");
  repo.git("checkout", "--quiet", "-b", "side");
  repo.write("a", "2");
  repo.commit("2");
  repo.git("checkout", "--quiet", "main");
  repo.write("a", "3");
  repo.commit("3");
  assert.throws(() => repo.git("merge", "side"));
  const { status, err } = keyward(repo.path, ["scan", "--staged"]);
  assert.deepEqual([status, err], [2, "keyward: a: it is in conflict, so it cannot be committed yet\n"]);
});

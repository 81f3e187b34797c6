// @ts-check
// The command, as `npm install` puts it into a project.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename } from "node:path";
import { test } from "node:test";
import { COMMANDS, COMMON } from "../../pkg/cli/commands.mjs";
import { path as inProject } from "../../scripts/run.mjs";
import { issueVectors, project } from "./project.mjs";
import { sarifOf } from "./sarif.mjs";

const { key: KEY, redacted: REDACTED } = issueVectors.cases[3];
const PK = issueVectors.cases.find((/** @type {any} */ item) => item.kind === "pk").key;
const { path, folder, write } = await project({ ".gitignore": "node_modules\n" });

/** @param {string[]} args @param {{ input?: string | Buffer, cwd?: string }} [options] */
function keyward(args, { input = "", cwd = folder } = {}) {
  const { status, stdout, stderr } = spawnSync(path("node_modules/.bin/keyward"), args, {
    input,
    cwd,
    maxBuffer: 1 << 28,
  });
  for (const text of [stdout, stderr]) {
    if (args[0] !== "redact")
      assert.ok(
        !issueVectors.cases.some((/** @type {any} */ item) => text.includes(item.key)),
        "prints a whole key",
      );
  }
  if (args.includes("--sarif") && stdout.length > 0) sarifOf(stdout.toString());
  return { status, out: stdout.toString(), err: stderr.toString() };
}

test("help and version go to standard output; a wrong call has exit code 2 and one sentence", () => {
  const help = keyward(["--help"]);
  assert.equal(help.status, 0);
  for (const word of ["check", "scan", "redact", "keys", "login", "--color", "Exit codes"])
    assert.ok(help.out.includes(word), word);
  assert.equal(keyward(["help"]).out, help.out);
  for (const [name, words] of Object.entries({ check: "--json", scan: "--staged --sarif", redact: "-h" })) {
    const own = keyward([name, "--help"]);
    assert.deepEqual(keyward(["help", name]), own);
    assert.match(own.out, new RegExp(`^Usage: keyward ${name}`));
    for (const word of [...words.split(" "), "--brand", "Exit codes"])
      assert.ok(own.out.includes(word), word);
    for (const line of [...help.out.split("\n"), ...own.out.split("\n")]) assert.ok(line.length <= 100, line);
  }
  const groups = Object.keys(COMMANDS).map((name) => name.split(" ")[0]);
  for (const name of new Set([...groups, ...Object.keys(COMMANDS)]))
    for (const line of keyward(["help", ...name.split(" ")]).out.split("\n"))
      assert.ok(line.length <= 100, line);
  assert.match(keyward(["-v"]).out, /^\d+\.\d+\.\d+\n$/);
  assert.equal(keyward([]).status, 2);
  for (const args of [
    ["chek"],
    [KEY],
    ["toString"],
    ["scan", "--jsn"],
    ["check", "--sarif"],
    ["scan", "--kinds", "secret"],
    ["scan", "--kinds", ""],
    ["scan", "--brand", ""],
    ["check", "--environment=", KEY],
    ["scan", "--brand", "--json"],
    ["check", "a", "b"],
    ["redact", "a.txt"],
  ]) {
    const { status, out, err } = keyward(args);
    assert.deepEqual([status, out], [2, ""]);
    assert.match(err, /^keyward: .*\.?\n(Try `keyward (\w+ )?--help`\.\n)?$/);
  }
});

test("an option is of one type in all commands, so that it may stand before or behind their names", () => {
  /** @type {Map<string, string>} */
  const types = new Map();
  for (const { options } of [...Object.values(COMMANDS), { options: COMMON }])
    for (const [name, { type, multiple = false, short = "" }] of Object.entries(options)) {
      const found = [type, multiple, short].join();
      assert.equal(types.get(name) ?? found, found, name);
      types.set(name, found);
    }
});

test("the map at the top of main.mjs names every file of the command", () => {
  const [map] = readFileSync(inProject("pkg/cli/main.mjs"), "utf8").split("\nimport ");
  const words = new Set(map.match(/\w+/g));
  const all = readdirSync(inProject("pkg/cli"), { recursive: true, encoding: "utf8" });
  for (const name of all.filter((name) => name !== "main.mjs"))
    assert.ok(words.has(basename(name, ".mjs")), name);
});

test("no command prints a key, whole or damaged, also not as an option, a name or a part of an error", () => {
  const cut = KEY.slice(0, -4);
  const body = KEY.slice("kw_sk_test_".length, 50);
  for (const secret of [KEY, cut]) {
    write(`names/${secret}/${secret}.txt`, `${KEY}\n`);
    for (const args of [
      [secret],
      [`--${secret}`],
      [`-${secret}`],
      [`--json=${secret}`],
      [`--brand=${secret}`],
      ["scan", `--kinds=${secret}`],
      ["scan", `--environment`, secret],
      ["scan", secret],
      ["scan", `missing/${secret}`],
      ["scan", `names/${secret}`],
      ["scan", "--json", `names/${secret}`, secret],
      ["scan", "--sarif", `names/${secret}`, secret],
      ["scan", "--staged", secret],
      ["check", secret],
      ["check", "--json", `${secret}x`],
      ["check", secret, secret],
      ["redact", secret],
      ["help", secret],
    ]) {
      const { out, err } = keyward(args);
      assert.ok(!`${out}${err}`.includes(body), args.join(" ").replaceAll(body, "…"));
      assert.ok(`${out}${err}` !== "");
    }
  }
  const sarif = keyward(["scan", "--sarif", `names/${KEY}`]).out;
  assert.equal(JSON.parse(sarif).runs[0].results.length, 1);
  assert.match(
    keyward(["scan", `names/${KEY}`]).out,
    /^names\/kw_sk_test_\*{3}JnsL\/kw_sk_test_\*{3}JnsL\.txt:1:1 /,
  );
  assert.match(keyward(["scan", "--jsn"]).err, /'--jsn'/);
  rmSync(path("names"), { recursive: true });
});

test("check reads a key from the arguments or from standard input, with white space around it", () => {
  for (const result of [
    keyward(["check", KEY]),
    keyward(["check"], { input: `\n ${KEY}\r\n` }),
    keyward(["check", "-"], { input: KEY }),
  ]) {
    assert.equal(result.status, 0);
    assert.match(result.out, /^well-formed: kw_sk_test_\*\*\*JnsL\n/);
    assert.ok(!/\bis valid\b(?!, only the server)/.test(result.out));
  }
  const bad = keyward(["check", "--json"], { input: `${KEY}x` });
  assert.equal(bad.status, 1);
  assert.deepEqual(JSON.parse(bad.out).code, "key.bad_length");
  assert.equal(JSON.parse(keyward(["check", "--json", KEY]).out).redacted, REDACTED);
  assert.equal(keyward(["check", "--kinds", "pk,pat", KEY]).status, 1);
});

test("redact passes every byte that is of no key, whatever the encoding", () => {
  const noise = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256));
  const input = Buffer.concat([noise, Buffer.from(` ${KEY}\n`), noise, Buffer.from(KEY)]);
  const { status, stdout } = spawnSync(path("node_modules/.bin/keyward"), ["redact"], {
    input,
    maxBuffer: 1 << 24,
  });
  assert.equal(status, 0);
  assert.deepEqual(
    stdout,
    Buffer.concat([noise, Buffer.from(` ${REDACTED}\n`), noise, Buffer.from(REDACTED)]),
  );
});

test("scan names file, line and column; honours .gitignore, reads whatever encoding, follows no links", () => {
  write("a/.gitignore", "secret*\n!secret-not\nbuild/\n");
  for (const name of ["a/secret.txt", "a/build/x", "a/secret-not", "a/src/x.js", ".git/config-like"])
    write(name, `1\n🔑 é "${KEY}"\n`);
  write("a/binary.dat", `\0${KEY}`);
  write("a/pk.html", `<i>${PK}</i>`);
  symlinkSync(path("a/secret.txt"), path("a/link"));
  writeFileSync(path("a/utf16.txt"), Buffer.from(`\ufeffx ${KEY}`, "utf16le"));
  const { status, out, err } = keyward(["scan"]);
  assert.deepEqual([status, err], [1, ""]);
  const lines = [
    `a/binary.dat:1:1  ${REDACTED}`,
    "a/pk.html:1:4  acme_pk_live_***L72E",
    `a/secret-not:2:7  ${REDACTED}`,
    `a/src/x.js:2:7  ${REDACTED}`,
    `a/utf16.txt:1:3  ${REDACTED}`,
  ];
  assert.equal(out.split("\n").slice(0, 5).join("\n"), lines.join("\n"));
  assert.match(out, /5 keys in \d+ files \(.* KB\)\nRevoke/);
  assert.equal(keyward(["scan", "--kinds", "pat"]).status, 0);
  assert.equal(keyward(["scan", "a/secret.txt"]).status, 1, "what is named itself is scanned");
  assert.match(keyward(["scan", "--no-ignore", "a"]).out, /a\/build\/x:2:7/);
  assert.match(keyward(["scan", "src"], { cwd: path("a") }).out, /^src\/x\.js:2:7 /);
});

test("scan finds keys that straddle the pieces in which a long file is read", () => {
  const before = "é23456789\n".repeat(190_650);
  for (const at of [(1 << 20) - 30, (1 << 20) - 1, 1 << 20]) {
    const text = `${Buffer.from(before).subarray(0, at).toString("latin1").slice(0, -1)} `;
    writeFileSync(
      path("a/long.txt"),
      Buffer.concat([Buffer.from(text, "latin1"), Buffer.from(`${KEY}\n${KEY}`)]),
    );
    const found = JSON.parse(keyward(["scan", "--json", "a/long.txt"]).out).findings;
    const whole = Buffer.from(text, "latin1").toString();
    const line = whole.split("\n").length;
    const column = whole.length - whole.lastIndexOf("\n");
    assert.deepEqual(
      found.map((/** @type {any} */ f) => [f.line, f.column]),
      [
        [line, column],
        [line + 1, 1],
      ],
    );
  }
});

test("damaged keys are reported as such and counted apart, at a lower level in SARIF, with exit code 1", () => {
  const [cut, wrong] = [KEY.slice(0, -3), `${KEY.slice(0, -1)}0`];
  write("d/only.txt", cut);
  write("d/sample.txt", `${KEY.slice(0, -6)}000000\n`);
  const { status, out } = keyward(["scan", "d"]);
  assert.equal(status, 1);
  assert.match(out, /^d\/only\.txt:1:1 {2}kw_sk_test_\*\*\* {2}damaged\n0 keys and 1 damaged key in 2 files/);
  const input = `${KEY}\n"${wrong}"\n${PK.slice(0, -1)}`;
  const json = JSON.parse(keyward(["scan", "--json", "-"], { input }).out);
  assert.deepEqual([json.keys, json.damaged], [1, 2]);
  assert.deepEqual(
    json.findings.map((/** @type {any} */ f) => [f.line, f.column, f.damaged, f.redacted]),
    [
      [1, 1, false, REDACTED],
      [2, 2, true, "kw_sk_test_***"],
      [3, 1, true, "acme_pk_live_***"],
    ],
  );
  const { results, tool } = JSON.parse(keyward(["scan", "--sarif", "-"], { input }).out).runs[0];
  assert.deepEqual(
    results.map((/** @type {any} */ r) => [r.level, r.ruleId, tool.driver.rules[r.ruleIndex].id]),
    [
      ["error", "keyward/key", "keyward/key"],
      ["warning", "keyward/damaged-key", "keyward/damaged-key"],
      ["note", "keyward/damaged-key", "keyward/damaged-key"],
    ],
  );
  const redacted = keyward(["redact"], { input: `a ${cut}\nb ${wrong}\nc ${cut}` });
  assert.deepEqual(
    [redacted.status, redacted.out],
    [0, "a kw_sk_test_***\nb kw_sk_test_***\nc kw_sk_test_***"],
  );
});

test("SARIF names rule, place and redacted key", () => {
  const { runs, version } = JSON.parse(keyward(["scan", "--sarif", "a/src", "-"], { input: KEY }).out);
  assert.equal(version, "2.1.0");
  const [first] = runs[0].results;
  assert.equal(runs[0].tool.driver.rules[first.ruleIndex].id, first.ruleId);
  assert.deepEqual(first.locations[0].physicalLocation, {
    artifactLocation: { uri: "a/src/x.js" },
    region: { startLine: 2, startColumn: 7 },
  });
  assert.equal(runs[0].results.length, 2);
});

test("what cannot be read is no clean result", () => {
  const { status, out, err } = keyward(["scan", "missing", "a/src"]);
  assert.equal(status, 2);
  assert.equal(err, "keyward: missing: there is no such file or folder\n");
  assert.deepEqual(
    keyward(["scan", "./missing", "missing", "a/src"]),
    { status, out, err },
    "it is said once",
  );
});

test("names are shown without control characters, read whatever their bytes, and valid relative addresses in SARIF", () => {
  const names = {
    "a\u001b[2Jb\n.txt": "n/a\\x1b[2Jb\\x0a.txt",
    "\u202egpj.txt": "n/\\u202egpj.txt",
    "c#d?e:f %20[é].txt": "n/c#d?e:f %20[é].txt",
    "-": "n/-",
  };
  for (const name of Object.keys(names)) write(`n/${name}`, `${KEY}\n`);
  const latin1 = Buffer.concat([Buffer.from(path("n/caf")), Buffer.from([0xe9])]);
  writeFileSync(latin1, KEY);
  write("n2/inner/x", "");
  const expected = [...Object.values(names), "n/caf\\xe9"].map((name) => `${name}:1:1  ${REDACTED}`).sort();
  const { status, out, err } = keyward(["scan", "n"]);
  assert.deepEqual([status, err, out.split("\n").slice(0, 5).sort()], [1, "", expected]);
  // The shell names it by its bytes, too.
  const shell = spawnSync("sh", ["-c", 'exec "$0" scan n/caf*', path("node_modules/.bin/keyward")], {
    cwd: folder,
  });
  assert.deepEqual([shell.status, shell.stderr.toString()], [1, ""]);
  const json = JSON.parse(keyward(["scan", "--json", "n"]).out);
  for (const name of Object.keys(names))
    assert.ok(
      json.findings.some((/** @type {any} */ finding) => finding.path === `n/${name}`),
      name,
    );
  const sarif = keyward(["scan", "--sarif", "../../n", "no such#file"], { cwd: path("n2/inner") });
  assert.equal(sarif.status, 2);
  const { results, invocations } = JSON.parse(sarif.out).runs[0];
  const uri = (/** @type {any} */ { locations }) => locations[0].physicalLocation.artifactLocation.uri;
  const uris = [
    "../../n/%E2%80%AEgpj.txt",
    "../../n/-",
    "../../n/a%1B%5B2Jb%0A.txt",
    "../../n/c%23d%3Fe%3Af%20%2520%5B%C3%A9%5D.txt",
    "../../n/caf%E9",
  ];
  assert.deepEqual(results.map(uri).sort(), uris);
  const [missing] = invocations[0].toolExecutionNotifications;
  assert.deepEqual([missing.level, uri(missing)], ["error", "no%20such%23file"]);
  assert.equal(invocations[0].executionSuccessful, false);
  // A file is told from what is piped in, also where it is scanned from its own folder.
  for (const args of [[], ["-", "./-"]]) {
    const own = keyward(["scan", "--exclude", "*", "--exclude", "!-", ...args], { cwd: path("n") });
    assert.deepEqual([own.status, own.out.split("\n")[0]], [1, `./-:1:1  ${REDACTED}`]);
  }
  for (const folder of ["n", "n2"]) rmSync(path(folder), { recursive: true });
});

test("a file that is named twice, also by a link or another way, is reported once", () => {
  write("twice/x.txt", KEY);
  symlinkSync("x.txt", path("twice/link"));
  symlinkSync("twice", path("way"));
  const { status, out } = keyward([
    "scan",
    "way/x.txt",
    "./twice",
    "twice/link",
    "twice//x.txt",
    path("twice"),
  ]);
  assert.equal(status, 1);
  assert.match(out, /^way\/x\.txt:1:1 {2}\S+\n1 key in 1 file /);
  assert.match(keyward(["scan", "twice/link"]).out, /^twice\/link:1:1 /);
  assert.match(keyward(["scan", "way"]).out, /^way\/x\.txt:1:1 /);
  rmSync(path("twice"), { recursive: true });
  rmSync(path("way"));
});

test("a byte order mark is no column", () => {
  for (const bytes of [Buffer.from(`\ufeff${KEY}\n${KEY}`), Buffer.from(`\ufeff${KEY}\n${KEY}`, "utf16le")]) {
    writeFileSync(path("bom.txt"), bytes);
    assert.match(keyward(["scan", "bom.txt"]).out, /^bom\.txt:1:1 .*\nbom\.txt:2:1 /);
  }
});

test("what is no file is not waited for and said, and a folder that cannot be read hides no other", () => {
  write("odd/z.txt", KEY);
  execFileSync("mkfifo", [path("odd/pipe")]);
  for (const args of [["odd"], ["odd/pipe", "odd/z.txt"]]) {
    const { status, out, err } = keyward(["scan", ...args]);
    assert.equal(status, 2);
    assert.match(out, /^odd\/z\.txt:1:1 /);
    assert.match(err, /^keyward: odd\/pipe: it is no regular file/);
  }
  assert.equal(keyward(["scan", "/dev/null"]).status, 2);
  assert.equal(keyward(["scan", "-"], { input: KEY }).status, 1);
  rmSync(path("odd"), { recursive: true });
});

test("a closed pipe does not turn findings into a clean result", () => {
  write("many.txt", `${KEY}\n`.repeat(20_000));
  const script = '{ "$0" scan many.txt; echo "code $?" >&2; } | true';
  const { stderr } = spawnSync("sh", ["-c", script, path("node_modules/.bin/keyward")], { cwd: folder });
  assert.equal(stderr.toString(), "code 1\n");
  rmSync(path("many.txt"));
});

test("a result that cannot be written is no clean one", { skip: !existsSync("/dev/full") }, () => {
  const { stderr } = spawnSync(
    "sh",
    ["-c", '"$0" scan bom.txt > /dev/full; echo "code $?" >&2', path("node_modules/.bin/keyward")],
    { cwd: folder },
  );
  assert.match(stderr.toString(), /^keyward: the result could not be written: .*\ncode 2\n$/);
});

test("--staged reads what the next commit would hold", () => {
  mkdirSync(path("repo/sub"), { recursive: true });
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: path("repo"), stdio: "pipe" });
  git("init", "--quiet");
  write("repo/sub/a b.txt", `${KEY}\n`);
  git("add", ".");
  write("repo/sub/a b.txt", "gone again, but staged\n");
  write("repo/unstaged.txt", KEY);
  const { status, out } = keyward(["scan", "--staged"], { cwd: path("repo/sub") });
  assert.equal(status, 1);
  assert.match(out, /^sub\/a b\.txt:1:1 {2}kw_sk_test_\*\*\*JnsL\n1 key in 1 file/);
  git("add", ".");
  git("reset", "--quiet", "unstaged.txt");
  assert.equal(keyward(["scan", "--staged"], { cwd: path("repo") }).status, 0);
});

test("colour is for people at a terminal, or as --color, NO_COLOR and FORCE_COLOR say, in this order", () => {
  write("color.txt", KEY);
  const colored = (/** @type {string[]} */ options, /** @type {Record<string, string>} */ env = {}) => {
    const { stdout } = spawnSync(path("node_modules/.bin/keyward"), ["scan", "color.txt", ...options], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
    });
    return stdout.includes("\x1b[");
  };
  assert.equal(colored([]), false);
  for (const options of [["--color"], ["--color", "--no-ignore"], ["--color=always"], ["--color", "always"]])
    assert.equal(colored(options, { NO_COLOR: "1" }), true, options.join(" "));
  assert.equal(colored([], { FORCE_COLOR: "1" }), true);
  assert.equal(colored([], { FORCE_COLOR: "0" }), false);
  assert.equal(colored([], { FORCE_COLOR: "1", NO_COLOR: "1" }), false);
  assert.equal(colored(["--color", "never"], { FORCE_COLOR: "1" }), false);
  assert.equal(colored(["--json"], { FORCE_COLOR: "1" }), false);
  assert.match(
    keyward(["scan", "--color=red", "color.txt"]).err,
    /^keyward: --color takes always, never or auto\.\n$/,
  );
  rmSync(path("color.txt"));
});

test("a slip in a command or an option is answered by what was meant", () => {
  assert.match(
    keyward(["chek"]).err,
    /^keyward: There is no such command: did you mean check\?\nTry `keyward --help`\.\n$/,
  );
  assert.match(keyward(["scan", "--stagd"]).err, /: did you mean --staged\?\n/);
  assert.match(keyward(["scan", "--zzzzzz"]).err, /'--zzzzzz'\.\n/);
  assert.match(keyward(["check", "--sarif"]).err, /has no option --sarif\.\nTry `keyward check --help`\.\n$/);
});

test("the system's errors are told in words, not by their codes", () => {
  write("file", "");
  symlinkSync("loop", path("loop"));
  for (const [name, words] of Object.entries({
    nowhere: "there is no such file or folder",
    "file/x": "there is no such file or folder: a part of the path is a file",
    loop: "its symbolic links lead in a circle",
    ["x".repeat(300)]: "the name is too long",
  })) {
    const { status, err } = keyward(["scan", name]);
    assert.deepEqual([status, err], [2, `keyward: ${name}: ${words}\n`]);
  }
  rmSync(path("loop"));
});

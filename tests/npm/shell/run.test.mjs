// @ts-check
// `keyward run`: a command with secrets, whose output has none.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { createMask } from "../../../pkg/cli/run/replace.mjs";
import { keyward, path, started, write } from "../asked.mjs";
import { issueVectors } from "../project.mjs";

const { key: KEY, redacted: REDACTED } = issueVectors.cases[3];
const ROOT = "kwroot_0123456789abcdef0123456789abcdef";

/** @param {string[]} args @param {Parameters<typeof keyward>[1]} [surroundings] */
const run = (args, surroundings = {}) => keyward(["run", ...args], { ...surroundings, secrets: [KEY, ROOT] });

test("keys are redacted in what a command puts out, on both streams, also over the borders of pieces", async () => {
  write(
    "halves.mjs",
    `
    const key = process.env.API_KEY;
    for (const stream of [process.stdout, process.stderr]) {
      await new Promise((resolve) => stream.write("before " + key.slice(0, 20), resolve));
      stream.write(key.slice(20) + " after\\n");
      stream.write(Buffer.from(key).toString("base64") + "\\n");
    }`,
  );
  const { status, out, err } = await run(["--env", "API_KEY", "--", process.execPath, "halves.mjs"], {
    env: { API_KEY: KEY },
  });
  assert.equal(status, 0, err);
  for (const text of [out, err]) {
    assert.ok(text.startsWith("before *** after\n"), text);
    assert.ok(!Buffer.from(text.split("\n")[1], "base64").toString().includes(KEY.slice(14)), text);
  }
});

test("a key that nobody has told it about is redacted as `redact` does", async () => {
  const { out } = await run(["--", "sh", "-c", 'echo "key=$PLAIN"'], { env: { PLAIN: KEY } });
  assert.equal(out, `key=${REDACTED}\n`);
});

test("what else is given as a secret is taken out, too, whatever it looks like, and what is no secret passes unchanged", async () => {
  const { out } = await run(
    ["--env", "TOKEN=OTHER", "--", "sh", "-c", 'printf "%s|%s|caf\\351" "$TOKEN" "$PLAIN"'],
    {
      env: { OTHER: ROOT, PLAIN: "seen" },
    },
  );
  assert.equal(out, "***|seen|caf\ufffd");
});

test("a secret comes from standard input, from another variable or from a profile, and never as an argument", async () => {
  const piped = await run(
    ["--env", "TOKEN=-", "--", "sh", "-c", 'test "$TOKEN" = "$WANTED" && cat | wc -c'],
    { input: `${ROOT}\n`, env: { WANTED: ROOT } },
  );
  assert.deepEqual([piped.status, piped.out.trim()], [0, "0"]);
  const missing = await run(["--env", "NOWHERE", "--", "true"]);
  assert.deepEqual(
    [missing.status, missing.err],
    [2, "keyward: The environment variable NOWHERE is not set.\n"],
  );
  assert.match((await run(["--env", "A=profile", "--", "true"])).err, /There is no such profile here/);
  assert.match((await run(["--env", "A=-", "--env", "B=-", "--", "true"])).err, /Only one variable/);
});

test("nobody sees a secret among the arguments of any process", async () => {
  write("ps.sh", `ps -ww -A -o args; cat /proc/$PPID/cmdline | tr '\\0' ' '`);
  const child = started(["run", "--env", "TOKEN=-", "--", "sh", "ps.sh"], {});
  child.stdin.end(ROOT);
  let out = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  await once(child, "close");
  assert.ok(out.includes("TOKEN=-"), out);
  assert.ok(!out.includes(ROOT) && !out.includes("***"), out);
});

test("it ends with the command's exit code, or by the signal that the command ended by", async () => {
  assert.equal((await run(["--", "sh", "-c", "exit 7"])).status, 7);
  assert.equal((await run(["--", "no-such-program-here"])).status, 127);
  write("not-executable", "");
  assert.equal((await run(["--", "./not-executable"])).status, 126);
  const child = started(["run", "--", "sh", "-c", "kill -TERM $$"], {});
  assert.deepEqual(await once(child, "close"), [null, "SIGTERM"]);
});

test("signals are passed on, and the command decides", async () => {
  const child = started(
    ["run", "--", "sh", "-c", "trap 'echo got it; exit 3' TERM; echo ready; while :; do sleep 0.05; done"],
    {},
  );
  let out = "";
  child.stdout.on("data", (data) => {
    if (out === "") child.kill("SIGTERM");
    out += data;
  });
  assert.deepEqual(await once(child, "close"), [3, null]);
  assert.equal(out, "ready\ngot it\n");
});

test("a reader that has had enough ends the command as it would without us", () => {
  const script = '"$0" run -- yes | head -n 1';
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, path("node_modules/.bin/keyward")]);
  assert.deepEqual([status, stdout.toString(), stderr.toString()], [0, "y\n", ""]);
});

test("a question without an end of line is seen before it is answered", async () => {
  const child = started(["run", "--", "sh", "-c", 'printf "Go on? "; read answer; echo "$answer"'], {});
  let out = "";
  child.stdout.on("data", (data) => {
    if (out === "") child.stdin.end("yes\n");
    out += data;
  });
  await once(child, "close");
  assert.equal(out, "Go on? yes\n");
});

test("a text is masked wherever it is parted, the longest first, and what only begins like it is not lost", () => {
  const text = "xx secret secretly se secre secretl secretly";
  for (let at = 0; at <= text.length; at += 1)
    for (let to = at; to <= text.length; to += 1) {
      const mask = createMask(["secret", "secretly"]);
      const out =
        mask.push(text.slice(0, at)) + mask.push(text.slice(at, to)) + mask.push(text.slice(to)) + mask.end();
      assert.equal(out, "xx *** *** se secre ***l ***", `${at} ${to}`);
    }
  const none = createMask([]);
  assert.equal(none.push("a") + none.end(), "a");
});

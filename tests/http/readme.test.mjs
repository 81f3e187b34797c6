// @ts-check
// The README's commands work as they are written, given the server's address and root key: pasted into bash, and into zsh,
// which takes no comments on its command line.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { path, run } from "../../scripts/run.mjs";
import { shells } from "../../scripts/shells.mjs";
import { start } from "./harness.mjs";

/** @param {string} document */
const blocksOf = (document) =>
  [...readFileSync(path(document), "utf8").matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);

const [, withCurl, withCommand, ...more] = blocksOf("README.md");
const there = await shells("zsh");

/** Shells, as somebody types into them. @type {Record<string, string[]>} */
const TYPED = { bash: ["--norc", "--noprofile", "-i"], ...(there.zsh && { zsh: ["-f", "-i"] }) };

/** @param {string} shell @param {string} block @param {import("./harness.mjs").Options & { url: string, rootKey: string }} server */
async function paste(shell, block, { url, rootKey }) {
  const env = {
    ...process.env,
    KEYWARD: url,
    ROOT: rootKey,
    PS1: "",
    PS2: "",
    HISTFILE: "",
    HOME: "/nonexistent",
  };
  const child = spawn(shell, TYPED[shell], { cwd: path("."), env });
  child.stdin.end(block);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  assert.doesNotMatch(err, /command not found|no matches found|parse error|syntax error/, err);
  return { out, err };
}

for (const shell of Object.keys(TYPED)) {
  test(`the README's commands create, list, verify, revoke and refuse a key, pasted into ${shell}`, async () => {
    assert.deepEqual(more, []);
    const server = await start();
    after(() => server.stop());
    const { out } = await paste(shell, withCurl, server);
    const answers = out.split(/(?<=\})\s*(?=\{)/).map((answer) => JSON.parse(answer));
    const [organization, key, list, valid, revoked, refused] = answers;
    assert.equal(organization.id, "acme");
    assert.match(key.token, /^kw_sk_test_1/);
    assert.deepEqual(
      list.keys.map((/** @type {any} */ item) => item.id),
      [key.id],
    );
    assert.deepEqual([valid.valid, valid.key.title], [true, "CI deploys"]);
    assert.equal(revoked.status, "revoked");
    const named = { id: key.id, owner: { type: "organization", id: "acme" } };
    const { as_of, ...told } = refused;
    assert.deepEqual(told, { valid: false, code: "revoked", key: named, max_staleness_seconds: 0 });
    assert.ok(as_of >= revoked.revoked_at);

    const shown = await paste(shell, withCommand, server);
    assert.match(shown.out, /^id +globex\n/);
    assert.match(
      shown.out,
      /\n(apk_\w+) +CI deploys +kw_sk_test_\*\*\*.* active .*\nverdict +valid\n.*\nverdict +revoked\n/s,
    );
    assert.match(
      shown.err,
      /Created “CI deploys” \(apk_\w+\) of organization globex\. Its text is shown this once:/,
    );
  });
}

test("no line that is pasted into a shell has a comment, in any document: zsh would run it", async () => {
  const { stdout } = await run("git", ["ls-files", "-z", "--", "*.md"], { cwd: path(".") });
  const documents = stdout.split("\0").filter(Boolean);
  assert.ok(documents.includes("pkg/README.md"));
  for (const document of documents) {
    const indented =
      readFileSync(path(document), "utf8").match(
        /^ {4}(?:[A-Z_]+=\S+ )*(npm|npx|node|cargo|git|keyward) .*$/gm,
      ) ?? [];
    for (const line of [...blocksOf(document).flatMap((block) => block.split("\n")), ...indented])
      assert.ok(!/(^|\s)#(?!!)/.test(line), `${document}: ${line}`);
  }
});

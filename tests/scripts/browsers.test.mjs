// @ts-check
// What happens where a browser of the tests cannot be had.
import assert from "node:assert/strict";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";

const SCRIPT = `
  import { browsers } from ${JSON.stringify(path("scripts/browsers.mjs"))};
  const found = await browsers(...process.argv.slice(1)).catch(({ message }) => message);
  console.log(JSON.stringify(found));
`;

/** Asks for browsers where no program is found, apt-get neither. @param {string[]} names @param {NodeJS.ProcessEnv} env */
async function ask(names, env) {
  const args = ["--input-type=module", "--eval", SCRIPT, ...names];
  const { stdout } = await run(process.execPath, args, { env: { PATH: "/nowhere", ...env } });
  const lines = stdout.trim().split("\n");
  return { said: lines.slice(0, -1).join("\n"), found: JSON.parse(lines.at(-1) ?? "") };
}

test("without Firefox or WebKit the others are used, and it is said what is missing and how to get it", async () => {
  const { said, found } = await ask(["firefox", "webkit"], { FIREFOX_BIN: process.execPath });
  assert.deepEqual(found, { FIREFOX_BIN: process.execPath });
  assert.match(said, /^WebKit is left out\. .*apt-get install webkit2gtk-driver xvfb/m);
  assert.doesNotMatch(said, /Firefox/);
});

test("on CI a browser that cannot be had is an error", async () => {
  for (const [name, title] of [
    ["firefox", "Firefox"],
    ["webkit", "WebKit"],
  ]) {
    const { found } = await ask([name ?? ""], { CI: "true" });
    assert.match(found, new RegExp(`^The tests in ${title} need it`));
  }
});

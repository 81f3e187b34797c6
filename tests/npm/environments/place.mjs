// @ts-check
// Projects as users have them: each a copy of a folder in projects/, with the package from its tarball and the real tools.
import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { transform } from "esbuild";
import { environments } from "../../../scripts/environments.mjs";
import { path, run } from "../../../scripts/run.mjs";
import { casesModule, issueVectors, parseVectors, tarball } from "../project.mjs";

/**
 * An environment that pkg/README.md names, and the proof that the package runs in it.
 * @typedef {object} Environment
 * @property {string} name
 * @property {string} [version] of what was installed for the test
 * @property {string} how what works there
 * @property {(t: import("node:test").TestContext) => Promise<void>} prove
 */

/** What `ask` of questions.mjs answers where everything is right. */
export const ALL = { cases: parseVectors.cases.length + issueVectors.cases.length, failures: [] };

/** @param {string} folder */
const isOld = (folder) =>
  Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 24 * 60 * 60 * 1000;

/** @param {string} folder @returns {Record<string, { version: string }>} */
const locked = (folder) => JSON.parse(readFileSync(path(folder, "package-lock.json"), "utf8")).packages;
const lock = locked("tests/npm/environments");

/** The version of a tool. @param {string} name @param {typeof lock} [packages] */
export const version = (name, packages = lock) => packages[`node_modules/${name}`].version;

/** The version of a tool that the project itself has. @param {string} name */
export const versionHere = (name) => version(name, locked("."));

/** @type {Promise<{ tools: string, folder: string }> | undefined} */
let prepared;
// Not in `prepare`, where it would be the end of the test that comes first.
after(async () => prepared && rmSync((await prepared).folder, { recursive: true, force: true }));

/** A folder in which the package is installed, inside the one with the tools. */
async function prepare() {
  const tools = await environments();
  // Of tests that were ended before they could clean up.
  for (const left of readdirSync(tools).filter((name) => name.startsWith("run-")))
    if (isOld(join(tools, left))) rmSync(join(tools, left), { recursive: true, force: true });
  const folder = mkdtempSync(join(tools, "run-"));
  const installed = join(folder, "node_modules", "keyward");
  mkdirSync(installed, { recursive: true });
  const tar = ["-xzf", await tarball(), "--strip-components=1"];
  const { code, output } = await run("tar", tar, { cwd: installed });
  assert.equal(code, 0, output);
  return { tools, folder };
}

/** The folder of the installed package. */
export async function installed() {
  prepared ??= prepare();
  return join((await prepared).folder, "node_modules", "keyward");
}

/** A page that begins with a script. @param {string} script */
const page = (script) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>user</title>
  </head>
  <body>
    <script type="module" src="${script}"></script>
  </body>
</html>
`;

/** Lays a project. @param {string} name of its folder in projects/ @param {string} [script] what its page begins with */
export async function lay(name, script) {
  prepared ??= prepare();
  const { tools, folder } = await prepared;
  const place = mkdtempSync(join(folder, `${name}-`));
  cpSync(path("tests/npm/environments/projects", name), place, { recursive: true });
  /** @type {Record<string, string>} */
  const written = {
    "package.json": JSON.stringify({ name: "user", private: true, dependencies: { keyward: "*" } }),
    ...(script && { "index.html": page(script) }),
  };
  const questions = readFileSync(path("tests/npm/environments/questions.mjs"), "utf8");
  for (const [module, text] of Object.entries({ cases: casesModule(), questions })) {
    const { code } = await transform(text, { format: "cjs" });
    Object.assign(written, { [`${module}.mjs`]: text, [`${module}.cjs`]: code.replaceAll(".mjs", ".cjs") });
  }
  for (const [file, text] of Object.entries(written)) writeFileSync(join(place, file), text);
  /** @param {string[]} parts */
  const tool = (...parts) => join(tools, "node_modules", ...parts);

  /** Runs a program in the project, which must succeed; gives what it has written. @param {string} program @param {string[]} args */
  async function succeed(program, ...args) {
    const { code, output, stdout } = await run(program, args, {
      cwd: place,
      env: { ...process.env, ...QUIETLY },
    });
    assert.equal(code, 0, output);
    return { output, stdout };
  }
  return {
    folder: place,
    tool,
    run: succeed,
    /** Runs a package's program with Node. @param {string} file in node_modules @param {string[]} args */
    node: (file, ...args) => succeed(process.execPath, tool(file), ...args),
  };
}

/** No tool asks its maker for anything, or tells. Tests of other runners are none of node:test's. */
const QUIETLY = {
  ALL: JSON.stringify(ALL),
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
  FORCE_COLOR: undefined,
  NEXT_TELEMETRY_DISABLED: "1",
  NODE_TEST_CONTEXT: undefined,
  NO_COLOR: "1",
};

/** That a program has written what `say` of questions.mjs writes where everything is right. @param {{ stdout: string }} ended */
export const right = ({ stdout }) => assert.deepEqual(JSON.parse(stdout), ALL);

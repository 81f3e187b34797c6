// @ts-check
// The package as its users get it: packed by `npm pack`, installed into temporary projects outside of this one.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { path, run } from "../../scripts/run.mjs";

const temporary = mkdtempSync(join(tmpdir(), "keyward-npm-"));
after(() => rmSync(temporary, { recursive: true, force: true }));

/** @param {string} name @returns {any} */
const vectors = (name) => JSON.parse(readFileSync(path("tests/vectors", name), "utf8"));
export const parseVectors = vectors("parse.v1.json");
export const issueVectors = vectors("issue.v1.json");
export const scanVectors = vectors("scan.v1.json");

/** @type {Promise<string> | undefined} */
let packed;

/** The tarball that would be published. */
export const tarball = () => (packed ??= pack());

async function pack() {
  const { code, output } = await npm(["pack", "--json", "--pack-destination", temporary], path("pkg"));
  if (code !== 0) throw new Error(output);
  return join(temporary, output.match(/"filename": "([^"]+\.tgz)"/)?.[1] ?? "none");
}

/** @param {string[]} args @param {string} cwd */
const npm = (args, cwd) =>
  run("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd });

/**
 * A new project with these files and the package installed.
 * @param {Record<string, string>} files
 */
export async function project(files) {
  const folder = mkdtempSync(join(temporary, "project-"));
  /** @param {string} name @param {string} text */
  const write = (name, text) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write("package.json", JSON.stringify({ name: "user", private: true }));
  for (const [name, text] of Object.entries(files)) write(name, text);
  const { code, output } = await npm(["install", "--offline", await tarball()], folder);
  if (code !== 0) throw new Error(output);
  return { folder, write, path: (/** @type {string} */ name) => join(folder, name) };
}

/** The installed package as an ES module. @returns {Promise<typeof import("keyward")>} */
export async function installed() {
  const { path } = await project({ "load.mjs": 'export * from "keyward";' });
  return import(pathToFileURL(path("load.mjs")).href);
}

/** The same, as it is loaded where there is neither WebAssembly nor TextEncoder: its core is JavaScript. */
export async function installedPlain() {
  const { WebAssembly, TextEncoder } = globalThis;
  for (const name of ["WebAssembly", "TextEncoder"]) Reflect.deleteProperty(globalThis, name);
  try {
    return await installed();
  } finally {
    Object.assign(globalThis, { WebAssembly, TextEncoder });
  }
}

/** Both builds of the core, by name. */
export const builds = async () =>
  Object.entries({ WebAssembly: await installed(), JavaScript: await installedPlain() });

/** What runs the vectors in every place, with the vectors, as one module. */
export const casesModule = () =>
  `${readFileSync(path("tests/npm/cases.mjs"), "utf8")}
export const parseVectors = ${JSON.stringify(parseVectors)};
export const issueVectors = ${JSON.stringify(issueVectors)};`;

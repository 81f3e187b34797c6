// @ts-check
// The licences of what a package of ours has in its files: they ask for their texts to go with every copy.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { path, run, Stop } from "./run.mjs";
import { TARGET } from "./wasm.mjs";

/** Of a choice the shortest: MIT's. The text of Apache-2.0 is long, and in our own files anyway. */
const NAMES = [/^licen[cs]e-mit/i, /^licen[cs]e/i, /^unlicense/i, /^copying/i];

/** @param {string} name @param {string} folder */
function notice(name, folder) {
  const files = readdirSync(folder);
  const file = NAMES.map((pattern) => files.find((each) => pattern.test(each))).find(Boolean);
  if (!file) throw new Stop(`${name} has no licence in ${folder}.`);
  return { name, text: readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim() };
}

/** The crates that are compiled into one of ours, by name and version. @param {import("./wasm.mjs").Name} name */
async function crates(name) {
  const ask = async (/** @type {string[]} */ ...args) => {
    const { code, stdout, output } = await run("cargo", args);
    if (code !== 0) throw new Stop(`\`cargo ${args[0]}\` failed:\n${output}`);
    return stdout;
  };
  const tree = await ask(
    ...["tree", "--package", `keyward-${name}`, "--target", TARGET, "--edges", "normal,no-proc-macro"],
    ...["--prefix", "none", "--no-dedupe", "--format", "{p}"],
  );
  const wanted = new Set(tree.split("\n").map((line) => line.split(" ").slice(0, 2).join(" ")));
  const { packages } = JSON.parse(await ask("metadata", "--format-version", "1", "--locked"));
  return packages
    .filter((/** @type {any} */ { name, version, source }) => source && wanted.has(`${name} v${version}`))
    .map((/** @type {any} */ each) => notice(`${each.name} ${each.version}`, dirname(each.manifest_path)));
}

/** The npm packages of which something is in a bundle. @param {import("esbuild").Metafile} metafile */
function packages({ outputs }) {
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const folders = used.map((file) => file.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  return [...new Set(folders)].flatMap((folder) => {
    if (!folder) return [];
    const { name, version } = JSON.parse(readFileSync(path(folder, "package.json"), "utf8"));
    return [notice(`${name} ${version}`, path(folder))];
  });
}

/**
 * One text: each licence once, below the names of all that have it.
 * @param {import("./wasm.mjs").Name} crate @param {import("esbuild").Metafile[]} metafiles
 */
export async function notices(crate, metafiles) {
  /** @type {Map<string, Set<string>>} */
  const named = new Map();
  for (const { name, text } of [...(await crates(crate)), ...metafiles.flatMap(packages)])
    named.set(text, (named.get(text) ?? new Set()).add(name));
  const parts = [...named].map(([text, names]) => `${[...names].sort().join(", ")}:\n\n${text}\n`);
  return `What is in the files of this package beside its own code, and its licences.\n\n${parts.sort().join(`\n${"-".repeat(80)}\n\n`)}`;
}

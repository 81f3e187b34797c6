// @ts-check
// The licences of what a package of ours has in its files: they ask for their texts to go with every copy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Stop } from "./run.mjs";

/** Of a choice the shortest: MIT's. The text of Apache-2.0 is long, and in our own files anyway. */
const NAMES = [/^licen[cs]e-mit/i, /^licen[cs]e/i, /^unlicense/i, /^copying/i];

/** @param {string} name @param {string} folder */
function licence(name, folder) {
  const files = readdirSync(folder);
  const file = NAMES.map((pattern) => files.find((each) => pattern.test(each))).find(Boolean);
  if (!file) throw new Stop(`${name} has no licence in ${folder}.`);
  return readFileSync(join(folder, file), "utf8").replaceAll("\r", "").trim();
}

/** One text: each licence once, below the names of all that have it. @param {import("./ingredients.mjs").Ingredient[]} ingredients */
export function notices(ingredients) {
  /** @type {Map<string, Set<string>>} */
  const named = new Map();
  for (const { name, version, folder } of ingredients) {
    if (folder === undefined) continue;
    const text = licence(name, folder);
    named.set(text, (named.get(text) ?? new Set()).add(`${name} ${version}`));
  }
  const parts = [...named].map(([text, names]) => `${[...names].sort().join(", ")}:\n\n${text}\n`);
  return `What is in the files of this package beside its own code, and its licences.\n\n${parts.sort().join(`\n${"-".repeat(80)}\n\n`)}`;
}

// @ts-check
// Which files are scanned.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ignore from "ignore";

/** @typedef {{ folder: string, rules: import("ignore").Ignore }} Rules */

/**
 * The files under a path, in order of their names. A file that is named itself is scanned even if it is ignored.
 * @param {string} path
 * @param {boolean} ignored whether to include ignored files
 * @returns {Generator<string>}
 */
export function* files(path, ignored) {
  if (!lstatSync(path).isDirectory()) yield path;
  else yield* inside(path, ignored ? [] : above(path), ignored);
}

/** @param {string} folder @param {Rules[]} outer @param {boolean} ignored @returns {Generator<string>} */
function* inside(folder, outer, ignored) {
  const rules = ignored ? [] : [...outer, ...rulesOf(folder)];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === ".git" || isIgnored(path, entry.isDirectory(), rules)) continue;
    // Symbolic links are not followed: their targets are scanned where they are.
    if (entry.isDirectory()) yield* inside(path, rules, ignored);
    else if (entry.isFile()) yield path;
  }
}

/** The rules of the folders above, up to the one with `.git`. @param {string} folder @returns {Rules[]} */
function above(folder) {
  const found = [];
  for (let at = join(process.cwd(), relative(process.cwd(), folder)); ; at = dirname(at)) {
    if (exists(join(at, ".git"))) return found.reverse();
    const parent = dirname(at);
    // Outside a repository only the folder's own rules count.
    if (parent === at) return [];
    found.push(...rulesOf(parent));
  }
}

/** @param {string} folder @returns {Rules[]} */
function rulesOf(folder) {
  const texts = [".gitignore", join(".git", "info", "exclude")].map((name) => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return "";
    }
  });
  return texts.some(Boolean) ? [{ folder, rules: ignore().add(texts.join("\n")) }] : [];
}

/** The innermost rules that match a path decide. @param {string} path @param {boolean} isFolder @param {Rules[]} all */
function isIgnored(path, isFolder, all) {
  for (const { folder, rules } of all.toReversed()) {
    const inner = relative(folder, path).split(sep).join("/") + (isFolder ? "/" : "");
    const said = rules.test(inner);
    if (said.ignored || said.unignored) return said.ignored;
  }
  return false;
}

/** @param {string} path */
function exists(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

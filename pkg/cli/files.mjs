// @ts-check
// Which files are scanned.
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, resolve, sep } from "node:path";
import ignore from "ignore";
import { bytes, here, textOf } from "./names.mjs";
import { NO_FILE } from "./reasons.mjs";

/** @typedef {import("./names.mjs").Path} Path */
/** @typedef {{ folder: Path, rules: import("ignore").Ignore }} Rules */
/**
 * A file with the one name that it has wherever it is reached from, or why it, or a folder, cannot be read.
 * @typedef {{ path: Path, real: Path } | { path: Path, problem: unknown }} File
 */

/**
 * The files under a path, in order of their names. A file that is named itself is scanned even if it is ignored, or a
 * symbolic link.
 * @param {Path} path
 * @param {boolean} ignored whether to include ignored files
 * @returns {Generator<File>}
 */
export function* files(path, ignored) {
  const named = normalize(path);
  try {
    const about = statSync(bytes(path));
    const real = realpathSync.native(bytes(path), "buffer").toString("latin1");
    if (about.isDirectory()) yield* inside(named, real, ignored ? [] : above(named), ignored);
    else if (about.isFile()) yield { path: named, real };
    else yield { path: named, problem: NO_FILE };
  } catch (problem) {
    yield { path: named, problem };
  }
}

/** @param {Path} folder @param {Path} real @param {Rules[]} outer @param {boolean} ignored @returns {Generator<File>} */
function* inside(folder, real, outer, ignored) {
  const rules = ignored ? [] : [...outer, ...rulesOf(folder)];
  for (const entry of entriesOf(folder)) {
    if ("problem" in entry) {
      yield { path: folder, problem: entry.problem };
      return;
    }
    const path = join(folder, entry.name);
    const own = join(real, entry.name);
    if (entry.name === ".git" || isIgnored(path, entry.kind === "folder", rules)) continue;
    // Symbolic links are not followed: their targets are scanned where they are.
    if (entry.kind === "folder") yield* inside(path, own, rules, ignored);
    else if (entry.kind === "file") yield { path, real: own };
    else if (entry.kind === "other") yield { path, problem: NO_FILE };
  }
}

/** @param {Path} folder */
function entriesOf(folder) {
  try {
    const entries = readdirSync(bytes(folder), { withFileTypes: true, encoding: "buffer" }).map((entry) => ({
      name: entry.name.toString("latin1"),
      kind: entry.isDirectory()
        ? "folder"
        : entry.isFile()
          ? "file"
          : entry.isSymbolicLink()
            ? "link"
            : "other",
    }));
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (problem) {
    return [{ problem }];
  }
}

/** The rules of the folders above, up to the one with `.git`. @param {Path} folder @returns {Rules[]} */
function above(folder) {
  const found = [];
  for (let at = resolve(here(), folder); ; at = dirname(at)) {
    if (exists(join(at, ".git"))) return found.reverse();
    const parent = dirname(at);
    // Outside a repository only the folder's own rules count.
    if (parent === at) return [];
    found.push(...rulesOf(parent));
  }
}

/** @param {Path} folder @returns {Rules[]} */
function rulesOf(folder) {
  const texts = [".gitignore", join(".git", "info", "exclude")].map((name) => {
    try {
      return readFileSync(bytes(join(folder, name)), "utf8");
    } catch {
      return "";
    }
  });
  return texts.some(Boolean) ? [{ folder, rules: ignore().add(texts.join("\n")) }] : [];
}

/** The innermost rules that match a path decide. @param {Path} path @param {boolean} isFolder @param {Rules[]} all */
function isIgnored(path, isFolder, all) {
  for (const { folder, rules } of all.toReversed()) {
    const inner = relative(resolve(here(), folder), resolve(here(), path)).split(sep).join("/");
    const said = rules.test(textOf(inner) + (isFolder ? "/" : ""));
    if (said.ignored || said.unignored) return said.ignored;
  }
  return false;
}

/** @param {Path} path */
function exists(path) {
  return lstatSync(bytes(path), { throwIfNoEntry: false }) !== undefined;
}

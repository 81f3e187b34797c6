// @ts-check
// Which files are scanned in folders. In a repository git says what is ignored: it knows what is tracked all the same.
// Elsewhere the rules of .gitignore count as git would read them.
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, normalize, relative, resolve, sep } from "node:path";
import ignore from "ignore";
import { bytes, forSystem, here, ofFile, pathOf, textOf } from "../terminal/names.mjs";
import { NO_FILE } from "../terminal/reasons.mjs";
import { at, GitError, git } from "./git.mjs";
import { NOFOLLOW, readList } from "./regular.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {"folder" | "file" | "link" | "other"} Kind */
/** Whether something is left out. @typedef {(real: Path, kind: Kind) => boolean} Filter */
/**
 * What to leave out: what is ignored, unless `ignored`, and what matches `excluded`, where paths begin in the folder in
 * which the command runs, or else in the one that is named. `warn` is told where git does not say what is ignored.
 * @typedef {{ ignored: boolean, excluded: import("ignore").Ignore, warn: (text: string) => void }} Selection
 */
/**
 * A file with the one name that it has wherever it is reached from, or why it, or a folder, cannot be read.
 * @typedef {{ path: Path, real: Path } | { path: Path, problem: unknown }} File
 */

/** A folder that is gone through: its entries and which is next, what the paths of these begin with, and what counts in it. @typedef {{ entries: import("node:fs").Dirent[], next: number, before: Path, ownBefore: Path, rules: Filter }} Level */

/** @type {Filter} */
const nothing = () => false;

/**
 * The files under paths, in order of their names. A file that is named itself is scanned even if it is ignored, or a
 * symbolic link.
 * @param {Selection} selection
 */
export function createWalk({ ignored, excluded, warn }) {
  /** The folder of what is named. @type {Path} */
  let base = ".";
  /** @param {Path} path @param {boolean} isFolder */
  const isExcluded = (path, isFolder) => {
    if (excluded === NO_PATTERNS) return false;
    const inner = within(here(), path) ?? within(resolve(here(), base), path);
    return inner !== undefined && isNamed(excluded, inner + (isFolder ? "/" : ""));
  };
  /** What git ignores in a repository, by the folder of its `.git`. @type {Map<Path, Filter>} */
  const known = new Map();

  /** @param {Path} path @returns {Generator<File>} */
  function* files(path) {
    const named = ofFile(normalize(path));
    try {
      const about = statSync(bytes(path));
      const real = realpathSync.native(bytes(path), "buffer").toString("latin1");
      base = about.isDirectory() ? named : dirname(named);
      if (isExcluded(named, about.isDirectory())) return;
      if (about.isDirectory()) yield* inside(named, real, ignored ? nothing : rulesAbove(real));
      else if (about.isFile()) yield { path: named, real };
      else yield { path: named, problem: NO_FILE };
    } catch (problem) {
      yield { path: named, problem };
    }
  }

  /** @param {Path} folder @param {Path} real @param {Filter} outer @returns {Level | { problem: unknown }} */
  function opened(folder, real, outer) {
    const entries = entriesOf(folder);
    if ("problem" in entries) return entries;
    // `join` takes as long as all the rest.
    const before = join(folder, "x").slice(0, -1);
    const ownBefore = folder === real ? before : join(real, "x").slice(0, -1);
    return { entries, before, ownBefore, rules: ignored ? nothing : rulesIn(real, entries, outer), next: 0 };
  }

  /** @param {Path} folder @param {Path} real @param {Filter} outer @returns {Generator<File>} */
  function* inside(folder, real, outer) {
    // Folders within each other: generators within each other would pass on each file as often as it is deep.
    /** @type {Level[]} */
    const levels = [];
    const enter = (/** @type {Path} */ path, /** @type {Path} */ real, /** @type {Filter} */ rules) => {
      const level = opened(path, real, rules);
      if ("problem" in level) return { path, problem: level.problem };
      levels.push(level);
    };
    const problem = enter(folder, real, outer);
    if (problem) yield problem;
    for (let level = levels.at(-1); level; level = levels.at(-1)) {
      const { entries, before, ownBefore, rules } = level;
      if (level.next === entries.length) {
        levels.pop();
        continue;
      }
      const entry = entries[level.next];
      level.next += 1;
      const name = entry.name;
      const path = ofFile(before + name);
      const own = before === ownBefore ? path : ownBefore + name;
      const kind = kindOf(entry);
      if (name === ".git" || rules(own, kind) || isExcluded(path, kind === "folder")) continue;
      // Symbolic links are not followed: their targets are scanned where they are.
      if (kind === "file") yield { path, real: own };
      else if (kind === "folder") {
        const problem = enter(path, own, rules);
        if (problem) yield problem;
      } else if (kind === "other") yield { path, problem: NO_FILE };
    }
  }

  /** What counts in a folder that is named, by the repository that it is in. @param {Path} real @returns {Filter} */
  function rulesAbove(real) {
    for (let folder = real; ; folder = dirname(folder)) {
      const rules = lstatSync(bytes(join(folder, ".git")), { throwIfNoEntry: false }) && repository(folder);
      // Whoever names an ignored folder wants to see what is in it.
      if (rules) return isWithin(real, folder, rules) ? nothing : rules;
      if (folder === dirname(folder)) return nothing;
    }
  }

  /** @param {Path} real @param {{ name: Path }[]} entries @param {Filter} outer @returns {Filter} */
  function rulesIn(real, entries, outer) {
    const has = (/** @type {string} */ name) => entries.some((entry) => entry.name === name);
    const own = has(".git") ? repository(real) : undefined;
    if (own) return own;
    return has(".gitignore") && !isGit(outer) ? patterns(real, outer) : outer;
  }

  /** @param {Path} folder @returns {Filter | undefined} nothing, if it is no repository */
  function repository(folder) {
    const rules = known.get(folder) ?? ignoredIn(folder, warn);
    if (rules) known.set(folder, rules);
    return rules;
  }

  return files;
}

/** Whether a folder, or one around it, is ignored. @param {Path} real @param {Path} top @param {Filter} rules */
function isWithin(real, top, rules) {
  for (let folder = real; folder !== top; folder = dirname(folder)) if (rules(folder, "folder")) return true;
  return false;
}

/** Filters that git has given. @type {WeakSet<Filter>} */
const gits = new WeakSet();
const isGit = (/** @type {Filter} */ rules) => gits.has(rules);

/**
 * What is neither tracked nor to be: git lists it. Where it cannot be asked nothing is ignored, since what is ignored may be
 * tracked.
 * @param {Path} folder with `.git`
 * @param {(text: string) => void} warn
 * @returns {Filter | undefined} nothing, if `.git` is no repository
 */
function ignoredIn(folder, warn) {
  /** @type {Filter} */
  let rules = () => false;
  try {
    const where = at(textOf(folder));
    if (pathOf(textOf(folder)) !== folder) throw new GitError("refused", "the folder's name is no UTF-8");
    const top = git(["rev-parse", "--show-toplevel"], where).replace(/\n$/, "");
    if (resolve(top) !== folder) return undefined;
    const list = git(["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"], where);
    const names = new Set(list.split("\0").map((name) => join(folder, name)));
    rules = (real, kind) =>
      kind === "other" ? isIgnored(real, where) : names.has(kind === "folder" ? real + sep : real);
  } catch (error) {
    const { kind, message } = /** @type {GitError} */ (error);
    if (kind === "outside" || (kind === "missing" && !isRepository(folder))) return undefined;
    warn(`what .gitignore names is scanned, too, since git cannot say what it tracks: ${message}`);
  }
  gits.add(rules);
  return rules;
}

/** What is neither file nor folder git does not list. @param {Path} real @param {import("./git.mjs").Where} where */
function isIgnored(real, where) {
  try {
    return git(["check-ignore", "-z", "--stdin"], { ...where, input: bytes(`${real}\0`) }) !== "";
  } catch {
    return false;
  }
}

/** @param {Path} folder */
function isRepository(folder) {
  const own = join(folder, ".git");
  const about = lstatSync(bytes(own));
  return about.isFile() || lstatSync(bytes(join(own, "HEAD")), { throwIfNoEntry: false }) !== undefined;
}

/** The rules of a folder outside of a repository, before those around it. @param {Path} real @param {Filter} outer @returns {Filter} */
function patterns(real, outer) {
  let text = "";
  try {
    text = readList(join(real, ".gitignore"), NOFOLLOW);
  } catch {}
  const rules = patternsOf(text);
  // A pattern without a slash, but at its end, is one of names, wherever they are: that is quicker than with all folders.
  const ofNames = !/\/(?![ \t\r]*$)/m.test(text);
  const mayName = ofNames ? simplePatterns(text) : undefined;
  return (path, kind) => {
    const inner = ofNames ? path.slice(path.lastIndexOf(sep) + 1) : insideOf(real, path);
    if (mayName?.(inner) === false) return outer(path, kind);
    const said = rules.test(inner + (kind === "folder" ? "/" : ""));
    return said.ignored || said.unignored ? said.ignored : outer(path, kind);
  };
}

/**
 * Whether patterns may say something about a name, where all are names, or endings of names, of ordinary characters, as
 * most are: hardly a name is left to be compared with each of them. Case is not heeded, whether the system does or not.
 * @param {string} text @returns {((name: string) => boolean) | undefined} nothing, if there are others
 */
export function simplePatterns(text) {
  const names = new Set();
  const endings = new Set();
  for (const line of text.toLowerCase().split(/\r?\n/)) {
    const [, star, ending, name] = /^!?(?:(\*)(\.[\w-]+)|([\w.-]+))\/?$/.exec(line) ?? [];
    if (star) endings.add(ending);
    else if (name) names.add(name);
    else if (line !== "" && !line.startsWith("#")) return undefined;
  }
  return (name) => {
    const lower = name.toLowerCase();
    return names.has(lower) || endings.has(lower.slice(lower.lastIndexOf(".")));
  };
}

const NO_PATTERNS = ignore();

/** Patterns as .gitignore has them, one a line, and as git takes them on this system. @param {string} text */
export const patternsOf = (text) =>
  text === ""
    ? NO_PATTERNS
    : ignore({ ignorecase: process.platform === "win32" || process.platform === "darwin" }).add(text);

/** Whether patterns name a path. A tree in git may hold names, such as "..", that no pattern has. @param {import("ignore").Ignore} patterns @param {Path} path */
export const isNamed = (patterns, path) => ignore.isPathValid(path) && patterns.ignores(path);

/** @param {Path} folder @param {Path} path */
function insideOf(folder, path) {
  // `relative` takes ten times as long.
  const isBelow = path.startsWith(folder) && path[folder.length] === sep;
  const inner = isBelow ? path.slice(folder.length + 1) : relative(folder, path);
  return sep === "/" ? inner : inner.split(sep).join("/");
}

/** A path in a folder, as patterns see it; nothing if it is elsewhere. @param {Path} folder @param {Path} path */
export function within(folder, path) {
  const inner = insideOf(folder, resolve(here(), path));
  return inner === "" || inner === ".." || inner.startsWith("../") ? undefined : inner;
}

/** @param {Path} folder @returns {import("node:fs").Dirent[] | { problem: unknown }} in the order of their names */
function entriesOf(folder) {
  try {
    const entries = readdirSync(forSystem(folder), { withFileTypes: true, encoding: "latin1" });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (problem) {
    return { problem };
  }
}

/** @param {import("node:fs").Dirent} entry @returns {Kind} */
function kindOf(entry) {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}

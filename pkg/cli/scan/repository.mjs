// @ts-check
// The repository in which the command runs: what of it is asked for, and what is staged in it. Its paths begin at its top,
// as git shows them.
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { bytes, here, shown, textOf } from "../terminal/names.mjs";
import { git } from "./git.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/**
 * Where in the history something comes from: the first commit that brought it, or a tag; `isText`: it is that itself,
 * `isHeader`: and not its message; `maker`: the object that says who made it; `version`: the object in which a key stands.
 * @typedef {{ commit?: string, tag?: string, isText?: boolean, isHeader?: boolean, maker?: string, version?: string } & Partial<Signature>} Origin
 */
/** Who made a commit or tag, and when. @typedef {{ author: string, email: string, date: string }} Signature */
/** An object to be read. @typedef {{ id: string, path: Path, origin?: Origin }} Wanted */

/** @typedef {{ top: Path, hasFiles: boolean, isShallow: boolean }} Repository `hasFiles`: it has a work tree */

/** @returns {Repository} */
export function repository() {
  const [files, shallow] = git(["rev-parse", "--is-inside-work-tree", "--is-shallow-repository"]).split("\n");
  const hasFiles = files === "true";
  const top = hasFiles ? resolve(git(["rev-parse", "--show-toplevel"]).replace(/\n$/, "")) : here();
  return { top, hasFiles, isShallow: shallow === "true" };
}

/**
 * Which paths of a repository are asked for; all, if none is named.
 * @param {Path[]} paths @param {Path} top
 */
export function createChoice(paths, top) {
  const named = paths.map((path) => {
    const inner = relative(top, realOf(path)).split(sep).join("/");
    if (inner === ".." || inner.startsWith("../"))
      throw new TypeError(`${shown(path)} is outside of the repository.`);
    return { path, inner, isMet: false };
  });
  return {
    /** @param {Path} path */
    has(path) {
      if (named.length === 0) return true;
      let isNamed = false;
      for (const one of named) {
        if (one.inner !== "" && one.inner !== path && !path.startsWith(`${one.inner}/`)) continue;
        one.isMet = true;
        isNamed = true;
      }
      return isNamed;
    },
    /** Those that nothing belongs to. */
    unmet: () => named.filter(({ isMet }) => !isMet).map(({ path }) => path),
  };
}

/** The folder with its real name; a link that is named is meant itself. @param {Path} path */
function realOf(path) {
  const whole = resolve(here(), path);
  try {
    const folder = realpathSync.native(bytes(dirname(whole)), "buffer").toString("latin1");
    return join(folder, basename(whole));
  } catch {
    return whole;
  }
}

/**
 * What the next commit would bring, but for submodules.
 * @param {Path[]} paths
 * @param {Path} top
 */
export function staged(paths, top) {
  const choice = createChoice(paths, top);
  const args = ["diff", "--cached", "--raw", "--no-abbrev", "--no-renames", "--no-relative", "-z"];
  // Pairs of ":oldmode newmode oldblob newblob status" and a path.
  const list = git([...args, "--ignore-submodules=none"]).split("\0");
  /** @type {Wanted[]} */
  const wanted = [];
  /** @type {Path[]} */
  const conflicts = [];
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [, mode, , id, status] = list[at].split(" ");
    const path = list[at + 1];
    if (!choice.has(path)) continue;
    if (status === "U") conflicts.push(path);
    else if (isBlob(mode)) wanted.push({ id, path });
  }
  // What is not staged need not be scanned, but must be there.
  const missing = choice
    .unmet()
    .filter((path) => lstatSync(bytes(path), { throwIfNoEntry: false }) === undefined)
    .filter((path) => git(["--literal-pathspecs", "ls-files", "-z", "--", textOf(path)]) === "");
  return { wanted, conflicts, missing };
}

/** Files, and links, whose blob is where they lead; not deletions and submodules. @param {string} mode */
export const isBlob = (mode) => mode.startsWith("100") || mode.startsWith("120");

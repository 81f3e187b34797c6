// @ts-check
// Everything that the history holds: each version of each file with the first commit that brought it, and the texts of
// commits and tags.
import { git, objects, piped } from "./git.mjs";
import { createChoice, isBlob } from "./repository.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */
/** @typedef {import("./repository.mjs").Wanted} Wanted */
/** @typedef {import("./repository.mjs").Signature} Signature */

/**
 * @param {Path[]} paths
 * @param {Path} top
 * @param {(path: Path) => string} sort a version that has several paths is read once for each sort of path; "" for those
 * that are not read
 */
export function history(paths, top, sort) {
  const choice = createChoice(paths, top);
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} id @param {Path} path */
  const isNew = (id, path) => {
    const key = choice.has(path) && sort(path);
    return key && !seen.has(key + id) && Boolean(seen.add(key + id));
  };

  /** @returns {AsyncGenerator<Wanted>} */
  async function* wanted() {
    const all = refs();
    const pointed = all.filter(({ type }) => type !== "commit" && type !== "tag");
    for await (const { id, tag, target } of opened(all.filter(({ type }) => type === "tag"))) {
      if (paths.length === 0) yield { id, path: tag, origin: { tag, isText: true, maker: id } };
      pointed.push({ ...target, tag });
    }
    for (const { type, id, tag } of pointed) {
      const files = type === "tree" ? tree(id) : type === "blob" ? [{ id, path: tag }] : [];
      for (const file of files) if (isNew(file.id, file.path)) yield { ...file, origin: { tag } };
    }
    const stashed = all.some(({ tag }) => tag === STASH) ? stashes() : [];
    const list = git(["rev-list", "--all", ...stashed, "--date-order", "--reverse"]);
    const commits = list.split("\n").slice(0, -1);
    for (const id of paths.length === 0 ? commits : [])
      yield { id, path: id, origin: { commit: id, isText: true, maker: id } };
    for await (const { id, path, commit } of changes(commits))
      if (isNew(id, path)) yield { id, path, origin: { commit, maker: commit } };
  }
  return { wanted, choice };
}

/** @returns {{ type: string, id: string, tag: Path }[]} */
function refs() {
  const list = git(["for-each-ref", "--format=%(objecttype) %(objectname) %(refname)"]);
  return list
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [type, id, tag] = line.split(" ");
      return { type, id, tag };
    });
}

const STASH = "refs/stash";
/** Stashes but the last one are in no ref. */
const stashes = () => git(["rev-list", "--walk-reflogs", STASH, "--"]).split("\n").slice(0, -1);

/** Tags with what they point at; a tag may point at another. @param {{ id: string, tag: string }[]} tags */
async function* opened(tags) {
  for (let now = tags; now.length > 0; ) {
    /** @type {typeof tags} */
    const next = [];
    for await (const { wanted, text } of texts(now)) {
      const [, id = "", type = ""] = text.match(/^object (\S+)\ntype (\S+)\n/) ?? [];
      if (type === "tag") next.push({ id, tag: wanted.tag });
      yield { id: wanted.id, tag: wanted.tag, target: { id, type } };
    }
    now = next;
  }
}

/** @param {string} id @returns {{ id: string, path: Path }[]} */
function tree(id) {
  const entries = git(["ls-tree", "-r", "-z", id]).split("\0").slice(0, -1);
  return entries.flatMap((entry) => {
    const [, mode, object, path] = entry.match(/^(\d+) \S+ (\S+)\t([\s\S]*)$/) ?? [];
    return isBlob(mode) ? { id: object, path } : [];
  });
}

/**
 * What each commit brings that none of its parents has.
 * @param {string[]} commits
 * @returns {AsyncGenerator<{ id: string, path: Path, commit: string }>}
 */
async function* changes(commits) {
  const args = ["-r", "--root", "-c", "--raw", "-z", "--no-abbrev", "--no-renames"];
  let held = "";
  let commit = "";
  let meta = "";
  for await (const chunk of piped(["diff-tree", "--stdin", ...args], commits)) {
    const parts = (held + chunk.toString("latin1")).split("\0");
    held = parts.pop() ?? "";
    for (const part of parts) {
      if (meta !== "") {
        // As many colons as parents; then the modes, the blobs, and a status, with those of the commit last.
        const parents = meta.lastIndexOf(":") + 1;
        const words = meta.slice(parents).split(" ");
        meta = "";
        if (isBlob(words[parents])) yield { id: words[2 * parents + 1], path: part, commit };
      } else if (part.startsWith(":")) meta = part;
      else commit = part.trim();
    }
  }
}

/** Whole texts of commits and tags. @template {{ id: string }} Of @param {Of[]} wanted @returns {AsyncGenerator<{ wanted: Of, text: string }>} */
async function* texts(wanted) {
  let text = "";
  for await (const { wanted: one, bytes, end } of objects(wanted)) {
    text += bytes?.toString("latin1") ?? "";
    if (!end) continue;
    yield { wanted: one, text };
    text = "";
  }
}

/** Who made commits and tags. @param {Iterable<string>} ids @returns {Promise<Map<string, Signature>>} */
export async function signatures(ids) {
  /** @type {Map<string, Signature>} */
  const found = new Map();
  for await (const { wanted, text } of texts([...ids].map((id) => ({ id })))) {
    const line = text.match(/^(?:author|tagger) (.*?) ?<([^\n>]*)> (-?\d+)/m);
    if (line === null) continue;
    const [, author, email, seconds] = line.map((part) => Buffer.from(part, "latin1").toString());
    const time = new Date(Number(seconds) * 1000);
    const date = Number.isNaN(time.getTime()) ? "" : time.toISOString().replace(".000", "");
    found.set(wanted.id, { author, email, date });
  }
  return found;
}

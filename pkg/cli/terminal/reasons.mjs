// @ts-check
// Why something was not searched, in words for people.
import { escaped } from "./names.mjs";

export const FOLDER = "it is a folder, not a file";

/** @type {Record<string, string>} */
const WORDS = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such file or folder: a part of the path is a file",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  EISDIR: FOLDER,
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open; close other programs or raise the limit (ulimit -n)",
  ENFILE: "too many files are open; close other programs or raise the limit (ulimit -n)",
  EBUSY: "another program is using it",
  EIO: "the disk cannot be read",
  ENXIO: "it is no regular file",
  ENOSPC: "the disk is full",
  EPIPE: "whoever should have read it has closed the pipe",
};

/** What is no file cannot be read to an end, or waits for somebody who writes. */
export const NO_FILE = "it is no regular file; `keyward scan -` reads what is piped into it";
export const COMPRESSED =
  "it is compressed, or holds what is, and that was not searched; with --binary its bytes are taken as they are";
export const ELSEWHERE = "git-lfs keeps its content elsewhere, and it is not here; `git lfs pull` brings it";
export const LOST = "it was not searched, since a part of this program has ended early; try again";

/** Without a path, which may hold anything. @param {unknown} problem */
export function reasonOf(problem) {
  if (typeof problem === "string") return problem;
  const { code = "", message } = /** @type {NodeJS.ErrnoException} */ (problem);
  return WORDS[code] ?? escaped(message.split(", ")[0]);
}

// @ts-check
// What the system says, in words for people.
import { escaped } from "./names.mjs";

/** @type {Record<string, string>} */
const WORDS = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "there is no such file or folder: a part of the path is a file",
  EACCES: "you may not read it",
  EPERM: "you may not read it",
  EISDIR: "it is a folder, not a file",
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

/** Without a path, which may hold anything. @param {unknown} problem */
export function reasonOf(problem) {
  if (typeof problem === "string") return problem;
  const { code = "", message } = /** @type {NodeJS.ErrnoException} */ (problem);
  return WORDS[code] ?? escaped(message.split(", ")[0]);
}

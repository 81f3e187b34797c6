// @ts-check
// Opens regular files only: whatever else has a file's name, such as a pipe, may never end, or wait for somebody who writes.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { bytes } from "./names.mjs";
import { FOLDER, NO_FILE } from "./reasons.mjs";

/** @typedef {import("./names.mjs").Path} Path */

// Windows knows neither.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Git reads no list by a symbolic link. */
export const NOFOLLOW = constants.O_NOFOLLOW ?? 0;

/** A file that is open, and its size. @param {Path} path @param {number} [flags] */
export function regular(path, flags = 0) {
  const file = openSync(bytes(path), READ | flags);
  const about = fstatSync(file);
  if (about.isFile()) return { file, size: about.size };
  closeSync(file);
  throw about.isDirectory() ? FOLDER : NO_FILE;
}

/**
 * What `read` gives of a file.
 * @template Of
 * @param {Path} path @param {(file: number, size: number) => Of} read @param {number} [flags]
 * @returns {Of}
 */
export function opened(path, read, flags) {
  const { file, size } = regular(path, flags);
  try {
    return read(file, size);
  } finally {
    closeSync(file);
  }
}

/** A list of patterns, one character for each byte. @param {Path} path @param {number} [flags] */
export const readList = (path, flags) =>
  opened(path, (file) => readFileSync(file, "latin1"), flags).replace(/^\xef\xbb\xbf/, "");

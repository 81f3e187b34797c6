// @ts-check
// Opens regular files only: whatever else has a file's name, such as a pipe, may never end, or wait for somebody who writes.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { forSystem } from "../terminal/names.mjs";
import { FOLDER, NO_FILE } from "../terminal/reasons.mjs";

/** @typedef {import("../terminal/names.mjs").Path} Path */

// Windows knows neither.
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
/** Git reads no list by a symbolic link. */
export const NOFOLLOW = constants.O_NOFOLLOW ?? 0;

/** The size of what is open, which has to be a regular file. @param {number} file */
export function sizeOf(file) {
  const about = fstatSync(file);
  if (about.isFile()) return about.size;
  throw about.isDirectory() ? FOLDER : NO_FILE;
}

/** A file that is open. @param {Path} path */
export function regular(path) {
  const file = openSync(forSystem(path), READ);
  try {
    sizeOf(file);
  } catch (problem) {
    closeSync(file);
    throw problem;
  }
  return file;
}

/**
 * What `read` gives of what is open, whatever it is: nothing is waited for, and `sizeOf` tells what it is.
 * @template Of
 * @param {Path} path @param {(file: number) => Of} read @param {number} [flags]
 * @returns {Of}
 */
export function opened(path, read, flags = 0) {
  const file = openSync(forSystem(path), READ | flags);
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

/** A list of patterns, one character for each byte. @param {Path} path @param {number} [flags] */
export function readList(path, flags) {
  const read = (/** @type {number} */ file) => {
    sizeOf(file);
    return readFileSync(file, "latin1");
  };
  return opened(path, read, flags).replace(/^\xef\xbb\xbf/, "");
}

// @ts-check
// What git-lfs keeps: git itself holds a pointer to it only.
import { closeSync, readSync } from "node:fs";
import { join } from "node:path";
import { git } from "./git.mjs";
import { regular } from "./regular.mjs";

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n[\s\S]*^oid sha256:([0-9a-f]{64})$/m;
const LONGEST_POINTER = 1024;

/** What a file's content is named by, if it is such a pointer. @param {Buffer} bytes @param {number} [length] of the file */
export const pointer = (bytes, length = bytes.length) =>
  length < LONGEST_POINTER && bytes[0] === 0x76
    ? bytes.toString("latin1", 0, length).match(POINTER)?.[1]
    : undefined;

/** The content, piece by piece; nothing, if this repository does not have it. @param {string} name */
export function content(name) {
  try {
    const folder = git(["rev-parse", "--git-common-dir"]).replace(/\n$/, "");
    const path = join(folder, "lfs", "objects", name.slice(0, 2), name.slice(2, 4), name);
    return pieces(regular(path));
  } catch {
    return undefined;
  }
}

/** @param {number} file @returns {Generator<Buffer>} */
function* pieces(file) {
  const chunk = Buffer.allocUnsafe(1 << 16);
  try {
    for (let read = 1; read > 0; ) {
      read = readSync(file, chunk);
      yield chunk.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}

// @ts-check
import { createReadStream, fstatSync } from "node:fs";

/** What is piped in. A folder or a disk, which a shell may redirect as well, Node takes for nothing. */
export function input() {
  const about = fstatSync(0);
  return about.isDirectory() || about.isBlockDevice() ? createReadStream("", { fd: 0 }) : process.stdin;
}

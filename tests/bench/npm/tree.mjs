// @ts-check
// What `scan` is measured on. The same bytes every time: numbers come from a generator with a fixed beginning.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const FILES = 20_000;
const FOLDERS = 600;
/** Sizes are lognormal, half of them below this. */
const MIDDLE = 4096;
const BIG = 1_000_000_000;

/** Numbers from 0 to 1. @param {number} state */
function createRandom(state) {
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Six folders deep at most. @param {number} number */
const folderOf = (number) =>
  join(
    `package${number % 20}`,
    `part${number % 7}`,
    ...["src", "core", "inner", "more"].slice(0, number % 5),
    `f${number}`,
  );

/**
 * A tree of source text, every 25th file of any bytes, with rules that ignore a few; a key in each file of which `isLeaky`
 * says so.
 * @param {string} folder @param {Buffer} source @param {string[]} keys @param {(index: number) => boolean} isLeaky
 */
function makeTree(folder, source, keys, isLeaky) {
  const random = createRandom(12_345);
  for (let number = 0; number < FOLDERS; number += 1)
    mkdirSync(join(folder, folderOf(number)), { recursive: true });
  for (let index = 0; index < FILES; index += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const size = Math.min(1_000_000, Math.round(MIDDLE * Math.exp(normal)));
    const from = Math.floor(random() * (source.length - size));
    const isBinary = index % 25 === 0;
    const bytes = isBinary
      ? Buffer.from(Uint8Array.from({ length: size }, () => random() * 256))
      : source.subarray(from, from + size);
    const key = isLeaky(index) ? `\nKEY="${keys[index % keys.length]}"\n` : "";
    const name = join(
      folder,
      folderOf(Math.floor(random() * FOLDERS)),
      `${index}.${isBinary ? "bin" : "js"}`,
    );
    writeFileSync(name, Buffer.concat([bytes, Buffer.from(key)]));
  }
  writeFileSync(join(folder, ".gitignore"), "f7/\n*.log\n");
}

/** As in a log: in files with lines of hundreds of kilobytes no parts are searched apart. @param {Buffer} source */
const withoutLongLines = (source) =>
  Buffer.from(
    source
      .toString()
      .split("\n")
      .filter((line) => line.length < 500)
      .join("\n"),
  );

/** @param {string} file @param {Buffer} source @param {string} key which it ends with */
function makeBig(file, source, key) {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, "w");
  for (let size = 0; size < BIG; size += source.length) writeSync(descriptor, source);
  writeSync(descriptor, `\n${key}\n`);
  closeSync(descriptor);
}

/** @param {string} folder @param {Buffer} source @param {string[]} keys */
export function makeTrees(folder, source, keys) {
  const at = (/** @type {string} */ name) => join(folder, name);
  makeTree(at("tree"), source, keys, (index) => index % 2000 === 1);
  makeTree(at("repository"), source, keys, (index) => index % 2000 === 1);
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", args, { cwd: at("repository"), stdio: "pipe" });
  git("init", "--quiet");
  git("add", ".");
  makeTree(at("leaky"), source, keys, (index) => index % 4 === 1);
  makeBig(at("big/file.txt"), withoutLongLines(source), keys[0]);
}

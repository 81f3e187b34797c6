// @ts-check
// Finds the places in bytes that have one of the shapes: a thousandth of them. WebAssembly does it (src/glance), and where
// it may not run or is not there, JavaScript, with a few more places.
import { readFileSync } from "node:fs";
import { countLines } from "./lines.mjs";
import { ANY, BEFORE, LENGTH, SHAPES } from "./shapes.mjs";

/**
 * `files`, `texts`: where bytes have to be to be looked at. `next`: the first place between two, or else the second one;
 * what is behind the second one may be looked at as well. `lines`: how many end between two.
 * @typedef {{ files: Buffer, texts: Buffer, next(bytes: Buffer, from: number, to: number): number, lines(bytes: Buffer, from: number, to: number): number }} Finder
 */

/** Bytes in each place. */
export const MOST = 4 << 20;
/** What is read before and behind the bytes. */
const PAD = 64;
/** As `Shapes` in src/glance: 4 bytes quickly by their halves, all of them closely. */
const QUICK = 4;
const CLOSELY = QUICK * 2 * 16;
const TABLE = CLOSELY + LENGTH * 256 * 8;
const PAGE = 1 << 16;

/** @type {Finder | undefined} */
let made;
/** The one of this thread. */
export function finder() {
  made ??= compiled() ?? plain();
  return made;
}

/** @returns {Finder | undefined} */
function compiled() {
  try {
    const code = readFileSync(new URL("../dist/glance.wasm", import.meta.url));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
    const { memory, next, lines, __heap_base: base } = /** @type {Record<string, any>} */ (exports);
    const tables = Math.ceil(base.value / 16) * 16;
    const files = tables + 2 * TABLE + PAD;
    const texts = files + MOST + 2 * PAD;
    memory.grow(Math.ceil((texts + MOST + PAD) / PAGE) - memory.buffer.byteLength / PAGE);
    for (const [index, shapes] of SHAPES.entries()) fill(memory.buffer, tables + index * TABLE, shapes);
    return {
      files: Buffer.from(memory.buffer, files, MOST),
      texts: Buffer.from(memory.buffer, texts, MOST),
      next: ({ byteOffset }, from, to) => next(tables, byteOffset + from, byteOffset + to) - byteOffset,
      lines: ({ byteOffset }, from, to) => lines(byteOffset + from, byteOffset + to),
    };
  } catch {
    return undefined;
  }
}

/** @param {ArrayBuffer} memory @param {number} at @param {import("./shapes.mjs").Shape[][]} groups */
function fill(memory, at, groups) {
  for (let index = 0; index < QUICK; index += 1) {
    const [lower, upper] = [0, 16].map((half) => new Uint8Array(memory, at + index * 32 + half, 16));
    groups.forEach((shapes, group) => {
      for (const byte of new Set(shapes.flatMap((shape) => bytesOf(shape[index + BEFORE])))) {
        lower[byte & 15] |= 1 << group;
        upper[byte >> 4] |= 1 << group;
      }
    });
  }
  const shapes = groups.flat();
  for (let index = 0; index < LENGTH; index += 1)
    for (const half of [0, 1]) {
      const fits = new Uint32Array(memory, at + CLOSELY + index * 2048, 512);
      let any = 0;
      shapes.slice(half * 32, half * 32 + 32).forEach((shape, bit) => {
        if ((shape[index] ?? ANY) === ANY) any |= 1 << bit;
        else for (const byte of bytesOf(shape[index])) fits[byte * 2 + half] |= 1 << bit;
      });
      if (any !== 0) for (let byte = 0; byte < 256; byte += 1) fits[byte * 2 + half] |= any;
    }
}

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
/** @type {Map<string, number[]>} */
const known = new Map();
/** The bytes of a class. */
function bytesOf(characters = ANY) {
  const bytes = known.get(characters) ?? [
    ...Buffer.from(ALL.replace(new RegExp(`[^${characters}]`, "g"), ""), "latin1"),
  ];
  known.set(characters, bytes);
  return bytes;
}

/** @returns {Finder} */
function plain() {
  /** What two bytes that follow each other may be the beginning of. */
  const pairs = new Uint8Array(1 << 16);
  for (const shape of SHAPES.flat(2))
    for (const one of bytesOf(shape[BEFORE]))
      for (const two of bytesOf(shape[BEFORE + 1])) pairs[(one << 8) | two] = 1;
  return {
    files: Buffer.allocUnsafe(MOST),
    texts: Buffer.allocUnsafe(MOST),
    next(bytes, from, to) {
      for (let at = from; at < to; at += 1) if (pairs[(bytes[at] << 8) | bytes[at + 1]] !== 0) return at;
      return to;
    },
    lines: countLines,
  };
}

// @ts-check
// Finds the places in bytes that have one of the shapes: a thousandth of them. WebAssembly does it (src/glance), and where
// it may not run or is not there, JavaScript, with a few more places.
import { readFileSync } from "node:fs";
import { built } from "../place.mjs";
import { ANY, BEFORE, LENGTH, SHAPES } from "./shapes.mjs";
import { withoutZeros } from "./zeros.mjs";

/**
 * `files`, `texts`: where bytes have to be to be looked at. `next`: the first place between two, or else the second one;
 * what is behind the second one may be looked at as well. `first`: the same, or a zero byte. `lines`: how many end between two. `squeeze`: as `withoutZeros`,
 * into `texts`, and how long that is.
 * @typedef {(bytes: Buffer, from: number, to: number) => number} Between
 * @typedef {{ files: Buffer, texts: Buffer, next: Between, first: Between, lines: Between, squeeze: Between }} Finder
 */

/** Bytes in each place. */
export const MOST = 4 << 20;
/** What is read before and behind the bytes. */
const PAD = 64;
/** As `Shapes` in src/glance: the first bytes of each kind quickly by their halves, all of them closely. */
const QUICK = [2, 4];
const HALVES = QUICK.map((bytes) => bytes * 2 * 16);
const CLOSELY = LENGTH * 256 * 8;
const TABLES = HALVES[0] + HALVES[1] + 2 * CLOSELY;
const PAGE = 1 << 16;

/** What a finder of WebAssembly is made of: another thread has it at once. @typedef {{ module: WebAssembly.Module, tables: Uint8Array }} Parts */

/** @type {Finder | undefined} */
let made;
/** The one of this thread. */
export function finder() {
  made ??= compiled() ?? plain();
  return made;
}

/** Those of this thread's finder, if it has some. @type {Parts | undefined} */
let parts;
/** For `useParts` in another thread. */
export function partsOf() {
  finder();
  return parts;
}
/** @param {Parts | undefined} own */
export const useParts = (own) => {
  parts = own;
};

/** Whether there is one already, since it takes a millisecond to make. */
export const hasFinder = () => made !== undefined;

/** @returns {Finder | undefined} */
export function compiled() {
  try {
    parts ??= makeParts();
    const { exports } = new WebAssembly.Instance(parts.module);
    const {
      memory,
      next,
      first,
      lines,
      squeeze,
      __heap_base: base,
    } = /** @type {Record<string, any>} */ (exports);
    const tables = Math.ceil(base.value / 16) * 16;
    const files = tables + TABLES + PAD;
    const texts = files + MOST + 2 * PAD;
    memory.grow(Math.ceil((texts + MOST + PAD) / PAGE) - memory.buffer.byteLength / PAGE);
    new Uint8Array(memory.buffer, tables).set(parts.tables);
    return {
      files: Buffer.from(memory.buffer, files, MOST),
      texts: Buffer.from(memory.buffer, texts, MOST),
      next: ({ byteOffset }, from, to) => next(tables, byteOffset + from, byteOffset + to) - byteOffset,
      first: ({ byteOffset }, from, to) => first(tables, byteOffset + from, byteOffset + to) - byteOffset,
      lines: ({ byteOffset }, from, to) => lines(byteOffset + from, byteOffset + to),
      squeeze: ({ byteOffset }, from, to) => squeeze(byteOffset + from, byteOffset + to, texts) - texts,
    };
  } catch {
    return undefined;
  }
}

/** @returns {Parts} */
function makeParts() {
  const code = readFileSync(built("glance.wasm"));
  const tables = new Uint8Array(TABLES);
  for (const [kind, groups] of SHAPES.entries()) {
    fillHalves(tables.buffer, kind === 0 ? 0 : HALVES[0], groups, QUICK[kind]);
    fillClosely(tables.buffer, HALVES[0] + HALVES[1] + kind * CLOSELY, groups.flat());
  }
  return { module: new WebAssembly.Module(code), tables };
}

/** @param {ArrayBuffer} memory @param {number} at @param {import("./shapes.mjs").Shape[][]} groups @param {number} bytes */
function fillHalves(memory, at, groups, bytes) {
  for (let index = 0; index < bytes; index += 1) {
    const [lower, upper] = [0, 16].map((half) => new Uint8Array(memory, at + index * 32 + half, 16));
    groups.forEach((shapes, group) => {
      for (const characters of new Set(shapes.map((shape) => shape[index + BEFORE])))
        for (const byte of bytesOf(characters)) {
          lower[byte & 15] |= 1 << group;
          upper[byte >> 4] |= 1 << group;
        }
    });
  }
}

/** @param {ArrayBuffer} memory @param {number} at @param {import("./shapes.mjs").Shape[]} shapes */
function fillClosely(memory, at, shapes) {
  for (let index = 0; index < LENGTH; index += 1)
    for (const half of [0, 1]) {
      const fits = new Uint32Array(memory, at + index * 2048, 512);
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
export function plain() {
  /** What two bytes that follow each other may be the beginning of. */
  const pairs = new Uint8Array(1 << 16);
  for (const shape of SHAPES.flat(2))
    for (const one of bytesOf(shape[BEFORE]))
      for (const two of bytesOf(shape[BEFORE + 1])) pairs[(one << 8) | two] = 1;
  const texts = Buffer.allocUnsafe(MOST);
  return {
    files: Buffer.allocUnsafe(MOST),
    texts,
    next(bytes, from, to) {
      for (let at = from; at < to; at += 1) if (pairs[(bytes[at] << 8) | bytes[at + 1]] !== 0) return at;
      return to;
    },
    first(bytes, from, to) {
      for (let at = from; at < to; at += 1)
        if (bytes[at] === 0 || pairs[(bytes[at] << 8) | bytes[at + 1]] !== 0) return at;
      return to;
    },
    lines(bytes, from, to) {
      let lines = 0;
      for (let at = from; at < to; at += 1) if (bytes[at] === 10) lines += 1;
      return lines;
    },
    squeeze: (bytes, from, to) => texts.write(withoutZeros(bytes.toString("latin1", from, to)), "latin1"),
  };
}

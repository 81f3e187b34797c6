// @ts-check
// What is compressed cannot be searched, so it is said.

/**
 * How compressed files and their kin begin: gzip, zip (Office documents, Java archives, Python wheels), xz, zstd and its
 * frames and dictionaries, bzip2, 7z, compress, lzip, lz4, lzma, lzop, snappy, zlib, cab, rar, xar, squashfs, rpm, PDF.
 */
const BEGINNINGS = [
  "1f8b",
  ...["504b0304", "504b0506", "504b0708"],
  "fd377a585a00",
  ...["28b52ffd", "37a430ec"],
  "425a68",
  "377abcaf271c",
  ...["1f9d", "1fa0"],
  "4c5a4950",
  ...["04224d18", "02214c18"],
  "5d0000",
  "894c5a4f",
  "ff060000734e61507059",
  ...["7801", "789c", "78da"],
  "4d534346",
  "526172211a07",
  "78617221",
  ...["68737173", "73717368"],
  "edabeedb",
  "255044462d",
];
/** zstd may begin with a frame to be skipped. */
const SKIPPABLE = /^5[0-9a-f]2a4d18/;

/** The first byte, by which nearly all files are ruled out. */
const FIRST = new Set([
  ...BEGINNINGS.map((magic) => Number.parseInt(magic.slice(0, 2), 16)),
  ...Array.from({ length: 16 }, (_, half) => 0x50 + half),
]);

/** Bytes at the beginning that tell of all of these, and of byte order marks. */
export const LONGEST_MAGIC = 10;

/** Brotli's files have no mark. */
const NAMES = /\.br$/i;

/** Whether a file of this name that begins so is compressed. @param {import("./names.mjs").Path} path @param {Buffer} start */
export function isCompressed(path, start) {
  if (NAMES.test(path)) return true;
  if (!FIRST.has(start[0])) return false;
  const hex = start.toString("hex", 0, LONGEST_MAGIC);
  return SKIPPABLE.test(hex) || BEGINNINGS.some((magic) => hex.startsWith(magic));
}

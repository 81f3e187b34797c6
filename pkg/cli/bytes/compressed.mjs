// @ts-check
// What is compressed cannot be searched, so it is said.

/**
 * How compressed files and their kin begin: gzip, zip (Office documents, Java archives, Python wheels), xz, zstd and its
 * frames and dictionaries, bzip2, 7z, compress, lzip, lz4, lzma, lzop, lrzip, zpaq, snappy, Firefox's lz4, zlib, cab, rar,
 * arj, xar, squashfs, cramfs, wim, rpm, PDF; packs and bundles of git, dumps of PostgreSQL and Redis, Parquet, ORC, Avro,
 * systemd's journal, disks of QEMU and VMware, Chrome's extensions.
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
  ...["5041434b0000", "23207632206769742062", "23207633206769742062"],
  ...["5047444d50", "5245444953303031", "5245444953303030"],
  ...["5041523115", "4f524308", "4f626a01", "4c504b5348485248"],
  ...["514649fb", "4b444d56"],
  ...["4c525a49", "376b5374", "6d6f7a4c7a343000"],
  ...["60ea", "453dcd28", "4d5357494d000000", "43723234"],
];
/** A level of zlib whose beginning is that of "x^2", too: what follows is no text. */
const ZLIB = /^785e(?:..)*?(?:0[0-8]|[89a-f].)/;
/** zstd may begin with a frame to be skipped. */
const SKIPPABLE = /^5[0-9a-f]2a4d18/;

/** The first byte, by which nearly all files are ruled out. */
const FIRST = new Uint8Array(256);
for (const magic of BEGINNINGS) FIRST[Number.parseInt(magic.slice(0, 2), 16)] = 1;
FIRST.fill(1, 0x50, 0x60);

const LONGEST_MAGIC = 10;
/** Bytes at the beginning that tell of all of these, and of archives. */
const BEGINNING = 262;

/** Brotli's files have no mark. @param {import("../terminal/names.mjs").Path} path */
const isBrotli = (path) => path.slice(-3).toLowerCase() === ".br";

/** Whether a file of this name that begins so is compressed. @param {import("../terminal/names.mjs").Path} path @param {Buffer} start */
export function isCompressed(path, start) {
  if (isBrotli(path)) return true;
  if (FIRST[start[0]] !== 1) return false;
  const hex = start.toString("hex", 0, LONGEST_MAGIC);
  return SKIPPABLE.test(hex) || ZLIB.test(hex) || BEGINNINGS.some((magic) => hex.startsWith(magic));
}

/**
 * Archives that are not compressed themselves, and may hold what is. `header`: how long it is before each file; `size`, and
 * whether it is one; `block`: what is filled up to.
 * @typedef {{ is(start: Buffer): boolean, before: number, header: number, block: number, name: number, size(header: Buffer): number, isHeader(header: Buffer): boolean }} Archive
 */
const BEFORE_AR = "!<arch>\n";
/** @type {Archive} */
const TAR = {
  is: (start) => start[257] === 0x75 && start.toString("latin1", 257, 262) === "ustar",
  ...{ before: 0, header: 512, block: 512, name: 100 },
  // Octal digits, or a number where those are too few.
  size: (header) =>
    (header.readUInt8(124) & 0x80) !== 0
      ? Number(header.readBigUInt64BE(128))
      : Number.parseInt(header.toString("latin1", 124, 136), 8),
  isHeader: (header) => TAR.is(header),
};
/** Such as Debian's packages. @type {Archive} */
const AR = {
  is: (start) => start[0] === 0x21 && start.toString("latin1", 0, BEFORE_AR.length) === BEFORE_AR,
  ...{ before: BEFORE_AR.length, header: 60, block: 2, name: 16 },
  size: (header) => Number.parseInt(header.toString("latin1", 48, 58), 10),
  isHeader: (header) => header.toString("latin1", 58, 60) === "`\n",
};

/** Whether a file that begins so is such an archive. @param {Buffer} start */
export const archiveOf = (start) => (TAR.is(start) ? TAR : AR.is(start) ? AR : undefined);

const NONE = Buffer.alloc(0);
/** Archives in each other that are looked into. */
const DEEPEST = 8;

/** `compressed`: whether it is, or holds what is, as far as is known at its end. @typedef {{ readonly compressed: boolean, push(bytes: Buffer): void, end(): void }} Look */

/**
 * Looks at something that comes in pieces, and at what is in it.
 * @param {import("../terminal/names.mjs").Path} name
 * @param {number} [depth] of the archives around it
 * @returns {Look}
 */
export function createLook(name, depth = 0) {
  /** @type {Buffer} */
  let first = NONE;
  let isBegun = false;
  let compressed = false;
  /** @type {Look | undefined} */
  let archive;
  const begin = () => {
    isBegun = true;
    const form = archiveOf(first);
    compressed = isCompressed(name, first) || (form !== undefined && depth === DEEPEST);
    if (form && !compressed) archive = createArchive(form, depth);
    archive?.push(first);
    first = NONE;
  };
  return {
    get compressed() {
      return compressed || archive?.compressed === true;
    },
    push(bytes) {
      if (isBegun) return archive?.push(bytes);
      first = first.length === 0 && bytes.length >= BEGINNING ? bytes : Buffer.concat([first, bytes]);
      if (first.length >= BEGINNING) begin();
    },
    end() {
      if (!isBegun) begin();
      archive?.end();
    },
  };
}

/** Looks at each file in an archive. @param {Archive} archive @param {number} depth @returns {Look} */
function createArchive({ before, header, block, name, size, isHeader }, depth) {
  let isCompressedWithin = false;
  let held = NONE;
  let skipped = before;
  /** The file that is looked at, and how much of it is to come. @type {Look | undefined} */
  let inner;
  let left = 0;
  const open = () => {
    const length = size(held);
    if (isHeader(held) && length >= 0) {
      inner = createLook(held.toString("latin1", 0, name).replace(/[\0/ ]+$/, ""), depth + 1);
      left = length;
      skipped = (block - (length % block)) % block;
    } else if (held.some((byte) => byte !== 0)) {
      // Where the next file begins nobody knows. Zero bytes are the end, behind which another archive may be.
      isCompressedWithin = true;
      skipped = Number.POSITIVE_INFINITY;
    }
    held = NONE;
    if (left === 0) close();
  };
  const close = () => {
    inner?.end();
    isCompressedWithin ||= inner?.compressed === true;
    inner = undefined;
  };
  return {
    get compressed() {
      return isCompressedWithin;
    },
    push(bytes) {
      for (let rest = bytes; rest.length > 0; ) {
        const wanted = inner ? left : skipped > 0 ? skipped : header - held.length;
        const part = rest.subarray(0, wanted);
        rest = rest.subarray(part.length);
        if (inner) {
          inner.push(part);
          left -= part.length;
          if (left === 0) close();
        } else if (skipped > 0) skipped -= part.length;
        else {
          held = Buffer.concat([held, part]);
          if (held.length === header) open();
        }
      }
    },
    end: close,
  };
}

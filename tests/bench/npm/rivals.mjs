// @ts-check
// What a careful person would write without the package: a regular expression and CRC-32 with a table.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const VALUES = new Uint8Array(128);
for (let digit = 0; digit < 62; digit += 1) VALUES[DIGITS.charCodeAt(digit)] = digit;
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit += 1) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** Whether the checksum of `text` from `start` to `end` holds. @param {string} text @param {number} start @param {number} end */
function checksumHolds(text, start, end) {
  let rest = -1;
  let found = 0;
  for (let at = start; at < end - 6; at += 1) rest = TABLE[(rest ^ text.charCodeAt(at)) & 255] ^ (rest >>> 8);
  for (let at = end - 6; at < end; at += 1) found = found * 62 + VALUES[text.charCodeAt(at)];
  return ~rest >>> 0 === found;
}

const KEY = /^[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)_(?:live|test)_1[0-9A-Za-z]{57}$/;

/** @param {string} key */
export const isWellFormed = (key) => KEY.test(key) && checksumHolds(key, 0, key.length);

/** @param {string} text @param {number} start @param {number} end */
function found(text, start, end) {
  const [brand, kind, environment] = text.slice(start, end).split("_");
  return {
    start,
    end,
    brand,
    kind,
    environment,
    redacted: `${brand}_${kind}_${environment}_***${text.slice(end - 4, end)}`,
  };
}

/** The expression that everybody writes first. @param {string} text */
export function scanPlain(text) {
  const keys = [];
  for (const { index, 0: key } of text.matchAll(
    /[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)_(?:live|test)_1[0-9A-Za-z]{57}/g,
  )) {
    if (checksumHolds(text, index, index + key.length)) keys.push(found(text, index, index + key.length));
  }
  return keys;
}

const TAIL = /_(?:live|test)_[0-9A-Za-z]{40,58}/g;
const HEAD = /[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)$/;

/** The fastest that we know, and the one that the package uses: it begins with what is rarest, and looks back. @param {string} text */
export function scanTuned(text) {
  const keys = [];
  TAIL.lastIndex = 0;
  while (TAIL.test(text)) {
    const end = TAIL.lastIndex;
    const head = HEAD.exec(text.slice(Math.max(0, end - 80), end - 64));
    if (head === null) continue;
    const start = end - 64 - head[0].length;
    if (checksumHolds(text, start, end)) keys.push(found(text, start, end));
  }
  return keys;
}

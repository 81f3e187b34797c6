// @ts-check
// The rules of FORMAT.md once more: slow, obvious, and without a line in common with the package.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** @param {string} text */
function crc32(text) {
  let rest = 0xffffffffn;
  for (const character of text) {
    rest ^= BigInt(character.charCodeAt(0));
    for (let bit = 0; bit < 8; bit += 1) rest = rest % 2n ? (rest >> 1n) ^ 0xedb88320n : rest >> 1n;
  }
  return Number(rest ^ 0xffffffffn);
}

/** The checksum of a key's head. @param {string} head */
export function checksum(head) {
  let [number, text] = [crc32(head), ""];
  for (let place = 0; place < 6; place += 1)
    [number, text] = [Math.floor(number / 62), DIGITS[number % 62] + text];
  return text;
}

/** A well-formed key from any material. @param {string} prefix @param {string} body 51 base62 digits */
export const makeKey = (prefix, body) => `${prefix}_1${body}${checksum(`${prefix}_1${body}`)}`;

/** The error of a text, or undefined for a well-formed key. @param {string} text */
export function problem(text) {
  const bytes = Buffer.byteLength(text);
  if (bytes === 0) return { code: "key.empty" };
  if (bytes > 128) return { code: "key.too_long" };
  const index = text.search(/[^0-9A-Za-z_]/);
  if (index >= 0) return { code: "key.bad_character", index };
  const parts = text.split("_");
  const [brand, kind, environment, body] = parts;
  const known = ["sk", "pat", "pk"].includes(kind) && ["live", "test"].includes(environment);
  if (parts.length !== 4 || !known || !/^[a-z][a-z0-9]{1,11}$/.test(brand)) return { code: "key.bad_prefix" };
  if (body[0] !== "1") return { code: "key.unknown_version" };
  if (body.length !== 58) return { code: "key.bad_length", expected: 58, actual: body.length };
  if (checksum(text.slice(0, -6)) !== text.slice(-6)) return { code: "key.bad_checksum" };
  return undefined;
}

/** Whether a part looks like a key, and nothing that follows makes it longer. @param {string} part @param {string} next */
function looksLikeOne(part, next) {
  const [, body] = part.match(/^[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)_(?:live|test)_([0-9A-Za-z]{40,58})$/) ?? [];
  if (body === undefined || !/[0-9]/.test(body.slice(0, 40))) return false;
  return body.length === 58 ? !body.endsWith("000000") : !/[0-9A-Za-z]/.test(next);
}

/** Every part of a text that is a key, and where none is, a damaged one; of those with one end the longest. @param {string} text */
export function keysIn(text) {
  const found = [];
  for (let end = 0; end <= text.length; end += 1) {
    const next = text.slice(end, end + 1);
    for (const damaged of [false, true]) {
      let start = Math.max(0, end - 80);
      const is = (/** @type {string} */ part) =>
        damaged ? looksLikeOne(part, next) : problem(part) === undefined;
      while (start < end && !is(text.slice(start, end))) start += 1;
      if (start === end) continue;
      found.push({ start, end, damaged });
      break;
    }
  }
  return found;
}

/** The text with every key redacted. @param {string} text */
export function redacted(text) {
  let [out, from] = ["", 0];
  for (const { start, end, damaged } of keysIn(text)) {
    const key = text.slice(start, end);
    const hint = damaged ? "" : key.slice(-4);
    out += `${text.slice(from, Math.max(from, start))}${key.slice(0, key.lastIndexOf("_"))}_***${hint}`;
    from = end;
  }
  return out + text.slice(from);
}

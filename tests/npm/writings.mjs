// @ts-check
// Ways to write a key down, each with what undoes it, for tests: nothing of this is the command's own.

/** `lead`: pieces before the key's first. @typedef {{ name: string, pieces(text: string): string[], undo(text: string): string, gaps: string[], lead: number }} Writing */

const hex = (/** @type {string} */ text) => Buffer.from(text, "latin1").toString("hex");
const base64 = (/** @type {string | Buffer} */ text) => Buffer.from(text).toString("base64");
const fromBase64 = (/** @type {string} */ text) =>
  Buffer.from(text.replace(/[^0-9A-Za-z+/_-]/g, ""), "base64").toString("latin1");
const fromHex = (/** @type {string} */ text) =>
  Buffer.from(text.replace(/0x|[^0-9a-f]/g, ""), "hex").toString("latin1");
const code = (/** @type {string} */ one, radix = 16) => one.charCodeAt(0).toString(radix);

/** Where a key goes on: an editor's, a terminal's or a mail's line, and what languages and markup have for it. */
export const GAPS = [
  ...["\n", "\r\n", "\n    ", "\n\t", "=\r\n", "=\n", "\\\n", "\\\r\n    ", "   \n", "\n\n"],
  ...["\n# ", "\n// ", "\n * ", "\n> ", "\n>> ", "\n+", "\n| ", "\n-- ", "\\n", "\\r\\n"],
  ...[
    '" +\n  "',
    "' +\r\n  '",
    '"\n    "',
    '" . "',
    "'\n  b'",
    '", "',
    '" &  _\n "',
    '"\n      f"',
    "`\n  + `",
  ],
  ...["<wbr>", "<br/>\n ", "</b>\r\n", "&shy;", "&shy;\n", "\x1b[m\x1b[K", "\x1b[0m\n", "\u200b"],
];
const LINES = ["\n", "\r\n", "\n  ", "\\n", '" +\n  "', '"\n  "', "\n> "];

const each = (/** @type {(one: string) => string} */ write) => (/** @type {string} */ text) =>
  [...text].map(write);
const only = (/** @type {string} */ of, /** @type {string} */ written) =>
  each((one) => (one === of ? written : one));

/** @type {(name: string, pieces: (text: string) => string[], undo: (text: string) => string, gaps?: string[], lead?: number) => Writing} */
const writing = (name, pieces, undo, gaps = GAPS, lead = 0) => ({ name, pieces, undo, gaps, lead });
/** Characters of base64 before that of a byte. @param {number} bytes */
const inBase64 = (bytes) => Math.floor((bytes * 4) / 3);
/** @param {RegExp} pattern @param {number} radix */
const undone = (pattern, radix) => (/** @type {string} */ text) =>
  text.replace(pattern, (_, digits) => String.fromCharCode(Number.parseInt(digits, radix)));

const same = (/** @type {string} */ text) => text;
const UNDERSCORES = [
  ...[
    "%5F",
    "%5f",
    "%255F",
    "%25255f",
    "%u005F",
    "\\u005f",
    "\\\\u005F",
    "\\u{5f}",
    "\\U0000005F",
    "\\x5f",
    "\\x{5f}",
  ],
  ...[
    "\\137",
    "\\0137",
    "&#95;",
    "&#x5F;",
    "&#095;",
    "&amp;#95;",
    "&lowbar;",
    "&UnderBar;",
    "=5F",
    "\\_",
    "\\\\_",
    "+AF8-",
  ],
];

/** @type {Writing[]} */
export const WRITINGS = [
  writing("plain", each(same), same),
  ...UNDERSCORES.map((written) =>
    writing(`underscores as ${written}`, only("_", written), (text) => text.replaceAll(written, "_")),
  ),
  writing(
    "percent",
    each((one) => `%${code(one)}`),
    undone(/%([0-9a-f]{2})/g, 16),
  ),
  writing(
    "\\u",
    each((one) => `\\u00${code(one)}`),
    undone(/\\u([0-9a-f]{4})/g, 16),
  ),
  writing(
    "\\x",
    each((one) => `\\x${code(one).toUpperCase()}`),
    undone(/\\x([0-9A-F]{2})/g, 16),
  ),
  writing(
    "octal",
    each((one) => `\\${code(one, 8).padStart(3, "0")}`),
    undone(/\\([0-7]{3})/g, 8),
  ),
  writing(
    "entities",
    each((one) => `&#${code(one, 10)};`),
    undone(/&#([0-9]+);/g, 10),
  ),
  writing(
    "hexadecimal entities",
    each((one) => `&#x${code(one)};`),
    undone(/&#x([0-9a-f]+);/g, 16),
  ),
  writing("hexadecimal", each(hex), fromHex, ["", "\n", "\r\n", " ", ":"]),
  writing(
    "HEXADECIMAL",
    each((one) => hex(one).toUpperCase()),
    (text) => fromHex(text.toLowerCase()),
    ["", "\n"],
  ),
  writing(
    "bytes of C",
    each((one) => `0x${hex(one)}`),
    fromHex,
    [", ", ",", ",\n  "],
  ),
  writing(
    "numbers",
    each((one) => String(one.charCodeAt(0))),
    (text) => String.fromCharCode(...(text.match(/[0-9]+/g) ?? []).map(Number)),
    [",", ", ", ",\n  "],
  ),
  ...["", "u", "us"].flatMap((before) => [
    writing(
      `base64 behind ${before.length}`,
      (text) => [...base64(before + text)],
      fromBase64,
      LINES,
      inBase64(before.length),
    ),
    writing(
      `base64url behind ${before.length}`,
      (text) => [...Buffer.from(`${before}${text}?~~`).toString("base64url")],
      fromBase64,
      LINES,
      inBase64(before.length),
    ),
    ...["v", "vw", "vwx"].map((outer) =>
      writing(
        `base64 twice behind ${outer.length} and ${before.length}`,
        (text) => [...base64(`${outer}:${base64(`${before}:${text}`)}`)],
        (text) => fromBase64(fromBase64(text).replace(/^v\w*:/, "")),
        LINES,
        inBase64(outer.length + 1 + inBase64(before.length + 1)),
      ),
    ),
    writing(
      `base64 of UTF-16LE behind ${before.length}`,
      (text) => [...base64(Buffer.from(before + text, "utf16le"))],
      (text) => fromBase64(text).replaceAll("\0", ""),
      LINES,
      inBase64(2 * before.length),
    ),
    writing(
      `base64 of UTF-16BE behind ${before.length}`,
      (text) => [...base64(Buffer.from(before + text, "utf16le").swap16())],
      (text) => fromBase64(text).replaceAll("\0", ""),
      LINES,
      inBase64(2 * before.length + 1),
    ),
  ]),
];

/** @param {string} text one character for each byte @param {1 | 2 | 4} width @param {boolean} big */
export function widened(text, width, big) {
  const bytes = Buffer.alloc(text.length * width);
  for (let at = 0; at < text.length; at += 1) bytes[at * width + (big ? width - 1 : 0)] = text.charCodeAt(at);
  return bytes;
}

/** The rows of a dump, as `xxd` and `hexdump -C` write them. @param {string} text @param {boolean} canonical */
export function dump(text, canonical) {
  const rows = [];
  for (let at = 0; at < text.length; at += 16) {
    const part = text.slice(at, at + 16).replace(/[^ -~]/g, ".");
    const bytes = [...text.slice(at, at + 16)].map(hex);
    const offset = at.toString(16).padStart(8, "0");
    const halves = [bytes.slice(0, 8).join(" "), bytes.slice(8).join(" ")];
    const pairs = bytes.map((byte, index) => byte + (index % 2 ? " " : "")).join("");
    rows.push(
      canonical
        ? `${offset}  ${halves[0].padEnd(23)}  ${halves[1].padEnd(23)}  |${part}|`
        : `${offset}: ${pairs.trimEnd().padEnd(39)}  ${part}`,
    );
  }
  return rows.join("\n");
}

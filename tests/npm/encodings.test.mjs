// @ts-check
// Both commands see keys in every encoding, and `redact` leaves the encoding as it is.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { isCompressed } from "../../pkg/cli/bytes/compressed.mjs";
import { createFilter } from "../../pkg/cli/bytes/filter.mjs";
import { isPlain } from "../../pkg/cli/bytes/glance.mjs";
import { createSearch } from "../../pkg/cli/bytes/search.mjs";
import { passesGlance } from "./glanced.mjs";
import { issueVectors, project } from "./project.mjs";

const { key: KEY, redacted: REDACTED } = issueVectors.cases[3];
const CUT = KEY.slice(0, -2);
const MASKED = "kw_sk_test_***";

/** @param {string} text @param {2 | 4} width @param {boolean} big */
function wide(text, width, big) {
  const units = width === 2 ? text.split("") : [...text];
  const bytes = Buffer.alloc(units.length * width);
  units.forEach((unit, index) => {
    const code = unit.codePointAt(0) ?? 0;
    if (big) bytes.writeUIntBE(code, index * width, width);
    else bytes.writeUIntLE(code, index * width, width);
  });
  return bytes;
}

/** @type {Record<string, (text: string) => Buffer>} */
const ENCODINGS = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-16LE": (text) => wide(text, 2, false),
  "UTF-16BE": (text) => wide(text, 2, true),
  "UTF-32LE": (text) => wide(text, 4, false),
  "UTF-32BE": (text) => wide(text, 4, true),
};

/** @param {Buffer} bytes @param {number} size */
function pieces(bytes, size) {
  const all = [];
  for (let at = 0; at < bytes.length; at += size) all.push(bytes.subarray(at, at + size));
  return all;
}

/** @param {Buffer} bytes @param {number} size */
function redacted(bytes, size) {
  const filter = createFilter(undefined);
  const out = pieces(bytes, size).map((piece) => filter.push(piece.toString("latin1")));
  return Buffer.from(out.join("") + filter.end(), "latin1");
}

/** @param {Buffer} bytes @param {number} size */
function found(bytes, size) {
  const search = createSearch("x", undefined);
  const all = [...pieces(bytes, size).flatMap((piece) => search.push(piece)), ...search.end()];
  // What holds a key has to be searched.
  assert.ok(all.length === 0 || !isPlain("", bytes) || passesGlance(bytes), "the glance rules it out");
  return all.map(({ line, column, damaged }) => [line, column, damaged]);
}

for (const [name, encode] of Object.entries(ENCODINGS)) {
  for (const mark of ["", "\ufeff"]) {
    test(`${name} ${mark && "with a byte order mark "}is read and kept, in pieces of any size`, () => {
      const text = (/** @type {string} */ one, /** @type {string} */ two) =>
        encode(`${mark}a\r\nx "${one}"\n中é\n${one}/${two}\n= ${two}`);
      for (const size of [1, 2, 3, 7, 64, 10_000]) {
        assert.deepEqual(redacted(text(KEY, CUT), size), text(REDACTED, MASKED));
        const last = 1 + KEY.length + 1;
        assert.deepEqual(found(text(KEY, CUT), size), [
          [2, 4, false],
          [4, 1, false],
          [4, last, true],
          [5, 3, true],
        ]);
      }
    });
  }
}

test("a key behind zero bytes, and right behind a part in another encoding, is seen", () => {
  for (const before of [
    Buffer.alloc(9),
    Buffer.from("\0a\0"),
    Buffer.alloc(20_000),
    wide("中文a", 2, false),
  ]) {
    const bytes = Buffer.concat([before, Buffer.from(` ${KEY}\n`)]);
    assert.equal(found(bytes, 4096).length, 1);
    assert.deepEqual(redacted(bytes, 4096), Buffer.concat([before, Buffer.from(` ${REDACTED}\n`)]));
  }
});

test("bytes of another encoding behind a byte order mark are searched, too, and nothing twice", () => {
  const bytes = Buffer.concat([wide(`\ufeff"${KEY}"\n`, 2, false), Buffer.from(`${CUT}\n`)]);
  for (const size of [1, 64, 4096])
    assert.deepEqual(
      found(bytes, size).map(([, , damaged]) => damaged),
      [false, true],
    );
});

test("escaped underscores are seen", () => {
  for (const written of [
    "%5F",
    "%5f",
    "%255F",
    "\\u005f",
    "\\\\u005F",
    "\\x5f",
    "&#95;",
    "&#x5F;",
    "=5F",
    "\\_",
  ]) {
    const bytes = Buffer.from(`k=${KEY.replaceAll("_", written)} & ${CUT.replaceAll("_", written)}`);
    for (const size of [1, 3, 1000]) {
      assert.deepEqual(
        found(bytes, size).map(([, , damaged]) => damaged),
        [false, true],
        written,
      );
      assert.equal(redacted(bytes, size).toString(), `k=${REDACTED} & ${MASKED}`);
    }
  }
});

test("scan sees keys in base64, wherever they begin in a group, whole and damaged", () => {
  for (const before of ["", "u", "us", "user:", "0123456789".repeat(20)]) {
    for (const [secret, damaged] of /** @type {const} */ ([
      [KEY, false],
      [CUT, true],
    ])) {
      for (const after of ["", "\n", ":password"]) {
        for (const form of /** @type {const} */ (["base64", "base64url"])) {
          const text = `a\n  key: ${Buffer.from(before + secret + after).toString(form)}\nlast\n`;
          for (const size of [1, 5, 100, 4096]) {
            const all = found(Buffer.from(text), size);
            assert.deepEqual(
              all.map(([line, , cut]) => [line, cut]),
              [[2, damaged]],
              text,
            );
            if (before === "") assert.equal(all[0][1], 8);
          }
        }
      }
    }
  }
});

test("text without keys passes as it is, near misses included, as soon as its line is whole", () => {
  for (const text of [
    "%5",
    "a=",
    "\\",
    "\\u005",
    "&#9",
    "\0\0",
    "%5F%5F\0_\0kw_sk_test_1",
    "=5F=5F&#95;",
    `${KEY.slice(0, 45)}\0`,
  ]) {
    const bytes = Buffer.from(`${text}\n`.repeat(50) + text);
    for (const size of [1, 5, 1000]) assert.deepEqual(redacted(bytes, size), bytes);
  }
  const filter = createFilter(undefined);
  assert.equal(filter.push("one = two\n"), "one = two\n");
});

test("what is compressed is said not to have been searched, unless --binary takes it as it is", async () => {
  const { path, folder } = await project({});
  writeFileSync(path("a.gz"), gzipSync("nothing"));
  const keyward = (/** @type {string[]} */ ...args) => {
    const { status, stderr } = spawnSync(path("node_modules/.bin/keyward"), ["scan", ...args, "a.gz"], {
      cwd: folder,
    });
    return { status, err: stderr.toString() };
  };
  const { status, err } = keyward();
  assert.equal(status, 2);
  assert.match(err, /^keyward: a\.gz: it is compressed, or holds what is/);
  assert.deepEqual(keyward("--binary"), { status: 0, err: "" });
});

/** A file in a tar archive, behind its header. @param {string} name @param {Buffer} bytes @param {string} [size] */
function inTar(name, bytes, size = `${bytes.length.toString(8).padStart(11, "0")} `) {
  const whole = Buffer.alloc(512 + Math.ceil(bytes.length / 512) * 512);
  for (const [at, part] of /** @type {const} */ ([
    [0, name],
    [124, Buffer.from(size, "latin1")],
    [257, "ustar\x0000"],
    [512, bytes],
  ]))
    Buffer.from(part).copy(whole, at);
  return whole;
}

/** Such as a package of Debian. @param {string} name @param {Buffer} bytes */
const inAr = (name, bytes) =>
  Buffer.concat([
    Buffer.from(`${name.padEnd(48)}${String(bytes.length).padEnd(10)}\`\n`),
    bytes,
    Buffer.from(bytes.length % 2 ? "\n" : ""),
  ]);

/** A text in so many archives. @param {number} depth @returns {Buffer} */
const nested = (depth) => inTar("a", depth > 1 ? nested(depth - 1) : Buffer.from("text"));

test("an archive that holds something compressed is said not to have been searched whole", () => {
  const [text, packed] = [Buffer.from("text"), gzipSync("nothing")];
  const end = Buffer.alloc(1024);
  const ar = Buffer.from("!<arch>\n");
  const long = Buffer.alloc(700_001, "text\n");
  const archives = [
    { isWhole: true, of: [inTar("a", text), inTar("b", long), end] },
    { isWhole: false, of: [inTar("a", text), inTar("b", packed), end] },
    { isWhole: false, of: [inTar("a", long), inTar("b", packed)] },
    { isWhole: false, of: [inTar("a", Buffer.alloc(0)), inTar("a.br", text), end] },
    { isWhole: false, of: [inTar("a", text, `\x80\0\0\0\0\0\0\0\0\0\0\x04`), inTar("b", packed), end] },
    { isWhole: false, of: [inTar("a", text, "-0000000777 "), inTar("b", text), end] },
    { isWhole: false, of: [inTar("a", text), Buffer.alloc(600, "what is this?")] },
    { isWhole: true, of: [ar, inAr("a.o/", text), inAr("b.o/", long)] },
    { isWhole: false, of: [ar, inAr("debian-binary", Buffer.from("2.0")), inAr("control.tar.gz", packed)] },
    // One behind the other, one in the other, and one that is cut.
    { isWhole: true, of: [inTar("a", text), end, inTar("b", text), end] },
    { isWhole: false, of: [inTar("a", text), end, inTar("b", packed), end] },
    {
      isWhole: true,
      of: [inTar("layer.tar", Buffer.concat([inTar("a", long), end])), inTar("b", text), end],
    },
    { isWhole: false, of: [inTar("layer.tar", Buffer.concat([inTar("a", packed), end])), end] },
    { isWhole: false, of: [inTar("x.deb", Buffer.concat([ar, inAr("control.tar.gz", packed)])), end] },
    { isWhole: true, of: [nested(8), end] },
    { isWhole: false, of: [nested(9), end] },
    { isWhole: false, of: [inTar("a", packed).subarray(0, 515)] },
  ];
  archives.forEach(({ isWhole, of }, index) => {
    const bytes = Buffer.concat(of);
    for (const size of [101, 512, bytes.length]) {
      const search = createSearch("x", undefined);
      for (let at = 0; at < bytes.length; at += size) search.push(bytes.subarray(at, at + size));
      search.end();
      assert.equal(search.compressed, !isWhole, `${index}, by ${size}`);
    }
  });
});

test("what is compressed is told by how it begins, and other files are not taken for it", () => {
  const magics = [
    "PK\x03\x04",
    "PK\x05\x06",
    "BZh9",
    "7z\xbc\xaf\x27\x1c",
    "\xfd7zXZ\0",
    "\x28\xb5\x2f\xfd",
    "Rar!\x1a\x07",
  ];
  const more = [
    "\x04\x22\x4d\x18",
    "LZIP",
    "\x1f\x9d",
    "MSCF",
    "xar!",
    "%PDF-1.7",
    "\x50\x2a\x4d\x18",
    "\x5d\0\0\x80",
    "PACK\0\0\0\x02",
    "# v2 git bundle\n",
    "PGDMP\x01",
    "REDIS0011",
    "PAR1\x15",
    "x^\xed\xc1",
  ];
  const begun = [...magics, ...more].map((magic) => Buffer.from(`${magic} and so on`, "latin1"));
  for (const bytes of [...begun, gzipSync("x"), deflateSync("x")])
    assert.ok(isCompressed("x", bytes), bytes.toString("latin1"));
  assert.ok(isCompressed("a/app.js.br", Buffer.from("anything")));
  for (const text of [
    "",
    "P",
    "x^2 + 1",
    "PKG=1\n",
    "PACKAGE=1\n",
    "REDIS_URL=redis://",
    "# v2 of it",
    "BZ",
    "\x89PNG\r\n",
    "SQLite format 3\0",
    "\x7fELF",
    "{}",
    "7zip is a program",
  ])
    assert.ok(!isCompressed("x.txt", Buffer.from(text, "latin1")), text);
});

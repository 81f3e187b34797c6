// @ts-check
// A key is found and removed however it is written and wherever it is broken, and what is no key passes.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { scan } from "keyward";
import { createFilter } from "../../pkg/cli/bytes/filter.mjs";
import { createSearch } from "../../pkg/cli/bytes/search.mjs";
import { passesGlance } from "./glanced.mjs";
import { makeKey } from "./slow.mjs";
import { dump, GAPS, WRITINGS, widened } from "./writings.mjs";

const numRuns = Number(process.env.FUZZ_RUNS ?? 400);
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20261126) });

const digits = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"];
const key = fc
  .tuple(
    fc.stringMatching(/^[a-z][a-z0-9]{1,11}$/),
    fc.constantFrom("sk", "pat", "pk"),
    fc.constantFrom("live", "test"),
    fc.string({ unit: fc.constantFrom(...digits), minLength: 51, maxLength: 51 }),
  )
  .map(([brand, kind, environment, body]) => makeKey(`${brand}_${kind}_${environment}`, body));
const cuts = fc.array(fc.nat(3_000), { maxLength: 6 });

/** @param {Buffer} bytes @param {number[]} cuts */
function inPieces(bytes, cuts) {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

/** @param {Buffer[]} pieces */
function found(pieces) {
  const search = createSearch("x", undefined);
  return [...pieces.flatMap((piece) => search.push(piece)), ...search.end()];
}

/** @param {Buffer[]} pieces */
function redacted(pieces) {
  const filter = createFilter(undefined);
  return pieces.map((piece) => filter.push(piece.toString("latin1"))).join("") + filter.end();
}

/** Whether eight characters of a key's body that follow each other are in a text. @param {string} text @param {string} body @param {number} [least] */
function survives(text, body, least = 8) {
  const letters = text.replace(/[^0-9A-Za-z]/g, "");
  return Array.from({ length: body.length - least + 1 }, (_, at) => body.slice(at, at + least)).some((part) =>
    letters.includes(part),
  );
}
const bodyOf = (/** @type {string} */ token) => token.slice(token.lastIndexOf("_") + 1);

/** @param {string} token @param {Buffer} bytes @param {number} line @param {string} before @param {string} after @param {number[]} at */
function check(token, bytes, line, before, after, at) {
  const pieces = inPieces(bytes, at);
  assert.ok(passesGlance(bytes), "a quick look passes over it");
  const keys = found(pieces);
  assert.deepEqual(
    keys.map((one) => [one.token === token, one.line, one.damaged]),
    [[true, line, false]],
  );
  const out = redacted(pieces);
  assert.ok(out.startsWith(before) && out.endsWith(after), "what is around it stays");
  assert.equal(out.split("\n").length, bytes.toString("latin1").split("\n").length, "lines stay");
  assert.deepEqual(found([Buffer.from(out, "latin1")]), []);
  return out;
}

for (const { name, pieces, undo, gaps, lead } of WRITINGS)
  test(`${name}: a key is found in its line and removed, broken anywhere, in pieces`, () => {
    const property = fc.property(
      key,
      fc.constantFrom(...gaps),
      fc.integer({ min: 1, max: 90 }),
      fc.constantFrom(.../** @type {const} */ ([1, 1, 2, 4])),
      fc.boolean(),
      cuts,
      (token, gap, width, wide, big, at) => {
        const parts = pieces(token);
        const dense = name === "numbers" || name === "bytes of C" || gap === " " || gap === ":";
        // No more than one break in what base64 makes of the environment.
        const line = name.startsWith("base64") ? width + 7 : width;
        const written = parts
          .map((part, index) => (index > 0 && (dense || index % line === 0) ? gap : "") + part)
          .join("");
        const [before, after] = ["one\ntwo: ", "\n---\nthree"];
        const encode = (/** @type {string} */ text) =>
          widened(Buffer.from(text).toString("latin1"), wide, big);
        const latin1 = (/** @type {string} */ text) => encode(text).toString("latin1");
        const breaks = dense ? 0 : Math.floor(lead / line) * (gap.split("\n").length - 1);
        const all = encode(before + written + after);
        const out = check(token, all, 2 + breaks, latin1(before), latin1(after), at);
        const body = out.slice(latin1(before).length, out.length - latin1(after).length).replaceAll("\0", "");
        const plain = undo(body.replaceAll(gap === "" ? "\0" : gap, dense ? " " : ""));
        for (const text of [body, plain]) assert.ok(!survives(text, bodyOf(token)), text);
      },
    );
    fc.assert(property, { numRuns: numRuns / 10 });
  });

test("wherever a broken key is cut into two pieces, the same is put out as for the whole", () => {
  const token = makeKey("kw_sk_live", "0Zr1bFu".repeat(8).slice(0, 51));
  for (const gap of GAPS)
    for (const written of ["_", "&amp;#95;"])
      for (const width of [1, 6, 41]) {
        const parts = [...token].map((one) => (one === "_" ? written : one));
        const text = `x = ${parts.map((part, at) => (at > 0 && at % width === 0 ? gap : "") + part).join("")}\n--`;
        // What is out already of a prefix, which is no secret, is as it was written.
        const put = (/** @type {Buffer[]} */ pieces) => redacted(pieces).replaceAll(written, "_");
        const [whole, bytes] = [put([Buffer.from(text)]), Buffer.from(text)];
        for (let cut = 1; cut < bytes.length; cut += 1)
          assert.equal(put([bytes.subarray(0, cut), bytes.subarray(cut)]), whole);
      }
});

test("a key in a dump is found once, and removed from the bytes and from the text beside them", () => {
  const property = fc.property(key, fc.nat(40), fc.boolean(), cuts, (token, pad, canonical, at) => {
    const bytes = Buffer.from(`${dump(`${"-".repeat(pad)} ${token} and more`, canonical)}\n`);
    const keys = found(inPieces(bytes, at));
    assert.deepEqual(
      keys.map((one) => [one.token, one.damaged]),
      [[token, false]],
    );
    const out = redacted(inPieces(bytes, at));
    assert.ok(!survives(out.replace(/^\S+ .{2,50} {2}\|?(.*)$/gm, "$1"), bodyOf(token)), out);
    const bytesOnly = out.replace(/^\S+ (.{39,50}) {2}.*$/gm, "$1");
    assert.ok(!survives(bytesOnly, Buffer.from(bodyOf(token)).toString("hex"), 16), out);
    assert.deepEqual(found([Buffer.from(out)]), []);
  });
  fc.assert(property, { numRuns: numRuns / 4 });
});

test("in text without breaks and escapes the command finds what the library finds", () => {
  const cut = fc.tuple(key, fc.nat(79), fc.nat(3), fc.constantFrom("", "_", "z", " ", "é"));
  const damaged = cut.map(
    ([token, at, length, other]) => token.slice(0, at) + other + token.slice(at + length),
  );
  const near = fc.constantFrom(
    "kw_sk_live_",
    "_test_1",
    "_",
    "kw",
    "word",
    "7",
    " ",
    "; ",
    "-",
    "é",
    "🔑",
    "0".repeat(41),
  );
  const text = fc.array(fc.oneof(key, damaged, near), { maxLength: 7 }).map((pieces) => pieces.join(""));
  const property = fc.property(text, cuts, (input, at) => {
    const keys = found(inPieces(Buffer.from(input), at));
    assert.deepEqual(
      keys.map(({ column, redacted, damaged }) => ({ start: column - 1, redacted, damaged })),
      scan(input).map(({ start, redacted, damaged }) => ({ start, redacted, damaged })),
    );
  });
  fc.assert(property, { numRuns: 3 * numRuns });
});

test("a key is told in one piece where it stands in one, and its pieces where it is broken", () => {
  const token = makeKey("kw_sk_live", "a1".repeat(26).slice(1));
  const hint = token.slice(-4);
  for (const [text, expected] of [
    [`k=${token};`, `k=kw_sk_live_***${hint};`],
    [`k=${token.replaceAll("_", "%5F")};`, `k=kw_sk_live_***${hint};`],
    [`"${token.slice(0, 30)}" +\n  "${token.slice(30)}"`, `"kw_sk_live_***" +\n  "***${hint}"`],
    [`kw_sk_\nlive_${token.slice(11)}`, `kw_sk_\nlive_***${hint}`],
    [`# ${token.slice(0, 60)}\n# ${token.slice(60)} x`, `# kw_sk_live_***\n# ***${hint} x`],
  ])
    for (const size of [1, 9, 1000]) {
      const bytes = Buffer.from(text);
      const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
      assert.equal(redacted(inPieces(bytes, cuts)), expected);
    }
});

test("what follows a damaged key is none of it, and keys in lists are each told", () => {
  const [one, two] = ["1", "2"].map((digit) => makeKey("kw_sk_live", digit.repeat(51)));
  const cut = one.slice(0, -6);
  for (const [text, damaged] of /** @type {const} */ ([
    [`${one}\n${two}\n`, [false, false]],
    [`${cut}\n${two}\n`, [true, false]],
    [`${cut}\nabcdefghi\n`, [true]],
    [`${cut}=\n${two}`, [true, false]],
    [`"${cut}", "abcdef", "${two}"`, [true, false]],
    [`${Buffer.from(cut).toString("base64")}\n${Buffer.from(two).toString("base64")}\n`, [true, false]],
    [`${cut.slice(0, 30)}=\r\n${cut.slice(30)}\n`, [true]],
    [`${cut.slice(0, 30)}\\\n  ${cut.slice(30)}\n`, [true]],
  ]))
    for (const cuts of [[], [20, 40, 60], [70, 71, 72]]) {
      const keys = found(inPieces(Buffer.from(text), cuts));
      assert.deepEqual(
        keys.map((key) => key.damaged),
        damaged,
        text,
      );
    }
});

test("what is no key passes as it is, whatever it looks like", () => {
  const near = fc.constantFrom(
    ...[
      "kw_sk_live_",
      "_live_",
      "_test_1",
      "kw",
      "\n",
      "\n  ",
      '" + "',
      "=\n",
      "%5F",
      "%",
      "\\u005f",
      "\\",
      "\0",
      "é",
    ],
    ...[
      "X2xpdmVf",
      "X2xp",
      "dmVf",
      "c2tf",
      "5f6c6976655f",
      "6b5f",
      "95,108,",
      "101,95,",
      "<b>",
      "&#95;",
      "AF8-",
      "+AF8-",
    ],
    ...["0123456789", "abc", "1", " ", "\x1b[m", "0x5f, ", "00000010: ", "=", "_", "\xff", "\n# "],
  );
  const text = fc.array(near, { maxLength: 40 }).map((parts) => parts.join(""));
  const property = fc.property(text, cuts, (input, at) => {
    const bytes = Buffer.from(input, "latin1");
    if (found([bytes]).length === 0) assert.equal(redacted(inPieces(bytes, at)), input);
    else
      assert.match(input.replace(/[^0-9A-Za-z_]/g, ""), /[0-9]{20}/, "only digits enough make a damaged key");
  });
  fc.assert(property, { numRuns: 3 * numRuns });
});

test("a line without a key is put out as soon as it ends, whatever it ends with", () => {
  for (const line of [
    "done\n",
    "KEY=1\n",
    "is_live_ = 3\n",
    "kw_sk_live_***abcd\n",
    "a_test_case\n",
    "x % y \\\n",
    "SGVsbG8=\n",
  ]) {
    const filter = createFilter(undefined);
    assert.equal(filter.push(line), line);
  }
});

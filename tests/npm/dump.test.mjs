// @ts-check
// Dumps of other systems as the command reads them: rows and their lines, and what their databases write.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../../pkg/cli/moving/dump.mjs";
import { SYSTEMS } from "../../pkg/cli/moving/systems.mjs";

/**
 * Rows by their lines, what is wrong with the others, and why the file cannot be read to its end.
 * @param {string | Uint8Array} content @param {number} [size] of the pieces in which it arrives
 */
async function read(content, size = 1 << 20) {
  const bytes = Buffer.from(content);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  /** @type {[number, unknown][]} */
  const rows = [];
  let broken = "";
  try {
    for await (const found of rowsOf(pieces()))
      rows.push([found.line, "row" in found ? found.row : found.problem]);
  } catch (error) {
    broken = /** @type {Error} */ (error).message;
  }
  return { rows, broken };
}

/** The same, however the pieces are cut. @param {string} content */
async function readInPieces(content) {
  const whole = await read(content);
  for (const size of [1, 2, 7]) assert.deepEqual(await read(content, size), whole, `in pieces of ${size}`);
  return whole;
}

test("a JSON array, lines of JSON and CSV give the same rows, with the line at which each begins", async () => {
  const [a, b] = [
    { id: "é", title: 'say "x"' },
    { id: "2", title: "two\nlines" },
  ];
  const c = { id: "3", title: "" };
  const array = `\n[${JSON.stringify(a)},\n\n  {"id":\n"2", "title": "two\\nlines"},\n${JSON.stringify(c)}]\n`;
  assert.deepEqual(await readInPieces(array), {
    rows: [
      [2, a],
      [4, b],
      [6, c],
    ],
    broken: "",
  });
  const lines = `${JSON.stringify(a)}\n\r\n${JSON.stringify(b)}\r\n${JSON.stringify(c)}`;
  assert.deepEqual((await readInPieces(lines)).rows, [
    [1, a],
    [3, b],
    [4, c],
  ]);
  for (const [comma, end] of ["\n", "\r\n"].flatMap((end) => [",", ";", "\t"].map((comma) => [comma, end]))) {
    const table = [`id${comma}title`, `é${comma}"say ""x"""`, "", `2${comma}"two\nlines"`, `3${comma}`];
    assert.deepEqual((await readInPieces(`\ufeff${table.join(end)}`)).rows, [
      [2, a],
      [4, b],
      [6, c],
    ]);
  }
});

test("UTF-16, as PowerShell writes it, is read; what is no text is refused", async () => {
  assert.deepEqual((await read(Buffer.from('\ufeff[{"id":"é"}]', "utf16le"))).rows, [[1, { id: "é" }]]);
  assert.match((await read(Buffer.from([0x7b, 0xff, 0xfe, 0x00]))).broken, /UTF-8/);
});

test("a row that is none fails alone, and those around it are read", async () => {
  assert.deepEqual(await readInPieces('{"a":1}\nfoo\n[1]\n{"b":2}\n'), {
    rows: [
      [1, { a: 1 }],
      [2, "is not a JSON object"],
      [3, "is not a JSON object"],
      [4, { b: 2 }],
    ],
    broken: "",
  });
  assert.deepEqual((await readInPieces('[{"a":1},\n7,\nnull,\n{"b":{}}]')).rows, [
    [1, { a: 1 }],
    [2, "is not a JSON object"],
    [3, "is not a JSON object"],
    [4, { b: {} }],
  ]);
  const { rows, broken } = await read("a,b\n1,2\n3\n4,5,6\n7,8\n");
  assert.equal(broken, "");
  assert.deepEqual(
    rows.toSorted(([one], [other]) => one - other),
    [
      [2, { a: "1", b: "2" }],
      [3, "has more or fewer columns than the header"],
      [4, "has more or fewer columns than the header"],
      [5, { a: "7", b: "8" }],
    ],
  );
});

test("a file that breaks off or is something else is said to, after the rows before", async () => {
  /** @type {[string, number, RegExp][]} */
  const cases = [
    ['[{"a":1},\n{"b":2', 1, /line 2 is not JSON/],
    ['[{"a":1}\n', 1, /line 2 is not JSON/],
    ['[{"a":1}]\n[{"a":2}]', 1, /line 2 is not JSON/],
    ['[{"a":secret}]', 0, /line 1 is not JSON/],
    ['{\n "data": [{"a": 1}]\n}', 0, /first line is not a whole JSON object/],
    ['a,b\n1,2\n3,"4\n5,6\n', 1, /a quote in or before line \d+ is not closed/],
    ['a,b\n1,2\n3,"4"secret\n5,6\n', 1, /a quote in or before line 3/],
    [`{"a":1}\n{"a":"${"x".repeat(5 << 20)}`, 1, /far too long/],
  ];
  for (const [content, whole, message] of cases) {
    const { rows, broken } = await read(content);
    assert.match(broken, message);
    assert.equal(rows.length, whole, broken);
    assert.ok(!broken.includes("secret"));
  }
  assert.deepEqual(await read(""), { rows: [], broken: "" });
  assert.deepEqual(await read("[]"), { rows: [], broken: "" });
});

/** A row of one's own table, as it is sent. @param {object} row */
const sent = (row) => SYSTEMS.csv({ hash: "00", ...row }, {}, () => {});
/** Its code if it cannot be. @param {() => unknown} map */
function codeOf(map) {
  try {
    map();
  } catch (error) {
    return /** @type {{ code?: string }} */ (error).code;
  }
}

test("a moment is read as databases write it, in UTC where nothing else is said", () => {
  const moments = {
    "2025-03-01T09:30:00.123Z": "2025-03-01T09:30:00.123Z",
    "2025-03-01 09:30:00.123456+00": "2025-03-01T09:30:00.123Z",
    "2025-03-01 11:30:00+02": "2025-03-01T09:30:00.000Z",
    "2025-03-01 04:00:00-05:30": "2025-03-01T09:30:00.000Z",
    "2025-03-01T15:00:00+0530": "2025-03-01T09:30:00.000Z",
    "2025-03-01 09:30:00": "2025-03-01T09:30:00.000Z",
    "2025-03-01 09:30": "2025-03-01T09:30:00.000Z",
    "2025-03-01": "2025-03-01T00:00:00.000Z",
    1740821400123: "2025-03-01T09:30:00.123Z",
    1740821400: "2025-03-01T09:30:00.000Z",
  };
  for (const [written, expires_at] of Object.entries(moments))
    assert.equal(sent({ expires_at: written }).expires_at, expires_at, written);
  assert.equal(sent({ expires_at: 1740821400123 }).expires_at, "2025-03-01T09:30:00.123Z");
  for (const none of ["", null, undefined, 0, "0", "NULL", "\\N"])
    assert.ok(!("expires_at" in sent({ expires_at: none })), String(none));
  for (const wrong of ["soon", "01/03/2025", "2025-13-01", "2025-03-01 25:00:00", true, {}])
    assert.equal(
      codeOf(() => sent({ expires_at: wrong })),
      "row.field_invalid",
      String(wrong),
    );
});

test("scopes are read from a list, from JSON, from words and from Postgres's arrays, and metadata from JSON", () => {
  for (const scopes of [["a:b", "c"], '["a:b","c"]', "a:b c", "a:b, c", "{a:b,c}"])
    assert.deepEqual(sent({ scopes }).scopes, ["a:b", "c"]);
  for (const scopes of ["[1]", "[", { a: 1 }, 7])
    assert.equal(
      codeOf(() => sent({ scopes })),
      "row.field_invalid",
    );
  for (const metadata of [{ a: 1 }, '{"a":1}', JSON.stringify('{"a":1}')])
    assert.deepEqual(sent({ metadata }).metadata, { a: 1 });
  for (const metadata of ["[1]", "x", 7])
    assert.equal(
      codeOf(() => sent({ metadata })),
      "row.field_invalid",
    );
});

test("a key in clear is hashed before it goes anywhere", () => {
  const key = "own_0123456789abcdef";
  for (const [name, row] of /** @type {const} */ ([
    ["csv", { key }],
    ["unkey", { keyId: "key_1", plaintext: key }],
    ["better-auth", { id: "1", key, start: "own_01" }],
    ["medusa", { id: "1", type: "publishable", token: key, redacted: "own***def" }],
  ])) {
    const text = JSON.stringify(SYSTEMS[name](row, {}, () => {}));
    assert.ok(!text.includes(key), name);
    assert.match(text, /"algorithm":"sha256","encoding":"hex","value":"[0-9a-f]{64}"/);
  }
});

test("what does not work there does not work here: keys that are switched off or deleted are revoked", () => {
  const [created, updated] = ["2025-03-01T00:00:00.000Z", "2025-04-01T00:00:00.000Z"];
  const hash = "x".repeat(43);
  /** @type {[string, object, string | undefined][]} */
  const cases = [
    ["unkey", { hash, enabled: false, createdAt: created, updatedAt: updated }, updated],
    ["unkey", { hash, enabled: 0, created_at_m: 1740787200000 }, created],
    ["unkey", { hash, enabled: 1, deleted_at_m: 1743465600000 }, updated],
    ["unkey", { hash, enabled: 1 }, undefined],
    ["better-auth", { key: hash, enabled: "f", createdAt: created, updatedAt: updated }, updated],
    ["better-auth", { key: hash, enabled: "t", createdAt: created }, undefined],
    ["keypal", { key_hash: hash, metadata: { enabled: false, createdAt: created } }, created],
    ["keypal", { key_hash: hash, metadata: JSON.stringify({ revokedAt: updated }) }, updated],
    // Deleted is over, whatever was scheduled.
    [
      "medusa",
      { type: "publishable", token: "pk_1", deleted_at: created, revoked_at: "2099-01-01 00:00:00+00" },
      created,
    ],
  ];
  for (const [name, row, revoked] of cases)
    assert.equal(SYSTEMS[name](/** @type {any} */ (row), {}, () => {}).revoked_at, revoked, name);
  assert.equal(
    codeOf(() => SYSTEMS.unkey({ hash, enabled: 0 }, {}, () => {})),
    "row.disabled",
  );
});

test("a sales channel of Medusa is no key, and closed if it is deleted; what it has beyond is told", () => {
  const at = "2025-03-01 00:00:00+00";
  const [created_at, updated_at] = Array(2).fill("2025-03-01T00:00:00.000Z");
  const id = "sc_01JNWKT3M4E7Q8XZ0V5C6A9B2D";
  /** @type {string[]} */
  const lost = [];
  const sent = (/** @type {object} */ more) =>
    SYSTEMS.medusa({ id, created_at: at, ...more }, {}, (what) => void lost.push(what));
  const channel = { id, name: "Web", description: null, is_disabled: false, created_at, updated_at };
  assert.deepEqual(sent({ name: "Web", metadata: null }), { kind: "channel", channel });
  assert.deepEqual(lost, []);
  const named = sent({ name: "A\u0308", deleted_at: at, metadata: '{"a":1}' });
  assert.deepEqual(named, { kind: "channel", channel: { ...channel, name: "Ä", is_disabled: true } });
  assert.deepEqual(lost, ["metadata"]);
});

test("links of a publishable key are read as databases write lists", () => {
  const key = { type: "publishable", token: "pk_1" };
  for (const sales_channels of [["sc_1", "sc_2"], '["sc_1","sc_2"]', "{sc_1,sc_2}"])
    assert.deepEqual(SYSTEMS.medusa({ ...key, sales_channels }, {}, () => {}).links, ["sc_1", "sc_2"]);
  assert.deepEqual(SYSTEMS.csv({ key: "own_1", links: "sc_1 sc_2" }, {}, () => {}).links, ["sc_1", "sc_2"]);
});

test("a row of another system, or without its hash, is told from a right one", () => {
  const row = { id: "1", key_hash: "x", metadata: {} };
  for (const name of ["medusa", "unkey", "better-auth", "csv"])
    assert.equal(
      codeOf(() => SYSTEMS[name](row, {}, () => {})),
      "row.hash_missing",
      name,
    );
  const bcrypt = { type: "secret", token: "$2b$10$abcdefghijklmnopqrstuv", salt: "s" };
  assert.equal(
    codeOf(() => SYSTEMS.medusa(bcrypt, {}, () => {})),
    "row.hash_unsupported",
  );
  assert.equal(
    codeOf(() => SYSTEMS.unkey({ hash: "x", pending_migration_id: "m" }, {}, () => {})),
    "row.hash_unsupported",
  );
});

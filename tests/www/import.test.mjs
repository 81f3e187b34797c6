// @ts-check
// Keys are imported from a file: it is checked first, says what is wrong with it, and may be imported again at any time.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { batchesOf } from "../../www/import_rows.js";
import { fileOf, ndjson, rowOf, textOf } from "./imported.mjs";
import { world } from "./support.mjs";

const { root, asRoot } = world({
  furnish: async (root) => {
    for (const id of ["checked", "again", "broken", "stopped", "dropped", "listed"])
      await root("POST", "/v1/organizations", { id, name: `Org ${id}` });
  },
});

/** @typedef {import("./support.mjs").Page} Page */

const IMPORT = /\/v1\/organizations\/\w+\/import/;

/** @param {import("node:test").TestContext} t @param {string} organization */
async function opened(t, organization) {
  const page = await asRoot(t, `/organizations/${organization}/settings`);
  await page.getByRole("button", { name: "Import…" }).click();
  const dialog = page.getByRole("dialog", { name: `Import keys to Org ${organization}` });
  await dialog.waitFor();
  return { page, dialog };
}

/** @param {string} organization */
const countOf = async (organization) => (await root("GET", `/v1/organizations/${organization}/keys`)).count;

/** @param {string} organization @param {number | string} n */
const codeOf = async (organization, n) =>
  (await root("POST", "/v1/verify", { key: textOf(n), organization, consistency: "strong" })).code;

test("a file is checked before anything is imported, and each wrong row is told with its line and in words", async (t) => {
  const { page, dialog } = await opened(t, "checked");
  /** @type {any[]} */
  const lines = [rowOf(1), { ...rowOf(2), title: "" }, 7, { title: "No hash" }, rowOf(5)];
  await dialog.getByLabel("File").setInputFiles(fileOf(`\n${ndjson(lines)}{"half\n`));
  await dialog.getByText("2 keys can be imported.").waitFor();
  await dialog.getByText("4 rows can’t be imported.").waitFor();
  assert.equal(await countOf("checked"), 0);
  const wrong = await dialog
    .getByRole("list", { name: "Rows that can’t be imported" })
    .getByRole("listitem")
    .allTextContents();
  assert.deepEqual(
    wrong.map((entry) => /^Line (\d)/.exec(entry)?.[1]),
    ["3", "4", "5", "7"],
  );
  assert.match(wrong[0] ?? "", /Title must /);
  assert.match(wrong[1] ?? "", /This isn’t a JSON object\./);
  assert.match(wrong[2] ?? "", /Hash /);

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("button", { name: "Download report" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^keyward-import-check-checked-\d{4}-\d\d-\d\d\.csv$/);
  const report = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.equal(report[0], "line,code,reason");
  assert.equal(report.length, 5);

  await dialog.getByRole("button", { name: "Import 2 keys" }).click();
  await dialog.getByText("Imported 2 keys.").waitFor();
  assert.equal(await countOf("checked"), 2);
  assert.equal(await codeOf("checked", 1), "valid");
  assert.equal(await codeOf("checked", 5), "valid");
  // No part of a hash is shown or put in a report.
  const { value } = rowOf(2).hash;
  assert.ok(!`${await page.content()}${report}`.includes(value.slice(0, 8)));
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("status").getByText("Imported 2 keys.").waitFor();
  assert.ok(
    await page.getByRole("button", { name: "Import…" }).evaluate((one) => one === document.activeElement),
  );
});

test("a file that was imported before says so, and there is nothing to import", async (t) => {
  await root("POST", "/v1/organizations/again/import", [rowOf(1), rowOf(2)]);
  const { dialog } = await opened(t, "again");
  await dialog
    .getByLabel("File")
    .setInputFiles(fileOf(JSON.stringify([rowOf(1), rowOf(2)], null, 2), "keys.json"));
  await dialog.getByText("There’s nothing to import: everything in this file is here already.").waitFor();
  assert.equal(await dialog.getByRole("button", { name: /^Import/ }).count(), 0);
  await dialog.getByRole("button", { name: "Choose another file" }).click();
  await dialog.getByLabel("File").setInputFiles(fileOf(ndjson([rowOf(2), rowOf(3)])));
  await dialog.getByText("1 key can be imported.").waitFor();
  await dialog.getByText("1 key is here already.").waitFor();
});

/** More than fits in one request, and how many of them do. */
async function many() {
  const text = ndjson(
    Array.from({ length: 260 }, (_, n) => rowOf(n, { metadata: { note: "x".repeat(4_000) } })),
  );
  const [first] = await read(text);
  return { text, first: first?.rows.length ?? 0 };
}

test("an import that fails in the middle says what is in, and goes on from there", async (t) => {
  const { text, first } = await many();
  const { page, dialog } = await opened(t, "broken");
  await dialog.getByLabel("File").setInputFiles(fileOf(text));
  const send = dialog.getByRole("button", { name: "Import 260 keys" });
  await send.waitFor();
  let requests = 0;
  await page.route(IMPORT, (route) => (++requests === 2 ? route.abort() : route.continue()));
  await send.click();
  await dialog.getByRole("alert").getByText("Can’t reach the server").waitFor();
  await dialog.getByText(`Imported ${first} keys.`).waitFor();
  await dialog.getByText("What’s counted here is in, and stays in.").waitFor();
  assert.equal(await countOf("broken"), first);
  await dialog.getByRole("button", { name: "Continue" }).click();
  await dialog.getByText("Imported 260 keys.").waitFor();
  assert.equal(await countOf("broken"), 260);
});

test("a check that fails is tried again, and an import is stopped after the rows that are under way", async (t) => {
  const { text, first } = await many();
  const { page, dialog } = await opened(t, "stopped");
  await page.route(IMPORT, (route) => route.abort());
  await dialog.getByLabel("File").setInputFiles(fileOf(text));
  await dialog.getByRole("alert").getByText("Can’t reach the server").waitFor();
  await page.unroute(IMPORT);
  await dialog.getByRole("button", { name: "Try again" }).click();
  await dialog.getByRole("button", { name: "Import 260 keys" }).waitFor();

  /** @type {() => void} */
  let letGo = () => {};
  const held = new Promise((resolve) => {
    letGo = () => resolve(null);
  });
  await page.route(IMPORT, async (route) => {
    await held;
    await route.continue();
  });
  await dialog.getByRole("button", { name: "Import 260 keys" }).click();
  await dialog.getByRole("button", { name: "Importing…" }).waitFor();
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Stop" }).click();
  letGo();
  await dialog.getByText("Stopped.").waitFor();
  await dialog.getByText(`Imported ${first} keys.`).waitFor();
  assert.equal(await countOf("stopped"), first);
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("status").getByText(`Imported ${first} keys.`).waitFor();
});

test("what is no file of rows is refused with its reason, and another one can be chosen", async (t) => {
  const { page, dialog } = await opened(t, "listed");
  for (const [content, why] of /** @type {[string | Buffer, string][]} */ ([
    ["hash,title\nabc,First\n", "neither NDJSON"],
    ['{\n  "keys": []\n}\n', "neither NDJSON"],
    ['[{"title": "cut"}', "has no end"],
    ["", "It’s empty."],
    [Buffer.from([0xff, 0xfe, 0, 1]), "isn’t text in UTF-8"],
  ])) {
    await dialog.getByLabel("File").setInputFiles(fileOf(content));
    await dialog.getByRole("alert").getByText(why).waitFor();
  }
  await dialog.getByLabel("File").setInputFiles(fileOf("[]"));
  await dialog.getByText("the file has no rows").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await countOf("listed"), 0);
});

test("a file may be dropped on the dialog", async (t) => {
  const { page, dialog } = await opened(t, "dropped");
  const dropped = await page.evaluateHandle(
    (text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "dropped.ndjson"));
      return transfer;
    },
    ndjson([rowOf(1)]),
  );
  await dialog.getByText("You can also drop it here.").dispatchEvent("drop", { dataTransfer: dropped });
  await dialog.getByText("dropped.ndjson").waitFor();
  await dialog.getByRole("button", { name: "Import 1 key" }).click();
  await dialog.getByText("Imported 1 key.").waitFor();
  await dialog.getByRole("link", { name: "View foreign keys" }).click();
  await page.getByRole("link", { name: "Shop 1" }).waitFor();
});

/** @param {string} text @param {number} [size] of the pieces in which it is read */
function read(text, size = text.length) {
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.slice(n * size, (n + 1) * size),
  );
  return readPieces(pieces);
}

/** @param {Iterable<Uint8Array>} pieces */
async function readPieces(pieces) {
  const stream = () =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
  /** @type {import("../../www/import_rows.js").Batch[]} */
  const batches = [];
  for await (const batch of batchesOf(/** @type {Blob} */ ({ stream }))) batches.push(batch);
  return batches;
}

test("a row is sent as it stands in the file, wherever its pieces are cut", async () => {
  const rows = ['{"a": 12345678901234567890, "b": "],[{\\"\\\\"}', '{"é": "ü\u2028", "c": [[1], {}]}'];
  for (const [text, numbers] of /** @type {[string, number[]][]} */ ([
    [`${rows[0]}\r\n\n  ${rows[1]}`, [1, 3]],
    [` [${rows[0]} ,\n${rows[1]}\n] `, [1, 2]],
  ])) {
    for (const size of [1, 2, 3, 1_000]) {
      const [batch, ...more] = await read(text, size);
      assert.deepEqual(more, []);
      assert.deepEqual(
        batch?.rows.map((row) => row.text),
        rows,
        `${text} by ${size}`,
      );
      assert.deepEqual(
        batch?.rows.map((row) => row.number),
        numbers,
      );
    }
  }
});

test("no request has more than 1,000 rows or 1 MiB, and a larger row is told", async () => {
  const few = await read(ndjson(Array.from({ length: 2_500 }, (_, n) => ({ n }))));
  assert.deepEqual(
    few.map(({ rows }) => rows.length),
    [1_000, 1_000, 500],
  );
  const large = { text: "é".repeat(300_000) };
  const huge = { text: "x".repeat(1_048_576) };
  const many = await read(ndjson([large, large, huge, large]));
  assert.deepEqual(
    many.map(({ rows }) => rows.length),
    [1, 1, 1],
  );
  assert.deepEqual(
    many.flatMap(({ failures }) => failures.map(({ row, code }) => [row, code])),
    [[3, "page.row_too_large"]],
  );
});

test("a row that is longer than any text can be is told, and those around it are read", async () => {
  const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);
  const much = encode("x".repeat(16_777_216));
  const blank = encode(" ".repeat(2_097_152));
  for (const [times, before, between, after] of /** @type {const} */ ([
    [33, '{"a":1}\n{"b":"', '"}\n', '{"c":1}'],
    [1, '[{"a":1},{"b":"', '"},', '{"c":1}]'],
  ])) {
    const long = Array.from({ length: times }, () => much);
    const pieces = [blank, encode(before), ...long, encode(between), blank, encode(after)];
    const batches = await readPieces(pieces);
    const numbers = batches.flatMap(({ rows }) => rows.map((row) => row.number));
    assert.deepEqual(numbers, [1, 3]);
    assert.deepEqual(
      batches.flatMap(({ failures }) => failures.map(({ row, code }) => [row, code])),
      [[2, "page.row_too_large"]],
    );
  }
});

// @ts-check
// However many threads read, `scan` tells the same; and what none has read is no clean result.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { createSearch } from "../../pkg/cli/bytes/search.mjs";
import { createWalk, patternsOf } from "../../pkg/cli/scan/files.mjs";
import { readAll } from "../../pkg/cli/scan/read.mjs";
import { createSummary } from "../../pkg/cli/scan/summary.mjs";
import { path as inProject } from "../../scripts/run.mjs";
import { issueVectors, project } from "./project.mjs";

/** @type {string[]} */
const KEYS = issueVectors.cases.map((/** @type {any} */ item) => item.key);
const folder = mkdtempSync(join(tmpdir(), "keyward-threads-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} name @param {string | Buffer} content */
function write(name, content) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** @param {string} path */
const walk = (path) => [...createWalk({ ignored: true, excluded: patternsOf(""), warn: assert.fail })(path)];

const THREAD = pathToFileURL(inProject("pkg/cli/scan/thread.mjs")).href;

/**
 * Reads files. Another thread runs `script` as it gets its work; the main one waits for that after its first task.
 * @param {import("../../pkg/cli/scan/files.mjs").File[]} files @param {number} threads @param {string} [script]
 */
async function read(files, threads, script = "") {
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const module = pathToFileURL(
    write(
      "module.mjs",
      `import { workerData } from "node:worker_threads";
      workerData.port.on("message", (work) => {
        const { gate } = workerData.options;
        const open = () => { Atomics.store(gate, 0, 1); Atomics.notify(gate, 0); };
        ${script || "open();"}
      });
      await import("${THREAD}");`,
    ),
  );
  const summary = createSummary(false);
  const tick = () => void (threads > 1 && Atomics.wait(gate, 0, 0));
  const options = /** @type {any} */ ({ pins: undefined, binary: false, gate });
  await readAll(files, summary, options, { tick }, { threads, module });
  return summary;
}

test("findings, what is unread and their order are the same with one thread and with several", async () => {
  for (let index = 0; index < 3000; index += 1) {
    const key = KEYS[index % KEYS.length];
    const lines = `line ${index}\n`.repeat(index % 97);
    const text = index % 50 === 0 ? `${lines}"${key}" ${index % 100 ? key.slice(0, -2) : key}\n` : lines;
    const bytes = index % 150 === 0 ? Buffer.from(`\ufeff${text}`, "utf16le") : text;
    write(`tree/a${index % 7}/b${index % 31}/${index}.txt`, bytes);
  }
  for (const name of ["tree/a1/pipe", "tree/a5/b3/pipe"]) execFileSync("mkfifo", [join(folder, name)]);
  write("tree/a2/packed", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));
  const files = walk(join(folder, "tree"));
  for (const number of [100, 1400, 2800]) rmSync(files[number].path);
  const [becomesFolder, becomesPipe] = [files[200].path, files[2000].path];
  for (const path of [becomesFolder, becomesPipe]) rmSync(path);
  mkdirSync(becomesFolder);
  execFileSync("mkfifo", [becomesPipe]);

  const alone = await read(files, 1);
  assert.equal(alone.files, 3000 - 5);
  assert.equal(
    alone.findings.length,
    120 - alone.unread.filter(({ path }) => Number(path.match(/(\d+)\.txt$/)?.[1]) % 50 === 0).length * 2,
  );
  assert.equal(alone.unread.length, 3 + 2 + 2 + 1);
  const order = new Map(files.map(({ path }, number) => [path, number]));
  for (const list of [alone.findings, alone.unread]) {
    const numbers = list.map(({ path }) => order.get(path) ?? -1);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
  }
  for (const threads of [2, 5]) assert.deepEqual(await read(files, threads), alone, `${threads} threads`);
});

test("what a thread has not read that ends early is unread, and nothing else", async () => {
  const files = walk(join(folder, "tree"));
  const alone = await read(files, 1);
  for (const end of ["process.exit(0);", "throw new Error('x');"]) {
    const summary = await read(files, 2, `Atomics.add(work.taken, 0, 1); open(); ${end}`);
    const lost = summary.unread.filter(({ reason }) => reason.includes("ended early"));
    assert.ok(lost.length > 0 && lost.length <= 64, end);
    assert.equal(
      summary.files + lost.length,
      alone.files + alone.unread.filter(({ path }) => lost.some((one) => one.path === path)).length,
    );
    const names = new Set(lost.map(({ path }) => path));
    assert.deepEqual(
      summary.findings,
      alone.findings.filter(({ path }) => !names.has(path)),
    );
  }
});

/** What a search finds that reads the file from its beginning to its end. @param {string} path @param {Buffer} bytes */
function inOneGo(path, bytes) {
  const search = createSearch(path, undefined);
  const found = [];
  for (let at = 0; at < bytes.length; at += 1 << 20)
    found.push(...search.push(bytes.subarray(at, at + (1 << 20))));
  return [...found, ...search.end()];
}

/** @param {string} key @param {string} gap */
const broken = (key, gap) => [...key].map((one) => `&#${one.charCodeAt(0)};`).join(gap);

test("a long file in parts has the findings of one in one go, wherever keys are and however long its lines", async () => {
  const block = 256 << 10;
  /** @type {Record<string, { line: string, edges: number[], written?: (key: string) => string }>} */
  const cases = {
    "short lines": {
      line: "é = `one`;\n",
      edges: [0, 4095, block - 40, block * 5 - 3000, block * 5 + 3000, (16 << 20) - 100, 16 << 20, 17 << 20],
    },
    "no end of a line": { line: "one two ", edges: [0, block - 40, 16 << 20] },
    "lines as long as a block": {
      line: `${"one two ".repeat(40_000)}\n`,
      edges: [0, 50_000, block * 3, 16 << 20],
    },
    // One of them begins before a block and ends further in it than the block before it looks.
    "long lines": { line: `${"one two ".repeat(12_500)}\n`, edges: [599_000] },
    // They reach over three kilobytes, and begin before an edge, or end behind one.
    "broken keys": {
      line: "one two;\n",
      edges: [0, block - 60, block * 3 - 2000, block * 5 - 3500, (16 << 20) - 3000, 17 << 20],
      written: (key) => broken(key, `" +${" ".repeat(20)}\n${" ".repeat(15)}"`),
    },
    "keys in UTF-16 without a mark": {
      line: "o\0n\0e\0\n\0",
      edges: [0, block - 60, block * 3 - 20, (16 << 20) - 100],
      written: (key) => [...key].join("\0").concat("\0"),
    },
    "no keys but the last": { line: "live_ test_ one\n", edges: [] },
  };
  for (const [name, { line, edges, written = String }] of Object.entries(cases)) {
    const size = 18 << 20;
    const bytes = Buffer.alloc(size, line);
    for (const [index, at] of edges.entries())
      bytes.write(`  ${written(KEYS[index % KEYS.length])}  `, at, "latin1");
    bytes.write(`\n${KEYS[0].slice(0, -1)}`, size - KEYS[0].length, "latin1");
    const path = write("long.txt", bytes);
    const files = [{ path, real: path }];
    const expected = inOneGo(path, bytes);
    assert.ok(expected.length > edges.length, name);
    for (const threads of [1, 3]) {
      const summary = createSummary(false);
      await readAll(files, summary, { pins: undefined, binary: false }, { tick() {} }, { threads });
      assert.deepEqual(summary.findings, expected, name);
      assert.deepEqual([summary.files, summary.bytes, summary.unread], [1, size, []], name);
    }
  }
});

test("the command reads everything itself where no thread can be started", async () => {
  const { folder, write, path } = await project({});
  for (let index = 0; index < 1200; index += 1)
    write(`many/${index}.txt`, index === 777 ? KEYS[3] : "nothing\n");
  rmSync(path("node_modules/keyward/dist/thread.mjs"));
  const { status, stdout, stderr } = spawnSync(path("node_modules/.bin/keyward"), ["scan", "many"], {
    cwd: folder,
  });
  assert.deepEqual([status, stderr.toString()], [1, ""]);
  assert.match(stdout.toString(), /^many\/777\.txt:1:1 .*\n1 key in 1,200 files/);
});

test("the command finds the same where the WebAssembly of its glance is not there", async () => {
  const { folder, write, path } = await project({});
  for (const [index, text] of [
    KEYS[0],
    [...KEYS[1].replaceAll("_", "%5F")].join("\0"),
    "_live_ _test_",
  ].entries())
    write(`some/${index}.txt`, text);
  const scan = () =>
    spawnSync(path("node_modules/.bin/keyward"), ["scan", "--json", "some"], {
      cwd: folder,
      encoding: "utf8",
    });
  const before = scan();
  rmSync(path("node_modules/keyward/dist/glance.wasm"));
  const without = scan();
  assert.equal(JSON.parse(without.stdout).findings.length, 2);
  assert.deepEqual(
    [without.status, without.stdout, without.stderr],
    [before.status, before.stdout, before.stderr],
  );
});

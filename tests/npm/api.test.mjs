// @ts-check
// Bad input, pins, streams, time and memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { installed, issueVectors } from "./project.mjs";

const keyward = await installed();
const KEYS = issueVectors.cases.map((/** @type {any} */ item) => item.key);
const KEY = issueVectors.cases[3].key;
const REDACTED = issueVectors.cases[3].redacted;

test("anything that is not a string is a TypeError that says so and repeats nothing", () => {
  const redactor = keyward.createRedactor();
  const scanner = keyward.createScanner();
  const { parse, tryParse, isWellFormed, redact, digest, scan, redactText } = keyward;
  const calls = [
    parse,
    tryParse,
    isWellFormed,
    redact,
    digest,
    scan,
    redactText,
    redactor.push,
    scanner.push,
  ];
  for (const value of /** @type {any[]} */ ([
    undefined,
    null,
    7,
    true,
    {},
    [KEY],
    new String(KEY),
    Symbol("s"),
    1n,
    () => KEY,
  ])) {
    for (const call of calls) {
      assert.throws(
        () => call(value),
        (/** @type {any} */ error) =>
          error instanceof TypeError &&
          /must be a string, not /.test(error.message) &&
          !error.message.includes("kw_"),
      );
    }
  }
});

test("a misspelt or impossible pin is a TypeError, never a pin that lets every key through", () => {
  const bad = [
    null,
    7,
    "sk",
    { kind: ["pk"] },
    { kinds: [] },
    { kinds: "pk" },
    { kinds: ["PK"] },
    { brand: "KW" },
    { brand: "" },
    { environment: "prod" },
  ];
  for (const pins of /** @type {any[]} */ (bad)) {
    for (const call of [keyward.parse, keyward.isWellFormed, keyward.scan, keyward.redactText])
      assert.throws(() => call(KEY, pins), TypeError);
    for (const create of [keyward.createScanner, keyward.createRedactor, keyward.redactStream])
      assert.throws(() => create(pins), TypeError);
  }
});

test("what is pinned comes with the prefix in the order of errors", () => {
  const code = (/** @type {string} */ text) => {
    const result = keyward.tryParse(text, { kinds: ["pk"] });
    return result.ok ? "" : result.code;
  };
  assert.equal(code(""), "key.empty");
  assert.equal(code("kw_sk_test_ "), "key.bad_character");
  assert.equal(code("kw_sk_test_2"), "key.bad_prefix");
  assert.equal(code("kw_pk_test_2"), "key.unknown_version");
  assert.equal(code(KEY), "key.bad_prefix");
});

test("an error is a real error with a stack, and holds nothing of the text", () => {
  const damaged = `${KEY.slice(0, -1)}0`;
  const { KeyFormatError } = keyward;
  assert.throws(
    () => keyward.parse(damaged),
    (/** @type {any} */ error) => {
      assert.ok(error instanceof KeyFormatError && error instanceof Error && error.stack);
      assert.ok(!`${error.stack}${error}${JSON.stringify(error)}`.includes(KEY.slice(20, 40)));
      return error.code === "key.bad_checksum";
    },
  );
  assert.ok(!(new TypeError("other") instanceof KeyFormatError));
});

test("offsets are those of the string, whatever stands before", () => {
  for (const before of [
    "",
    "é",
    "🔑",
    "\ud800",
    "\udc00",
    "\0",
    "中".repeat(500),
    "%3D",
    "\\n",
    "export KEY=",
  ]) {
    const text = `${before}${KEY}\udc00x`;
    const [{ start, end, redacted }] = keyward.scan(text);
    assert.equal(text.slice(start, end), KEY);
    assert.equal(redacted, REDACTED);
    assert.equal(keyward.redactText(text), `${before}${REDACTED}\udc00x`);
  }
});

test("a damaged key has the pinned brand if its prefix ends with it, and none that is not pinned is found", () => {
  const text = `\\n${KEY.slice(0, -2)} ${KEY}`;
  const [damaged, whole] = keyward.scan(text, { brand: "kw", kinds: ["sk"] });
  assert.deepEqual(damaged, {
    ...whole,
    start: 2,
    end: KEY.length,
    redacted: "kw_sk_test_***",
    damaged: true,
  });
  assert.equal(keyward.redactText(text, { brand: "kw" }), `\\nkw_sk_test_*** ${REDACTED}`);
  for (const pins of [
    { brand: "kx" },
    { kinds: /** @type {["pk"]} */ (["pk"]) },
    { environment: /** @type {"live"} */ ("live") },
  ])
    assert.deepEqual(keyward.scan(text, pins), []);
});

test("a damaged key at the end of a piece is decided by what follows", () => {
  for (const rest of ["", " ", KEY.slice(60), "\n"]) {
    const scanner = keyward.createScanner();
    assert.deepEqual(scanner.push(`- ${KEY.slice(0, 60)}`), []);
    const found = [...scanner.push(rest), ...scanner.push(""), ...scanner.end()];
    assert.deepEqual(found, keyward.scan(`- ${KEY.slice(0, 60)}${rest}`));
    assert.equal(found.length, 1);
    assert.deepEqual(scanner.end(), []);
  }
});

test("a text without keys comes back as it is", () => {
  for (const text of ["", "a", "\ud800", "kw_sk_live_1".repeat(99)])
    assert.equal(keyward.redactText(text), text);
});

test("a line is put out as soon as it is whole", () => {
  const redactor = keyward.createRedactor();
  assert.equal(redactor.push(`one ${KEY.slice(0, 30)}`), "one ");
  assert.equal(redactor.push(`${KEY.slice(30)}\n`), `${REDACTED}\n`);
  assert.equal(redactor.push("kw_sk_li"), "");
  assert.equal(redactor.end(), "kw_sk_li");
});

test("the stream redacts keys that straddle pieces, and refuses bytes", async () => {
  const source = new ReadableStream({
    start(controller) {
      for (const character of `a ${KEY} b ${KEY}`) controller.enqueue(character);
      controller.close();
    },
  });
  let out = "";
  for await (const piece of source.pipeThrough(keyward.redactStream())) out += piece;
  assert.equal(out, `a ${REDACTED} b ${REDACTED}`);
  const { readable, writable } = keyward.redactStream();
  const written = writable.getWriter().write(/** @type {any} */ (new Uint8Array(3)));
  await assert.rejects(readable.getReader().read(), TypeError);
  await assert.rejects(written, TypeError);
});

/** Milliseconds of the processor, the best of three: other processes do not count. @param {() => unknown} call */
function time(call) {
  const once = () => {
    const start = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  return Math.min(once(), once(), once());
}

test("time grows with the text and no faster, near misses included", () => {
  const base = KEY.slice(0, -6);
  for (const miss of [
    "kw_sk_live_",
    "kw_sk_live_1",
    "_live_1",
    "a",
    "_",
    `${base}000000 `,
    `${base}000000`,
    `${"1".repeat(57)}_live_`,
  ]) {
    const [short, long] = [200_000, 1_600_000].map((size) => miss.repeat(Math.ceil(size / miss.length)));
    keyward.scan(short);
    const ratio =
      time(() => keyward.scan(long)) /
      Math.max(
        0.5,
        time(() => keyward.scan(short)),
      );
    assert.ok(ratio < 8 * 4, `${miss}: ${ratio.toFixed(1)} times the time for 8 times the text`);
    assert.deepEqual(keyward.scan(miss.repeat(50)), []);
  }
});

test("a text of 100 MB is answered at once where it cannot be a key, and scanned in bounded memory", () => {
  const huge = "kw_sk_live_1 中 ".repeat(7_000_000);
  assert.ok(time(() => keyward.isWellFormed(huge)) < 20);
  assert.equal(keyward.redact(huge), "***");
  assert.deepEqual(keyward.scan(huge), []);
  assert.equal(keyward.scan(`${huge}${KEY}`).length, 1);
});

test("nothing keeps a text alive after the call, and memory does not grow", () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const used = () => {
    gc();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  /** @type {unknown[]} */
  const results = [];
  const round = (/** @type {number} */ n, size = 2_500_000) => {
    const text = `${n}${"x y ".repeat(size)}${KEYS[n % 12]}`;
    results.push(...keyward.scan(text), keyward.parse(KEYS[n % 12]));
  };
  round(0, 1);
  const before = used();
  for (let n = 1; n <= 20; n += 1) round(n);
  const grown = used() - before;
  assert.equal(results.length, 42);
  assert.ok(grown < 1_000_000, `${grown} bytes more after 200 MB`);
});

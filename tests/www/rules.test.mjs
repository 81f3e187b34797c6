// @ts-check
// What the dashboard checks before it sends a form: with the examples of src/core’s own tests, so that both say the same.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { Problem } from "../../www/problem.js";
import {
  isInexact,
  metadataProblem,
  plainly,
  scopesProblem,
  TITLE_MAX,
  textProblem,
} from "../../www/ui/rules.js";
import { start } from "../http/harness.mjs";

/** @param {string} text */
const title = (text) => textProblem(text, TITLE_MAX);

test("a title is refused for the reason that the server has", () => {
  for (const [expected, texts] of /** @type {[RegExp, string[]][]} */ ([
    [/^Enter a title/, ["", "   ", "\u3000\u00a0", "\n"]],
    [/line breaks/, ["a\0b", "a\nb", "a\u0085b", "a\u2028b", "a\u007f"]],
    [/direction/, ["a\u202eb", "\u2066a\u2069", "a\u200e", "\u061ca"]],
    [
      /invisible/,
      [
        "a\u200bb",
        "a\u00adb",
        "\u3164",
        "a\u034fb",
        "a\ufff9b",
        "\u17b4",
        "a\u200db",
        "👩\u200d",
        "1\ufe0f",
        "ا\u200c",
      ],
    ],
    [/can see/, ["\u2800", "\u2800 \u2800"]],
    [/looks like a key/, ["kw_sk_test_1abc", "see kw_sk_test_1abcdefghijkl", "kwroot_1a"]],
    [/at most 200 characters. This has 201/, ["x".repeat(201)]],
  ])) {
    for (const text of texts) assert.match(title(text) ?? "accepted", expected, JSON.stringify(text));
  }
});

test("emoji, joined letters and 200 characters of whatever size are a title", () => {
  for (const text of [
    "👩‍💻 deploys",
    "👩🏽‍🚀",
    "🏳️‍🌈",
    "❤️",
    "1️⃣ #️⃣",
    "☎︎",
    "👨‍👩‍👧‍👦",
    "می‌خواهم",
    "क्‍ष",
    "🔑".repeat(200),
    "e\u0301".repeat(200),
  ])
    assert.equal(title(text), null, text);
});

test("scopes are at most a hundred words of 64 plain characters", () => {
  for (const scope of ["a", "*", "orders:read", "a.b_c*d-e:9", "x".repeat(64)])
    assert.equal(scopesProblem([scope]), null, scope);
  for (const scope of ["A", "ä", "x".repeat(65), "a/b"])
    assert.match(scopesProblem([scope]) ?? "accepted", /^Use 1 to 64 characters/, scope);
  const many = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => String(index));
  assert.equal(scopesProblem(many(100)), null);
  assert.match(scopesProblem(many(101)) ?? "accepted", /at most 100/);
});

test("metadata is at most 4,096 bytes of JSON and 32 levels deep", () => {
  assert.equal(metadataProblem({ a: "x".repeat(4096 - 8) }), null);
  assert.match(metadataProblem({ a: "x".repeat(4096 - 7) }) ?? "accepted", /4,096 bytes.*takes 4,097/);
  assert.match(metadataProblem({ a: "ä".repeat(2048) }) ?? "accepted", /bytes/);
  /** @param {number} levels @returns {any} */
  const nested = (levels) => (levels === 0 ? null : { a: nested(levels - 1) });
  assert.equal(metadataProblem(nested(32)), null);
  assert.match(metadataProblem(nested(33)) ?? "accepted", /32 levels/);
});

test("numbers that JavaScript would change are found, however deep", () => {
  assert.ok(isInexact({ a: [{ b: JSON.parse("9007199254740993") }] }));
  assert.ok(!isInexact({ a: [1.5, 9007199254740991, 1e-9], b: "9007199254740993" }));
});

test("a refusal is told in plain words, at its field, with its request’s id", async () => {
  /** @param {ConstructorParameters<typeof Problem>[0]} answer */
  const told = (answer) =>
    plainly(Promise.reject(new Problem(answer))).then(
      () => assert.fail("it was accepted"),
      (/** @type {Problem} */ problem) => problem,
    );
  const excess = await told({ code: "auth.grant_exceeds_own", status: 403, title: "t", request_id: "r1" });
  assert.equal(excess.at("/scopes"), "The key you signed in with doesn’t have all of these scopes.");
  assert.equal(excess.requestId, "r1");
  // What there are no better words for stays as the server says it.
  const other = await told({ code: "ledger.busy", status: 503, title: "Busy", detail: "Try again." });
  assert.deepEqual([other.code, other.status, other.detail], ["ledger.busy", 503, "Try again."]);
});

test("what the server refuses in a key is told in the words in which the page refuses it", async () => {
  const server = await start();
  after(() => server.stop());
  /** @param {string} where @param {object} body */
  const post = (where, body) =>
    server.fetch(where, {
      method: "POST",
      headers: { Authorization: `Bearer ${server.rootKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  await post("/v1/organizations", { id: "acme", name: "Acme" });
  /** @param {number} levels @returns {any} */
  const nested = (levels) => (levels === 0 ? null : { a: nested(levels - 1) });
  /** @type {[pointer: string, body: object, words: RegExp][]} */
  const cases = [
    ["/title", { title: " " }, /^Enter a title\.$/],
    ["/title", { title: "a\nb" }, /^Remove the line breaks/],
    ["/title", { title: "a\u202eb" }, /^Remove the characters that change the direction/],
    ["/title", { title: "a\u200bb" }, /^Remove the invisible/],
    ["/title", { title: "\u2800" }, /^Enter something that people can see/],
    ["/title", { title: "x".repeat(201) }, /^Use at most 200 characters\.$/],
    ["/scopes", { scopes: ["A"] }, /^Use 1 to 64 characters for each scope/],
    ["/scopes", { scopes: Array.from({ length: 101 }, (_, n) => `s${n}`) }, /^A key can have at most 100/],
    ["/metadata", { metadata: { a: "x".repeat(4096) } }, /^Metadata can take up 4,096 bytes/],
    ["/metadata", { metadata: nested(33) }, /^Metadata can be nested at most 32 levels/],
    ["/expires_at", { expires_at: "2020-01-01T00:00:00Z" }, /^Choose a time in the future/],
  ];
  for (const [pointer, body, words] of cases) {
    const response = await post("/v1/organizations/acme/keys", { type: "secret", title: "Fine", ...body });
    const problem = await plainly(Promise.reject(new Problem(await response.json()))).catch((told) => told);
    assert.match(problem.at(pointer) ?? "nothing", words, JSON.stringify(body).slice(0, 60));
  }
});

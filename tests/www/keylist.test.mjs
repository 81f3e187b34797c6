// @ts-check
// The rules of a list of keys, without a browser: what an address asks for, and what needs care.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CARE,
  filtersIn,
  isBeginning,
  isFiltered,
  isRevocable,
  isRollable,
  queryOf,
  sizeIn,
} from "../../www/keylist.js";
import { wholePage } from "../../www/router.js";
import { counted, figure } from "../../www/words.js";

const NOW = Date.parse("2026-11-26T12:00:00Z");

/** What an address asks for, without what it leaves open. @param {string} address */
const asked = (address) =>
  Object.fromEntries(
    Object.entries(filtersIn(new URLSearchParams(address), NOW)).filter(([, value]) => value),
  );

/** @param {object} [fields] @returns {any} */
const key = (fields) => ({
  status: "active",
  last_used_at: null,
  rolled_to: null,
  permissions: ["roll_key", "revoke_key"],
  ...fields,
});

test("what needs care is active keys that expire within 14 days, were unused for 90, never expire, hold *, or are foreign", () => {
  const asks = CARE.map(({ filter }) => asked(new URLSearchParams(filter).toString()));
  assert.deepEqual(asks, [
    { status: "active", expires_before: "2026-12-10T12:00:00.000Z" },
    { status: "active", unused_since: "2026-08-28T12:00:00.000Z" },
    { status: "active", never_expires: "true" },
    { status: "active", scope: "*" },
    { status: "active", foreign: "true" },
  ]);
  assert.deepEqual(
    CARE.map(({ says }) => says(1)),
    [
      "1 expires within 14 days",
      "1 unused for 90 days",
      "1 never expires",
      "1 with full access (*)",
      "1 foreign key to roll",
    ],
  );
  assert.equal(CARE[0]?.says(2), "2 expire within 14 days");
});

test("several statuses are asked for at once, and in one order", () => {
  assert.deepEqual(asked("status=retiring,active"), { status: "active,retiring" });
  assert.deepEqual(asked("status=revoked"), { status: "revoked" });
});

test("what an address has that is no filter never reaches a request", () => {
  for (const nonsense of [
    "status=nonsense",
    "type=kw_sk_test_1abc",
    "order=constructor",
    "expires=toString",
    "unused=-1",
    "created=1e9",
    "from=yesterday",
    "page=kw_sk_test_1abc",
    "other=1",
  ]) {
    assert.deepEqual(asked(nonsense), {}, nonsense);
    assert.equal(isFiltered(new URLSearchParams(nonsense)), false, nonsense);
    const { order, limit, offset } = queryOf(new URLSearchParams(nonsense), 20);
    assert.deepEqual({ order, limit, offset }, { order: null, limit: 20, offset: 0 }, nonsense);
  }
});

test("a range of days goes from its first midnight to the one after its last", () => {
  const { created_after, created_before } = filtersIn(new URLSearchParams("from=2026-03-28&to=2026-03-29"));
  assert.equal(created_after, new Date(new Date(2026, 2, 28).getTime() - 1).toISOString());
  assert.equal(created_before, new Date(2026, 2, 30).toISOString());
});

test("the size of a page is the address’s, else the preferred one, else 20; nothing else is one", () => {
  const size = (/** @type {string} */ address, /** @type {number} */ preferred) =>
    sizeIn(new URLSearchParams(address), preferred);
  assert.equal(size("size=50", 100), 50);
  assert.equal(size("size=1000", 100), 100);
  assert.equal(size("", 7), 20);
  assert.deepEqual(queryOf(new URLSearchParams("page=3"), 50).offset, 100);
});

test("somebody begins as long as there are at most two keys, and none was used", () => {
  /** @param {any[]} keys @param {string} [address] @param {number} [count] */
  const begins = (keys, address = "", count = keys.length) =>
    isBeginning(/** @type {any} */ ({ keys, count }), new URLSearchParams(address));
  assert.ok(begins([]) && begins([key()]) && begins([key(), key()]));
  assert.ok(!begins([key(), key(), key()]));
  assert.ok(!begins([key({ last_used_at: "2026-11-25T00:00:00Z" })]));
  assert.ok(!begins([key({ status: "revoked" })]));
  assert.ok(!begins([], "q=a") && !begins([key()], "", 20));
});

test("a key is rolled while it works and was not replaced, and revoked while it is not, as far as one may", () => {
  assert.ok(isRollable(key()) && isRollable(key({ status: "retiring" })));
  assert.ok(!isRollable(key({ status: "expired" })) && !isRollable(key({ rolled_to: "apk_1" })));
  assert.ok(!isRollable(key({ permissions: [] })) && !isRevocable(key({ permissions: [] })));
  assert.ok(isRevocable(key({ status: "expired" })) && !isRevocable(key({ status: "revoked" })));
});

/** A list of 60 of which the API looks at 20 for one answer, and of each 20 these are wanted. @param {number[]} wanted */
function hidden(wanted) {
  const all = [0, 20, 40].flatMap((start) => wanted.map((n) => start + n));
  /** @param {{ limit: number, offset: number | null, after: string | null }} part */
  return async ({ limit, offset, after }) => {
    const [begin, skip] = after === null ? [0, offset ?? 0] : after.split(" ").map(Number);
    const end = Math.min(60, (Math.floor(begin / 20) + 1) * 20);
    const here = all.filter((n) => n >= begin && n < end);
    const entries = here.slice(skip, skip + limit);
    const next = here[skip + limit] ?? end;
    return {
      entries,
      count: 1,
      count_is: /** @type {const} */ ("at_least"),
      unreadable: 0,
      limit,
      offset: skip,
      after: next < 60 ? `${next} ${Math.max(0, skip - here.length)}` : null,
    };
  };
}

test("pages hold every entry once, and none is short but the last, though answers are", async () => {
  const ask = hidden([3, 4, 9]);
  const seen = [];
  for (const offset of [0, 4, 8]) {
    const page = await wholePage({ limit: 4, offset }, ask, ({ entries }) => entries);
    assert.deepEqual([page.limit, page.offset, page.after === null], [4, offset, offset === 8]);
    assert.equal(page.count, Math.min(offset + 4, 9));
    seen.push(...page.entries);
  }
  assert.deepEqual(seen, [3, 4, 9, 23, 24, 29, 43, 44, 49]);
});

test("a count that is not exact says that there may be more", () => {
  const exact = (/** @type {number} */ count) => ({ count, count_is: /** @type {const} */ ("exact") });
  const atLeast = (/** @type {number} */ count) => ({ count, count_is: /** @type {const} */ ("at_least") });
  assert.equal(figure(exact(200_000)), "200,000");
  assert.equal(figure(atLeast(1000)), "1,000+");
  assert.deepEqual(
    [exact(0), exact(1), exact(2), atLeast(1), atLeast(1000)].map((list) => counted(list, "key")),
    ["0 keys", "1 key", "2 keys", "1+ keys", "1,000+ keys"],
  );
  assert.equal(counted(exact(2), "match", "matches"), "2 matches");
});

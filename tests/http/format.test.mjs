// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { checksumOf, digestOf, ledgerOf, mint, secretOf } from "./mint.mjs";

const vectors = JSON.parse(readFileSync(path("tests/vectors/issue.v1.json"), "utf8"));

for (const { brand, kind, environment, owner, key, ledger, checksum, digest } of vectors.cases) {
  test(`${brand}_${kind}_${environment} of ${owner} can be made from docs/FORMAT.md alone`, () => {
    assert.equal(ledgerOf(owner), ledger);
    assert.equal(checksumOf(key.slice(0, -6)), checksum);
    assert.equal(digestOf(key), digest);
    const secret = secretOf(key);
    assert.equal(mint({ brand, kind, environment, owner, secret, sealKey: vectors.seal_key_hex }), key);
  });
}

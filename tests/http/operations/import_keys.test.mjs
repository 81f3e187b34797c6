// @ts-check
import assert from "node:assert/strict";
import { createHash, createHmac, scryptSync } from "node:crypto";
import { test } from "node:test";
import { eventually, ok, refused, serve } from "../client.mjs";

const { root, organization, verdict } = await serve();

const sha256 = (/** @type {string} */ text) => createHash("sha256").update(text);
const LINES = { headers: { "content-type": "application/x-ndjson" } };

/** @param {object} hash @param {object} [more] */
const row = (hash, more) => ({ hash, title: "Imported", ...more });

/** @param {string} org @param {unknown} rows */
const imported = async (org, rows) => ok(root.post(`/v1/organizations/${org}/import`, rows));

test("keys of other systems work as hashes of every kind, fast from their first use on", async () => {
  const org = await organization();
  const medusa = "sk_44de31ebcf085fa423fc584aa854067025e937a79edb565f472404345f0f23be";
  const salt = "44de31ebcf085fa423fc584aa8540670";
  const [unkey, better, prefixed, keypal, peppered] = [
    "unkey_3ZdXhAFBeDG7wUXDDmPkGHYT",
    "QAdrIsIaoGDRxOxbCmkzWQDPAdqvaAeYUlyBnfIlUbsBZHJPMODTbCmkzWQDPAdq",
    "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG",
    "sk_keypal-with-a-global-salt",
    "an-hmac-with-a-pepper",
  ];
  const keys = [unkey, better, prefixed, keypal, peppered, medusa];
  const told = await imported(org, [
    row({ algorithm: "sha256", encoding: "base64", value: sha256(unkey).digest("base64") }),
    row({ algorithm: "sha256", encoding: "base64url", value: sha256(better).digest("base64url") }),
    row({
      algorithm: "sha256",
      encoding: "hex",
      value: sha256("51FwqftsmMDHHbJAMEXXHCgG").digest("hex"),
      part: "after_last_underscore",
    }),
    row({ algorithm: "sha256", encoding: "hex", value: sha256(`salt${keypal}`).digest("hex"), salt: "salt" }),
    row({
      algorithm: "hmac-sha256",
      encoding: "hex",
      value: createHmac("sha256", "pepper").update(peppered).digest("hex"),
      pepper: "pepper",
    }),
    row(
      { algorithm: "scrypt", encoding: "hex", value: scryptSync(medusa, salt, 64).toString("hex"), salt },
      { redacted: "sk_44d***3be", created_by: "user_01H", created_at: "2024-01-02T03:04:05Z" },
    ),
  ]);
  assert.deepEqual(told, { imported: 6, unchanged: 0, failed: [], dry_run: false });
  const question = { organization: org };
  for (const key of keys) {
    assert.equal(await verdict(key, question), "valid", key);
    assert.equal(await verdict(`${key}x`, question), "unknown", key);
    assert.equal(await verdict(key), "malformed", "whose it is has to be said");
    const consistency = async () => (await ok(root.post("/v1/verify", { key, ...question }))).consistency;
    await eventually(consistency, (consistency) => consistency === "fast");
  }
  const { keys: listed, count } = await ok(root.get(`/v1/organizations/${org}/keys?foreign=true`));
  assert.deepEqual([count, listed.every((/** @type {any} */ { foreign }) => foreign)], [6, true]);
});

test("lines are read as an array is, each row by itself, and no further than two mebibytes", async () => {
  const org = await organization();
  const path = `/v1/organizations/${org}/import`;
  const good = row({ algorithm: "sha256", encoding: "hex", value: sha256("a").digest("hex") });
  const lines = `${JSON.stringify(good)}\n\n{}\n`;
  const told = await ok(root.call("POST", `${path}?dry_run=true`, lines, LINES));
  assert.deepEqual([told.imported, told.dry_run, told.failed.length], [1, true, 1]);
  assert.deepEqual([told.failed[0].row, told.failed[0].code], [2, "request.bad_field"]);
  assert.equal((await ok(root.call("POST", path, lines, LINES))).imported, 1);
  await refused(root.call("POST", path, "a", { headers: { "content-type": "text/csv" } }), "request.not_rows");
  await ok(root.call("POST", path, "\n".repeat(2_097_152), LINES));
  await refused(root.call("POST", path, "\n".repeat(2_097_153), LINES), "request.import_too_large");
});

test("a thousand rows are one request", async () => {
  const org = await organization();
  const rows = Array.from({ length: 1000 }, (_, n) =>
    row(
      { algorithm: "sha256", encoding: "hex", value: sha256(`key ${n}`).digest("hex") },
      { title: `Key ${n}`, scopes: ["orders:read", "orders:write"], metadata: { number: n } },
    ),
  );
  assert.equal((await imported(org, rows)).imported, 1000);
  assert.equal((await imported(org, rows)).unchanged, 1000);
  assert.equal((await ok(root.get(`/v1/organizations/${org}/keys`))).count, 1000);
});

// @ts-check
// `keyward export` and `keyward import --from keyward` from one deployment into another.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { newSealKey } from "../../scripts/keys.mjs";
import { ok, serve } from "../http/client.mjs";
import { keyward, path } from "./asked.mjs";

test("what is exported of one deployment is imported into another which has its seal key, and every key is verified there", async () => {
  const from = await serve();
  // The old seal key joins the ring of the new deployment, whose own is the first.
  const to = await serve({ sealKeys: `${newSealKey()},${from.sealKeys}` });
  const org = await from.organization();
  await ok(to.root.post("/v1/organizations", { id: org, name: org }), 201);
  const keys = [
    await from.key(`organizations/${org}`, { title: "CI deploys", scopes: ["orders:read"] }),
    await from.key(`organizations/${org}`, { title: "Storefront", type: "publishable" }),
    await from.key(`organizations/${org}`, { title: "Old" }),
  ];
  await ok(from.root.post(`${keys[2].path}/revoke`));
  const secrets = [from.rootKey, to.rootKey, ...keys.map(({ token }) => token)];
  /** @param {typeof from} deployment @param {string[]} args */
  const run = (deployment, ...args) =>
    keyward([...args, "--organization", org], {
      env: { KEYWARD_URL: deployment.url, KEYWARD_API_KEY: deployment.rootKey },
      secrets,
    });

  const exported = await run(from, "export", "--output", "acme.ndjson");
  assert.equal(exported.status, 0, exported.err);
  const lines = readFileSync(path("acme.ndjson"), "utf8").trim().split("\n");
  assert.equal(exported.err, `${lines.length} rows exported.\n`);
  // As docs/MOVING.md tells whoever leaves: by the SHA-256 of the whole text.
  for (const { token, id } of keys) {
    const digest = createHash("sha256").update(token).digest("hex");
    assert.ok(lines.some((line) => line.includes(digest) && line.includes(id)));
    assert.ok(!lines.some((line) => line.includes(token.slice(-20)) && id === keys[0].id));
  }

  const imported = await run(to, "import", "acme.ndjson", "--from", "keyward");
  assert.equal(imported.status, 0, imported.out + imported.err);
  assert.deepEqual(await Promise.all(keys.map(({ token }) => to.verdict(token, { consistency: "strong" }))), [
    "valid",
    "valid",
    "revoked",
  ]);
  const again = await run(to, "import", "acme.ndjson", "--from", "keyward");
  assert.match(again.out, /^0 imported, /);
  assert.equal(again.status, 0);
});

// @ts-check
// Accepted metadata comes back exactly as it was sent, and its key can do what any other can.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, ok, serve } from "./client.mjs";

const { root, as, key, organization, verdict } = await serve();

/** @param {number} levels */
const nested = (levels) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`);
/** Numbers that look random, the same in every run: fractions of 32 bits, from 1e-20 to 1e19. */
const assorted = Array.from({ length: 120 }, (_, n) => {
  const mixed = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  return (mixed / 2 ** 32 - 0.5) * 10 ** ((mixed % 40) - 20);
});

/** @type {Record<string, any>} */
const extremes = {
  "numbers that no double represents exactly": {
    n: [0.1, 2.0e-29, 1.602176634e-19, 1.0e-86, 5e-324, 1.7976931348623157e308],
  },
  "numbers of every magnitude": { n: assorted },
  "numbers that can be written shorter than they were sent": { n: Array(600).fill(2.0e-29) },
  "as many levels as allowed": nested(32),
  "as many bytes as allowed": { a: "x".repeat(4096 - 8) },
  "characters that JSON escapes": { '"\\\u0000\u001f/': "\b\f\n\r\t\u007f\u2028🔑" },
};

for (const [name, metadata] of Object.entries(extremes)) {
  for (const owner of ["organizations/x", "users/ada"]) {
    test(`metadata survives every operation: ${name}, key of ${owner.split("/")[0]}`, async () => {
      const at = owner.startsWith("users") ? owner : `organizations/${await organization()}`;
      const { path, token } = await key(at, { metadata, scopes: ["*"] });
      const shown = async () => (await ok(root.get(path))).metadata;
      assert.deepEqual(await shown(), metadata);
      for (const title of ["once", "twice"]) await ok(root.patch(path, { title }));
      assert.deepEqual(await shown(), metadata, "after it was read and written again");

      const strong = await ok(root.post("/v1/verify", { key: token, consistency: "strong" }));
      assert.deepEqual(strong.key.metadata, metadata);
      const fast = await eventually(
        () => ok(root.post("/v1/verify", { key: token })),
        ({ consistency }) => consistency === "fast",
      );
      assert.deepEqual(fast.key.metadata, metadata);
      assert.deepEqual((await ok(as(token).get("/v1/whoami"))).key.metadata, metadata);
      if (at.startsWith("users")) {
        const session = await ok(as(token).post("/v1/session"), 201);
        assert.deepEqual(session.key.metadata, metadata);
      }
      assert.deepEqual((await ok(root.get(`/v1/${at}/keys?q=twice`))).keys[0].metadata, metadata);

      const rolled = await ok(root.post(`${path}/roll`), 201);
      assert.deepEqual(rolled.metadata, metadata);
      assert.equal(await verdict(token, { consistency: "strong" }), "revoked");
      await ok(root.delete(path));
    });
  }
}

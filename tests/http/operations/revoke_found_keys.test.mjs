// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, pointers, refused, serve } from "../client.mjs";
import { mint } from "../mint.mjs";

const { root, nobody, key, orgKey, verdict } = await serve();
const strong = { consistency: "strong" };
const PATH = "/v1/revoke/found";

/** @param {{ token: string, source?: string }[]} found */
const revoke = async (found) => {
  const { results } = await ok(nobody.post(PATH, { found }));
  return results.map((/** @type {{ outcome: string }} */ { outcome }) => outcome);
};

test("keys of several owners are revoked, and told apart in their order", async () => {
  const [one, two, three] = [await orgKey(), await key("users/ada"), await key("deployment")];
  const source = "https://git.example/acme/app/blob/main/.env#L7";
  const found = [
    { token: one.token, source },
    { token: "x" },
    { token: two.token },
    { token: one.token },
    { token: mint({ owner: `organization:${one.org}` }) },
    { token: three.token },
  ];
  const expected = ["revoked", "unknown", "revoked", "already_revoked", "unknown", "revoked"];
  assert.deepEqual(await revoke(found), expected);
  for (const { token } of [one, two, three]) assert.equal(await verdict(token, strong), "revoked");
  const { events } = await ok(root.get(`/v1/organizations/${one.org}/events?action=key.revoked`));
  assert.equal(events[0].details.source, source);
});

test("a thousand texts with long sources fit", async () => {
  const { token } = await orgKey();
  const found = Array.from({ length: 999 }, (_, n) => ({ token: `text ${n}`, source: "x".repeat(500) }));
  const outcomes = await revoke([...found, { token }]);
  assert.deepEqual([outcomes.length, outcomes[0], outcomes[999]], [1000, "unknown", "revoked"]);
});

test("a list is read strictly, and no further than a mebibyte", async () => {
  const { token } = await orgKey();
  for (const found of [[], [{ token, colour: 1 }], [{}], [token], [{ token, source: "x".repeat(501) }]])
    assert.deepEqual(pointers(await refused(nobody.post(PATH, { found }), "request.bad_field")), ["/found"]);
  await refused(nobody.post(`${PATH}?x=1`, { found: [{ token }] }), "request.bad_parameter");
  await refused(
    nobody.call("POST", PATH, "found", { headers: { "content-type": "text/plain" } }),
    "request.media_type",
  );
  const padded = (/** @type {number} */ bytes) => JSON.stringify({ found: [{ token: "x" }] }).padEnd(bytes);
  await ok(nobody.post(PATH, padded(1_048_576)));
  await refused(nobody.post(PATH, padded(1_048_577)), "request.list_too_large");
  const stream = new Blob([padded(1_048_577)]).stream();
  await refused(nobody.call("POST", PATH, stream, { duplex: "half" }), "request.list_too_large");
  assert.equal(await verdict(token, strong), "valid");
});

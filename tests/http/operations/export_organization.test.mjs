// @ts-check
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { ok, refused, serve } from "../client.mjs";

const seal = randomBytes(32).toString("hex");
const before = await serve({ sealKeys: seal });
const after = await serve({ sealKeys: `${randomBytes(32).toString("hex")},${seal}` });

test("what is exported is taken back by an empty deployment that has the old seal key, and every key works", async () => {
  const { org, token } = await before.orgKey({ scopes: ["orders:read"] });
  const revoked = await before.key(`organizations/${org}`);
  await ok(before.root.post(`${revoked.path}/revoke`));
  await ok(before.root.put(`/v1/organizations/${org}/members/ada`, { role: "owner" }), 201);
  const foreign = "a-foreign-key";
  const value = createHash("sha256").update(foreign).digest("hex");
  const row = { hash: { algorithm: "sha256", encoding: "hex", value }, title: "Foreign" };
  const [id, at] = ["sc_01JNWKT3M4E7Q8XZ0V5C6A9B2D", "2025-03-01T09:30:00.123Z"];
  const shop = { id, name: "Web", description: null, is_disabled: false, created_at: at, updated_at: at };
  const channel = { kind: "channel", channel: shop };
  await ok(before.root.post(`/v1/organizations/${org}/import`, [row, channel]));
  const shown = await before.key(`organizations/${org}`, { type: "publishable", links: [id] });

  await ok(after.root.post("/v1/organizations", { id: org, name: "Empty" }), 201);
  let next = `/v1/organizations/${org}/export`;
  let pages = 0;
  while (next) {
    const page = await before.root.get(next);
    await ok(page);
    const headers = { "content-type": "application/x-ndjson" };
    const told = await ok(after.root.call("POST", `/v1/organizations/${org}/import`, page.text, { headers }));
    assert.deepEqual([told.failed, told.unchanged], [[], 0]);
    next = /^<(.+)>; rel="next"$/.exec(page.headers.get("link") ?? "")?.[1] ?? "";
    pages += 1;
  }
  assert.equal(pages, 2);
  const all = async (/** @type {typeof before} */ { root, rootKey, fetch }) => {
    const { keys } = await ok(root.get(`/v1/organizations/${org}/keys`));
    const { members } = await ok(root.get(`/v1/organizations/${org}/members`));
    const { name } = await ok(root.get(`/v1/organizations/${org}`));
    const headers = { authorization: `Bearer ${rootKey}`, "keyward-organization": org };
    // It is not in the contract.
    const { sales_channels } = await (await fetch("/admin/sales-channels", { headers })).json();
    return { keys, members, name, sales_channels };
  };
  const there = await all(after);
  assert.deepEqual(there, await all(before));
  assert.deepEqual(there.sales_channels, [{ ...shop, deleted_at: null, metadata: null }]);
  for (const consistency of ["fast", "strong"]) {
    const question = { organization: org, consistency };
    assert.equal(await after.verdict(token, { ...question, scopes: ["orders:read"] }), "valid");
    assert.equal(await after.verdict(revoked.token, question), "revoked");
    const { key } = await ok(after.root.post("/v1/verify", { key: shown.token, ...question }));
    assert.deepEqual(key.links, [id]);
    assert.equal(await after.verdict(foreign, question), "valid");
  }
  await refused(before.root.get(`/v1/organizations/${org}/export?after=x`), "request.bad_parameter");
  const none = await before.root.get(`/v1/organizations/${org}/export?after=evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ`);
  assert.deepEqual([none.text, none.headers.get("content-type")], ["", "application/x-ndjson"]);
});

// @ts-check
// How large the platform says that a ledger's database is decides what may still be added. src/app/tests/room.rs has what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, refused, serve } from "./client.mjs";

// `/v1/size` sets how large every database is said to be; as long as it does not, they are as large as they are.
const { root, fetch, orgKey } = await serve({
  entry: `
    import Worker, { Ledger as Inner } from "./index.js";
    let size;
    export default {
      async fetch(request, env, context) {
        if (new URL(request.url).pathname !== "/v1/size") return Worker.fetch(request, env, context);
        size = await request.json();
        return new Response();
      },
    };
    export class Ledger extends Inner {
      constructor(state, env) {
        const { sql } = state.storage;
        const real = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(sql), "databaseSize").get;
        Object.defineProperty(sql, "databaseSize", { get: () => size ?? real.call(sql) });
        super(state, env);
      }
    }`,
});
/** @param {number | null} bytes */
const sized = (bytes) => fetch("/v1/size", { method: "POST", body: JSON.stringify(bytes) });

test("a ledger of nine gigabytes takes no more keys and still revokes those that it has", async () => {
  const { org, path } = await orgKey();
  const create = () => root.post(`/v1/organizations/${org}/keys`, { title: "One more" });
  await sized(8_999_999_999);
  await ok(create(), 201);
  await sized(9_000_000_000);
  await refused(create(), "ledger.full");
  const { status } = await ok(root.post(`${path}/revoke`));
  assert.equal(status, "revoked");
  await ok(root.delete(path));
  await sized(null);
  await ok(create(), 201);
});

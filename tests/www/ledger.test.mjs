// @ts-check
// What the pages say of a ledger that is full, and of rows in it that cannot be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./support.mjs";

// `/v1/size` sets how large every database is said to be, and `/v1/break` is SQL that every ledger runs with its next
// request, once.
const { root, key, asRoot, server } = world({
  options: {
    entry: `
      import Worker, { Ledger as Inner } from "./index.js";
      let size;
      let broken = { turn: 0, sql: "" };
      export default {
        async fetch(request, env, context) {
          const { pathname } = new URL(request.url);
          if (pathname === "/v1/size") size = await request.json();
          else if (pathname === "/v1/break") broken = { turn: broken.turn + 1, sql: await request.text() };
          else return Worker.fetch(request, env, context);
          return new Response();
        },
      };
      export class Ledger extends Inner {
        constructor(state, env) {
          const { sql } = state.storage;
          const real = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(sql), "databaseSize").get;
          Object.defineProperty(sql, "databaseSize", { get: () => size ?? real.call(sql) });
          super(state, env);
          this.sql = sql;
        }
        fetch(request) {
          if ((this.turn ?? 0) !== broken.turn) this.sql.exec(broken.sql);
          this.turn = broken.turn;
          return super.fetch(request);
        }
      }`,
  },
});
/** @param {string} where @param {string} body */
const set = (where, body) => server().fetch(where, { method: "POST", body });

test("a full ledger is said in words, and what is there can be revoked", async (t) => {
  await key({ title: "There already" });
  const page = await asRoot(t, "/organizations/acme/keys");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByLabel("Title", { exact: true }).fill("One more");
  await set("/v1/size", "9000000000");
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  const alert = page.getByRole("dialog").getByRole("alert");
  await alert.getByText("There’s no room left").waitFor();
  await alert.getByText("You can still revoke and delete keys, and remove members.").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("link", { name: "There already" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await page.getByRole("button", { name: "Revoke now" }).click();
  await page.locator(".head .badge", { hasText: "Revoked" }).waitFor();
  await set("/v1/size", "null");
});

test("lists say what they cannot read, also where that is all of it", async (t) => {
  const organization = "/organizations/worn";
  await root("POST", "/v1/organizations", { id: "worn", name: "Worn", owner: "ada" });
  for (const title of ["One", "Two", "Three"]) await root("POST", `/v1${organization}/keys`, { title });
  await root("PUT", `/v1${organization}/members/grace`, { role: "member" });
  for (const user of ["a", "b"])
    await root("POST", `/v1${organization}/invitations`, { user, role: "member" });
  await set(
    "/v1/break",
    `UPDATE keys SET body = '{' WHERE owner = 'organization:worn' AND title <> 'two';
     UPDATE members SET body = '{' WHERE organization = 'worn' AND user = 'grace';
     UPDATE invitations SET body = '{' WHERE organization = 'worn';
     UPDATE events SET body = '{' WHERE owner = 'organization:worn'`,
  );
  const page = await asRoot(t, `${organization}/keys`);
  await page.getByRole("row", { name: "Two" }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await page.getByText("2 entries cannot be read and are not shown.").waitFor();
  await page.goto(`${organization}/members`);
  await page.getByRole("row", { name: "ada" }).waitFor();
  await page.getByText("1 entry cannot be read and is not shown.").waitFor();
  await page.getByText("2 entries cannot be read and are not shown.").waitFor();
  await page.goto(`${organization}/activity`);
  await page.getByText(/^\d+ entries cannot be read and are not shown\.$/).waitFor();
});

// @ts-check
// What the page offers is what the server grants: www/rights.js against the table that the core's own tests read.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import {
  holds,
  mayCreateOrganization,
  mayVerify,
  rightsOver,
  rightsOverMember,
  SCOPES,
} from "../../www/rights.js";

/** @typedef {import("../../www/types.d.ts").Owner} Owner */
/** @typedef {import("../../www/types.d.ts").Role} Role */

const table = JSON.parse(readFileSync(path("tests/vectors/policy.v1.json"), "utf8"));

/** Who can sign in: not an organization's keys. */
const PEOPLE = ["root", "user", "personal key"];
/** @type {Owner} */
const ACME = { type: "organization", id: "acme" };
/** @type {Record<string, Owner>} */
const OWNERS = {
  organization: ACME,
  "own account": { type: "user", id: "ada" },
  "another account": { type: "user", id: "bob" },
  // Of the same id as the organization, which must not make it one.
  account: { type: "user", id: "acme" },
};
/** The actions that an account knows: the table answers for the others too, and there is no route to them. */
const ON_ACCOUNTS = ["ReadKeys", "WriteKeys", "ReadEvents"];

/** One text or a list of them, `any` standing for every scope, and nothing for `-`. @param {string | string[]} [value] @returns {string[]} */
const texts = (value = "-") => [value].flat().flatMap((text) => (text === "any" ? table.scopes : [text]));

/**
 * What the server tells Ada about herself, or the operator. She owns another organization.
 * @param {string} principal @param {string} role in acme @param {string} held
 * @returns {any}
 */
function whoami(principal, role, held) {
  const scopes = ["-", "none"].includes(held) ? [] : [held];
  const organizations = [{ id: "globex", name: "Globex", role: "owner" }];
  if (!["-", "none"].includes(role)) organizations.push({ id: "acme", name: "Acme", role });
  if (principal === "root") return { type: "root", id: null, scopes, organizations: [], key: null };
  if (principal === "user") return { type: "user", id: "ada", scopes, organizations, key: null };
  const key = { id: "apk_1", owner: OWNERS["own account"], scopes };
  return { type: "key", id: key.id, scopes, organizations, key };
}

/** A part of the table, row by row, as far as it is about those who sign in. @param {string} part @returns {{ row: any, me: any, on: string, says: string }[]} */
const rows = (part) =>
  table[part].flatMap((/** @type {any} */ row) =>
    texts(row.principal)
      .filter((principal) => PEOPLE.includes(principal))
      .flatMap((principal) =>
        texts(row.as).flatMap((role) =>
          texts(row.holds).flatMap((held) =>
            texts(row.on).map((on) => {
              const says = `${principal} as ${role} holding ${held} on ${on}`;
              return { row, me: whoami(principal, role, held), on, says };
            }),
          ),
        ),
      ),
  );

/** @param {any} named @param {string} action */
const names = (named, action) => named === "every action" || texts(named).includes(action);

test("what the table grants is offered, and no more", () => {
  let cells = 0;
  for (const { row, me, on, says } of rows("permit")) {
    for (const [right, found] of Object.entries(rightsOver(me, OWNERS[on] ?? assert.fail(on)))) {
      const action = right.charAt(0).toUpperCase() + right.slice(1);
      assert.ok(action in table.actions, action);
      // What only takes a scope may be offered on what is not there: the page shows the server's 404 in its place.
      if (names(row.invisible, action) && table.actions[action]) continue;
      const isThere = on === "organization" || ON_ACCOUNTS.includes(action);
      assert.equal(found, isThere && names(row.granted, action), `${says}: ${action}`);
      cells += 1;
    }
  }
  // Seven rights on each of 38 that are seen, and four on each of 18 that are not.
  assert.equal(cells, 7 * (2 + 1 + 3 + 8 + 3 * 8) + 4 * (1 + 1 + 8 + 8));
});

test("whoever the table lets create an organization, and verify, is offered it", () => {
  for (const { row, me, on, says } of rows("permit")) {
    if (on === "organization")
      assert.equal(mayCreateOrganization(me), names(row.granted, "CreateOrganization"), says);
  }
  for (const { row, me, says } of rows("verify"))
    assert.equal(mayVerify(me), row.verifies === "any key", says);
});

test("the scopes that the table lets somebody give are offered", () => {
  for (const { row, me, says } of rows("grant")) {
    const wanted = row.grants.split(" ").filter((/** @type {string} */ scope) => scope !== "none");
    assert.equal(
      wanted.every((/** @type {string} */ scope) => holds(me, scope)),
      row.may,
      `${says}: ${row.grants}`,
    );
  }
  for (const [scope] of SCOPES) assert.ok(table.scopes.includes(scope), scope);
});

test("members may be changed and removed as access.json says of the running server", () => {
  /** @type {{ heading: string, operation: string, expected: Record<string, string> }[]} */
  const rows = JSON.parse(readFileSync(path("tests/http/access.json"), "utf8"));
  /** @param {string} name */
  const cells = (name) =>
    rows.find(({ heading, operation }) => heading === "On the organization" && operation === name)
      ?.expected ?? assert.fail(name);
  for (const [column, principal, role] of [
    ["root", "root", "-"],
    ["owner", "user", "owner"],
    ["admin", "user", "admin"],
    ["member", "user", "member"],
    ["outsider", "user", "none"],
    ["owner's pat `*`", "personal key", "owner"],
    ["admin's pat `*`", "personal key", "admin"],
    ["member's pat `*`", "personal key", "member"],
    ["outsider's pat `*`", "personal key", "none"],
  ]) {
    const me = whoami(principal, role, "*");
    /** @param {string} operation */
    const may = (operation) => (cells(operation)[column] ?? assert.fail(column)) === "✓";
    /** @param {string} user @param {Role} role */
    const over = (user, role) => rightsOverMember(me, ACME, { user, role, created_at: "" });
    for (const role of /** @type {const} */ (["member", "admin"])) {
      assert.deepEqual(
        over("eve", role),
        { change: may("put_member"), remove: may("remove_member") },
        column,
      );
    }
    const owner = { change: may("put_member as owner"), remove: may("remove_member an owner") };
    assert.deepEqual(over("eve", "owner"), owner, column);
    assert.equal(rightsOver(me, ACME).changeOwners, owner.change, column);
    // Whoever is a member may leave, and a key never.
    for (const role of /** @type {const} */ (["member", "admin", "owner"])) {
      if (principal !== "root")
        assert.equal(over("ada", role).remove, principal === "user" && column !== "outsider");
    }
  }
});

// @ts-check
// Every operation of the contract has its own file here, named as the operation's source is.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { path } from "../../scripts/run.mjs";
import { document, operations } from "./openapi.mjs";

/**
 * An operation's name; on the things of a user or of the deployment it is that of the same operation on an organization's,
 * unless it is one of its own.
 * @param {typeof operations[number]} of
 */
const nameOf = ({ template, method, operation }) => {
  if (existsSync(path(`src/app/operations/${operation.operationId}.rs`))) return operation.operationId;
  const twins = ["organizations/{organization}", "users/{user}"].map((owner) =>
    template.replace(/(?<=^\/v1\/)(users\/\{user\}|deployment)(?=\/)/, owner),
  );
  const first = twins.map((twin) => document.paths[twin]?.[method.toLowerCase()]).find(Boolean);
  return (first ?? operation).operationId;
};
const names = [...new Set(operations.map(nameOf))].sort();

test("every operation has a source file and a test file of its name", () => {
  assert.ok(names.length > 0);
  for (const name of names) {
    assert.ok(existsSync(path(`src/app/operations/${name}.rs`)), `src/app/operations/${name}.rs`);
    assert.ok(
      existsSync(path(`tests/http/operations/${name}.test.mjs`)),
      `tests/http/operations/${name}.test.mjs`,
    );
  }
});

test("every test file in operations/ belongs to an operation", () => {
  const files = readdirSync(path("tests/http/operations"));
  const foreign = files.filter((file) => !names.includes(file.split(".")[0]) || !file.endsWith(".test.mjs"));
  assert.deepEqual(foreign, []);
});

// @ts-check
// The published contract: valid in itself, true of methods, names and answers, and served as it is in www/.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { path } from "../../scripts/run.mjs";
import { eventually, refused, serve } from "./client.mjs";
import { checksumOf } from "./mint.mjs";
import { document, faults, operations, problems, resolve } from "./openapi.mjs";

const { fetch, nobody, logs } = await serve();

/** Every operation with a path that fits it. */
const samples = operations.map(({ template, method, operation }) => {
  const address = template.replace("{key}", "apk_01KAHQ0000000000000000000Z").replaceAll(/\{\w+\}/g, "acme");
  return { template, method, operation, address };
});

/** Every value under a name, anywhere in the document. @param {string} name @param {any} [node] @returns {any[]} */
const all = (name, node = document) =>
  node === null || typeof node !== "object"
    ? []
    : Object.entries(node).flatMap(([key, value]) => [...(key === name ? [value] : []), ...all(name, value)]);

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors, null, 1));
  assert.equal(validator.version, "3.1");
  const dangling = all("$ref").filter((reference) => resolve({ $ref: reference }) === undefined);
  assert.deepEqual(dangling, []);
});

test("every component of the document is used", () => {
  const used = new Set(all("$ref"));
  for (const kind of ["schemas", "responses", "headers"])
    for (const name of Object.keys(document.components[kind]))
      assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name}`);
});

const strict = samples.filter(({ operation }) => !operation["x-any-method"]);
for (const template of new Set(strict.map((sample) => sample.template))) {
  test(`${template} accepts only the methods of the document`, async () => {
    const here = samples.filter((sample) => sample.template === template);
    const problem = await refused(nobody.call("OPTIONS", here[0].address), "route.method_not_allowed");
    const allowed = problem.headers.get("allow")?.split(", ").sort();
    const methods = here.flatMap(({ method }) => (method === "GET" ? [method, "HEAD"] : [method]));
    assert.deepEqual(allowed, methods.sort());
  });
}

for (const { method, template, operation, address } of samples) {
  test(`${method} ${template} is logged as ${operation.operationId}`, async () => {
    const { headers } = await nobody.call(method, address);
    const id = headers.get("x-request-id") ?? "";
    const line = await eventually(
      async () => logs.find(({ message }) => message.includes(id)),
      (found) => found !== undefined,
    );
    assert.equal(JSON.parse(line?.message ?? "{}").operation, operation.operationId);
  });

  test(`${operation.operationId} announces a response for each of its problems`, () => {
    const codes = operation["x-problems"] ?? [];
    const announced = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
    const needed = codes.map((/** @type {string} */ code) => String(problems.get(code)?.status));
    assert.deepEqual([...new Set(needed)].sort(), announced);
  });
}

test("the document's problem codes are the list's", () => {
  assert.deepEqual(document.components.schemas.ProblemCode.enum, [...problems.keys()]);
});

test("every example matches its schema", () => {
  const contents = all("content").flatMap((content) => Object.values(content));
  let checked = 0;
  for (const { schema, example, examples } of contents) {
    const values = example ? [example] : Object.values(examples ?? {}).map(({ value }) => value);
    for (const value of values) assert.deepEqual(faults(schema, value), [], JSON.stringify(value));
    checked += values.length;
  }
  assert.ok(checked >= 15, `${checked}`);
});

test("sample keys carry a wrong checksum, so that no scanner reports them", () => {
  const keys = [...JSON.stringify(document).matchAll(/\b[a-z][a-z0-9]*_(?:sk|pat|pk)_(?:live|test)_1\w+/g)];
  assert.ok(keys.length > 0);
  for (const [key] of keys) {
    assert.match(key, /0{6}$/);
    assert.notEqual(key.slice(-6), checksumOf(key.slice(0, -6)));
  }
});

test("GET /openapi.json serves the document", async () => {
  const response = await fetch("/openapi.json");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json\b/);
  assert.equal(await response.text(), readFileSync(path("www/openapi.json"), "utf8"));
});

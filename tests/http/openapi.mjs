// @ts-check
// What www/openapi.json says about an answer. Every answer of every HTTP test passes through here, so that the document
// and the worker cannot differ.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { path } from "../../scripts/run.mjs";

/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(path(file), "utf8"));

export const document = read("www/openapi.json");

/** @type {Map<string, { code: string, status: number, title: string }>} */
export const problems = new Map(
  read("tests/vectors/problems.v1.json").map((/** @type {any} */ problem) => [problem.code, problem]),
);

/** The document with all that holds of answers. Its own schemas are flat, because generators of clients lose the rest. */
const stricter = structuredClone(document);
const { schemas } = stricter.components;
/** The fields are as one of these. @param {Record<string, object>[]} cases */
const oneOf = (...cases) => cases.map((properties) => ({ properties }));
const nothing = { type: "null" };
const is = (/** @type {unknown} */ value) => ({ const: value });
const a = (/** @type {string} */ name) => ({ $ref: `#/components/schemas/${name}` });
schemas.Timestamp.pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$";
const rootKeyId = { pattern: "^root_[0-9a-f]{16}$" };
for (const name of ["Actor", "Whoami"]) {
  schemas[name].oneOf = oneOf(
    { type: is("root"), id: rootKeyId },
    { type: is("operator_key"), id: a("KeyId") },
    { type: is("user"), id: a("UserId") },
    { type: is("key"), id: a("KeyId") },
  );
}
schemas.Owner.oneOf = oneOf(
  { type: is("deployment"), id: nothing },
  { type: is("organization"), id: a("OrganizationId") },
  { type: is("user"), id: a("UserId") },
);
schemas.SignIn.oneOf = oneOf(
  { type: is("root"), id: rootKeyId, issuer: nothing },
  { type: is("token"), id: nothing, issuer: { type: "string" } },
  { type: is("key"), id: a("KeyId"), issuer: nothing },
);
for (const name of ["Key", "RevokedKey"]) {
  schemas[name].oneOf = oneOf(
    { type: is("secret"), token: nothing },
    { type: is("publishable"), foreign: is(false), token: a("Token") },
    { type: is("publishable"), foreign: is(true), token: nothing },
  );
}
for (const name of ["IssuedKey", "RolledKey"]) schemas[name].properties.last_used_at = nothing;
for (const name of ["ValidVerdict", "RefusedVerdict"])
  Object.assign(schemas[name].properties.max_staleness_seconds, { minimum: 0, maximum: 86_400 });
for (const name of Object.keys(schemas).filter((name) => schemas[name].properties?.offset))
  Object.assign(schemas[name].properties.limit, { minimum: 1, maximum: 100 });
schemas.Health.properties.version.pattern = "^[0-9]+\\.[0-9]+\\.[0-9]+";
schemas.FieldProblem.properties.detail.minLength = 1;

/** Sees to nothing but JSON Schema: formats are checked by the patterns beside them. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ ...stricter, $id: "openapi" });

/** @param {any} node what the document holds in some place, or a reference to it @returns {any} */
export const resolve = (node) =>
  node?.$ref
    ? node.$ref
        .slice(2)
        .split("/")
        .reduce((/** @type {any} */ at, /** @type {string} */ step) => at[step], document)
    : node;

/** @param {any} schema @returns {any} the same with references that ajv finds */
const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));

/** @type {Map<unknown, import("ajv").ValidateFunction>} */
const compiled = new Map();

/** What is wrong with a value, or an empty list. @param {any} schema @param {unknown} value @returns {string[]} */
export function faults(schema, value) {
  const validate = compiled.get(schema) ?? ajv.compile(absolute(schema));
  compiled.set(schema, validate);
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** Every operation of the document. */
export const operations = Object.entries(document.paths).flatMap(([template, item]) =>
  Object.entries(/** @type {Record<string, any>} */ (item))
    .filter(([method]) => method !== "parameters")
    .map(([method, operation]) => ({ template, method: method.toUpperCase(), operation, item })),
);

const patterns = [...new Set(operations.map(({ template }) => template))].map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
}));

/** The document's path for an address. @param {string} address */
export const templateOf = (address) => patterns.find(({ pattern }) => pattern.test(address))?.template;

/** @typedef {{ status: number, headers: Headers, body: any, text: string }} Answer */

/** Fails unless an answer is one that the document announces. @param {string} method @param {string} address @param {Answer} answer */
export function assertDocumented(method, address, answer) {
  const { status, headers, body } = answer;
  const about = `${method} ${templateOf(address) ?? "(no such path)"} ${status}`;
  assert.match(headers.get("x-request-id") ?? "", /^req_[0-9a-f]{32}$/, about);
  assert.equal(headers.get("cache-control"), "no-store", about);
  // HEAD is GET without the body, so there is nothing to look at but status and headers.
  const isHead = method === "HEAD";
  if (status >= 400 && !isHead) assertProblem(answer);
  const template = templateOf(address);
  const found = operations
    .filter((operation) => operation.template === template)
    .find((each) => each.operation["x-any-method"] || each.method === (isHead ? "GET" : method));
  if (!found) {
    const unseen = template ? "route.method_not_allowed" : "route.not_found";
    // These come before it is known what was asked for.
    const early = ["request.key_in_url", "request.insecure"].find((code) => code === body?.code);
    if (method === "OPTIONS" && status === 204) return assert.equal(answer.text, "", about);
    const code = early ?? unseen;
    if (!isHead) assert.equal(body.code, code, about);
    return assert.equal(status, problems.get(code)?.status, about);
  }
  const response = resolve(found.operation.responses[status]);
  assert.ok(response, `${about} is not in the document`);
  if (status >= 400 && !isHead)
    assert.ok(found.operation["x-problems"].includes(body.code), `${about}: ${body.code}`);
  for (const [name, header] of Object.entries(response.headers ?? {})) {
    if (!resolve(header).required && !headers.has(name)) continue;
    assert.deepEqual(faults(resolve(header).schema, headers.get(name)), [], `${about} ${name}`);
  }
  const [[type, content] = ["", undefined]] = Object.entries(response.content ?? {});
  assert.equal(headers.get("content-type"), type || null, about);
  const wrong =
    content && !isHead
      ? faults(content.schema, body)
      : answer.text === ""
        ? []
        : ["a body where none belongs"];
  assert.deepEqual(wrong, [], about);
}

/** Fails unless a problem says what its code means. @param {Answer} answer */
function assertProblem({ status, headers, body }) {
  assert.equal(headers.get("content-type"), "application/problem+json");
  const known = problems.get(body.code);
  assert.ok(known, `${body.code} is in the list of problems`);
  const { type, title, request_id } = body;
  const said = { type, title, status, bodyStatus: body.status, request_id };
  assert.deepEqual(said, {
    type: `urn:keyward:problem:${known.code}`,
    title: known.title,
    status: known.status,
    bodyStatus: known.status,
    request_id: headers.get("x-request-id"),
  });
}

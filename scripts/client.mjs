// @ts-check
// What the package's client knows of the API, written from www/openapi.json: how each operation is asked
// (pkg/client/operations.mjs), and the types (pkg/types/api.d.cts).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTypes } from "./contract.mjs";
import { path } from "./run.mjs";

/** Where each of the two is. */
export const FILES = { table: path("pkg/client/operations.mjs"), types: path("pkg/types/api.d.cts") };

/** Operations that are asked with POST and change nothing, since a key in an address would be seen. */
const QUESTIONS = ["verify_key", "introspect_key", "lookup_key"];

const JSON_TYPE = "application/json";
const FORM = "application/x-www-form-urlencoded";
/** What lines are, one row each. */
const ROWS = "application/x-ndjson";
/** The types of bodies that the client writes itself. */
const READ = [FORM, JSON_TYPE];
const IDEMPOTENCY = "Idempotency-Key";

/**
 * @typedef {object} Operation as the document has it
 * @property {string} id
 * @property {string} method
 * @property {string} route
 * @property {string} summary
 * @property {any[]} parameters
 * @property {any} requestBody
 * @property {Record<string, any>} responses
 */

/** @param {any} document @returns {Operation[]} */
const operationsOf = (document) =>
  Object.entries(document.paths).flatMap(([route, item]) =>
    Object.entries(item)
      .filter(([, { operationId }]) => operationId)
      .map(([method, { operationId: id, summary, parameters = [], requestBody, responses }]) => ({
        ...{ id, method: method.toUpperCase(), route, summary, requestBody, responses },
        parameters: [...(item.parameters ?? []), ...parameters].map((each) => resolved(document, each)),
      })),
  );

/** What a reference stands for. @param {any} document @param {any} value */
const resolved = (document, value) =>
  value.$ref
    ? value.$ref
        .slice(2)
        .split("/")
        .reduce((/** @type {any} */ at, /** @type {string} */ name) => at[name], document)
    : value;

/** `create_key` is `createKey` in the client. @param {string} id */
export const methodOf = (id) => id.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** @param {string} id */
const typeOf = (id) => methodOf(`_${id}`);

/** The last part of a reference. @param {{ $ref?: string }} schema */
const named = ({ $ref = "" }) => $ref.slice($ref.lastIndexOf("/") + 1);

/** The answers of success, by their types of media; the first is the one that is read. @param {Operation} operation */
const answers = ({ responses }) =>
  Object.entries(responses)
    .filter(([status]) => status.startsWith("2"))
    .map(([, { content = {} }]) => content);

/** @param {any} document @param {Operation} operation */
function asked(document, operation) {
  const { id, method, route, parameters, requestBody } = operation;
  const [body] = Object.keys(requestBody?.content ?? {}).sort(byPreference);
  const isJson = answers(operation).some((content) => JSON_TYPE in content);
  const list = answers(operation).map((content) => resolved(document, content[JSON_TYPE]?.schema ?? {}))[0];
  const isCreation = parameters.some(({ name }) => name === IDEMPOTENCY);
  const isAfter = parameters.some(({ name }) => name === "after");
  const isPage = list?.properties?.after && isAfter;
  const isRows = isAfter && answers(operation).some((content) => ROWS in content);
  // Beside its entries a page lists words, such as permissions.
  const entries = Object.entries(list?.properties ?? {}).find(
    ([, { type, items }]) => type === "array" && resolved(document, items).type === "object",
  )?.[0];
  return {
    method,
    path: route,
    ...(body && { body }),
    ...(parameters.some(({ in: place }) => place === "query") && { query: true }),
    ...(isJson && { answers: true }),
    ...(isPage && entries && { entries }),
    ...(isRows && { entries: "rows", lines: true }),
    ...(isCreation && { creates: true }),
    ...((method === "GET" || QUESTIONS.includes(id)) && { asks: true }),
    // The same revocation again, or the same import, is answered as before, and writes nothing.
    ...(/\/(revoke(\/found)?|import)$/.test(route) && { repeats: true }),
  };
}

/** JSON before a form, and both before all else. @param {string} one @param {string} other */
const byPreference = (one, other) => READ.indexOf(other) - READ.indexOf(one);

/** The table, as a module. @param {any} document */
export function table(document) {
  const lines = operationsOf(document).map((operation) => {
    const { id } = operation;
    return `  ${methodOf(id)}: ${JSON.stringify(asked(document, operation))},`;
  });
  return `// Written by \`npm run contract\` from www/openapi.json.
/** How each operation is asked. @type {Record<string, import("./call.mjs").Operation>} */
export const OPERATIONS = {
${lines.join("\n")}
};
`;
}

/** The document's schemas, and one for each query and for each shape that has no name. @param {any} document */
function schemas(document) {
  const all = { ...document.components.schemas };
  /** The name of a shape, which gets one if it has none. @param {any} schema @param {string} name */
  const nameOf = (schema, name) => {
    if (schema.$ref) return named(schema);
    all[name] = schema;
    return name;
  };
  /** @param {Operation} operation */
  const signature = (operation) => {
    const { id, route, parameters, requestBody } = operation;
    const inputs = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
    const [media] = Object.keys(requestBody?.content ?? {}).sort(byPreference);
    if (media) {
      const type = READ.includes(media)
        ? nameOf(requestBody.content[media].schema, `${typeOf(id)}Body`)
        : "string";
      inputs.push(`body${requestBody.required ? "" : "?"}: ${type}`);
    }
    const query = parameters.filter(({ in: place }) => place === "query");
    if (query.length > 0) {
      const isRequired = query.some(({ required }) => required);
      inputs.push(`query${isRequired ? "" : "?"}: ${queryOf(id, query)}`);
    }
    const isCreation = parameters.some(({ name }) => name === IDEMPOTENCY);
    inputs.push(`options?: ${isCreation ? "CreationOptions" : "CallOptions"}`);
    return { inputs, answer: answerOf(operation) };
  };
  /** @param {string} id @param {any[]} query */
  const queryOf = (id, query) => {
    const properties = Object.fromEntries(
      query.map(({ name, description, schema: { default: _, ...schema } }) => [
        name,
        // Next to a reference the generator reads nothing; and what has a default it takes for required.
        schema.$ref ? { anyOf: [schema], description } : { ...schema, description },
      ]),
    );
    const required = query.filter(({ required }) => required).map(({ name }) => name);
    return nameOf({ type: "object", properties, required }, `${typeOf(id)}Query`);
  };
  /** @param {Operation} operation */
  const answerOf = (operation) => {
    const { entries, lines } = asked(document, operation);
    if (lines) return "Pages<Rows, object>";
    const types = answers(operation).map((content) => {
      const [media] = Object.keys(content);
      if (!media) return "void";
      if (!(JSON_TYPE in content)) return "string";
      return nameOf(content[JSON_TYPE].schema, `${typeOf(operation.id)}Answer`);
    });
    const type = [...new Set(types)].join(" | ");
    return entries ? `Pages<${type}, ${type}["${entries}"][number]>` : `Promise<${type}>`;
  };
  const methods = operationsOf(document).map((operation) => {
    const { inputs, answer } = signature(operation);
    return `  /** ${operation.summary}. */\n  ${methodOf(operation.id)}(${inputs.join(", ")}): ${answer};`;
  });
  return { all, methods };
}

/** The types, as a module. @param {any} document */
export async function types(document) {
  const { all, methods } = schemas(document);
  const folder = mkdtempSync(join(tmpdir(), "keyward-client-"));
  const [source, file] = ["schemas.json", "schemas.d.ts"].map((name) => join(folder, name));
  const { openapi, info } = document;
  writeFileSync(source, JSON.stringify({ openapi, info, paths: {}, components: { schemas: all } }));
  try {
    await writeTypes(file, source);
    const shapes = readFileSync(file, "utf8").replace(/^\/\*\*[\s\S]+?\*\/\n/, "");
    return `// Written by \`npm run contract\` from www/openapi.json.
import type { CallOptions, CreationOptions, Pages, Rows } from "./calls.cjs";

/** Every operation of the API, under its id. */
export interface Operations {
${methods.join("\n")}
}
${shapes}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes both. */
export async function writeClient() {
  const document = JSON.parse(readFileSync(path("www/openapi.json"), "utf8"));
  writeFileSync(FILES.table, table(document));
  writeFileSync(FILES.types, await types(document));
}

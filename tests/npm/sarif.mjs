// @ts-check
// The published schema of SARIF 2.1.0.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { path } from "../../scripts/run.mjs";

const SCHEMA = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
/** What RFC 3986 allows in an address, or in a relative one. */
const CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const isReference = (/** @type {string} */ text) =>
  CHARACTERS.test(text) && (SCHEME.test(text) || !/^[^/?#]*:/.test(text));
const FORMATS = {
  uri: (/** @type {string} */ text) => isReference(text) && SCHEME.test(text),
  "uri-reference": isReference,
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
};

// It is of draft 4, which what it uses means the same as today.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path(SCHEMA), "utf8"));
// Its patterns have escapes that only regular expressions without the flag `u` understand.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats: FORMATS });
const isSarif = ajv.compile(schema);

/** The document, if it is valid. @param {string} text @returns {any} */
export function sarifOf(text) {
  const document = JSON.parse(text);
  isSarif(document);
  assert.deepEqual(isSarif.errors ?? [], []);
  return document;
}
